using System.Diagnostics;
using System.Text;
using Variants.Harness.Programs;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary><c>verify</c> and <c>check</c> of programs that are no kernels.</summary>
internal sealed class ProgramCommand(TextWriter output, TextWriter error)
{
    /// <summary>Schedules of a check, at most: a program has no histories, so that more show little.</summary>
    private const int MostSchedules = 100_000;

    private static readonly TimeSpan s_saveEvery = TimeSpan.FromSeconds(1);

    /// <summary>Random schedules of one program, as many as <c>check</c> runs of a variant's histories and schedules, up to a limit.</summary>
    public int Check(ConcurrentProgram program, CampaignOptions options)
    {
        int schedules = (int)Math.Min(MostSchedules, (long)options.Histories * options.Schedules);
        ProgramTrial trial = ProgramTrial.Run(program, options.Seed, schedules, options.Strategies);
        output.Write(ProgramText.Of(trial));
        return trial.Failures.All(one => program.Fails.Contains(one.Failure.Failure.Kind)) ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    /// <summary>Every interleaving of each.</summary>
    public int Verify(IReadOnlyList<ConcurrentProgram> programs, int jobs, long most, TimeSpan? budget, string folder, bool resume)
    {
        using VerifyFolder place = VerifyFolder.Prepare(folder);
        var text = new StringBuilder();
        bool asExpected = true;
        using var interruption = new Interruption();
        if (!resume)
            place.ForgetPrograms();
        var results = new List<ProgramResult>();
        foreach (ConcurrentProgram program in programs.TakeWhile(_ => !interruption.HasCome))
        {
            ProgramProof proof = resume ? place.Read(program) : new ProgramProof(program);
            ProgramOutcome outcome = Explore(program, proof, jobs, most, budget, place, interruption.Token);
            place.Write(program, proof);
            results.Add(ProgramResult.Of(program, outcome));
            text.Append(ProgramText.Of(program, outcome));
            asExpected &= outcome.Failures.All(failure => program.Fails.Contains(failure.Failure.Kind))
                && (!outcome.IsComplete || program.Traces is null || program.Traces == outcome.Executions);
        }

        if (interruption.HasCome)
            text.Append("Interrupted: add --resume to go on.\n");
        place.Write(results, text.ToString());
        output.Write(text.ToString());
        return asExpected && !interruption.HasCome ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    private ProgramOutcome Explore(
        ConcurrentProgram program, ProgramProof proof, int jobs, long most, TimeSpan? budget, VerifyFolder place, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (budget is { } time)
            stop.CancelAfter(time);
        long savedAt = Stopwatch.GetTimestamp();
        long begun = proof.Executions;
        var pace = new Pace(error);
        try
        {
            return proof.Run(jobs, most, Met, stop.Token);
        }
        catch (VariantException fickle)
        {
            throw new BadInputException(fickle.Message);
        }

        void Met()
        {
            if (Stopwatch.GetElapsedTime(savedAt) >= s_saveEvery)
            {
                savedAt = Stopwatch.GetTimestamp();
                place.Write(program, proof);
            }

            // How many there are is known only of the classics, whose traces others have counted.
            double? share = program.Traces is { } all ? proof.Executions / (double)all : budget is { } limit ? pace.Elapsed / limit : null;
            pace.Tell(share, () => $"{program.Name}: {Wording.Count(proof.Executions, "execution")}, {Wording.Number((long)((proof.Executions - begun) / pace.Elapsed.TotalSeconds))}/s");
        }
    }
}
