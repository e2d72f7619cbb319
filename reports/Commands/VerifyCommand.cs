using System.Diagnostics;
using System.Globalization;
using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary><c>verify</c>: every small history, every interleaving: a proof, or a counterexample that is minimal.</summary>
internal sealed class VerifyCommand(Repertoire everybody, TextWriter output, TextWriter error)
{
    private static readonly TimeSpan s_saveEvery = TimeSpan.FromSeconds(0.5);

    /// <summary>Counting the histories is part of the work: beyond so many there is no estimate.</summary>
    private const int MostCounted = 3_000_000;

    public int Run(IReadOnlyList<Contender> contenders, Scope scope, int jobs, TimeSpan? budget, string folder, bool resume)
    {
        using VerifyFolder place = VerifyFolder.Prepare(folder);
        List<Contender> asked = [.. contenders];
        List<VerifyState> states = resume
            ? [.. place.Read(scope, [.. contenders.Select(contender => contender.Variant.Name)], mayLack: everybody.IsBrought)]
            : [.. contenders.Select(contender => new VerifyState { Variant = contender.Variant.Name })];
        using var interruption = new Interruption();
        int done = 0;
        while (true)
        {
            try
            {
                for (; done < states.Count && !interruption.HasCome; done++)
                    states[done] = Verify(asked[done], scope, jobs, budget, states, done, place, interruption.Token);
                place.Write(scope, states);
                return Report(asked, scope, states, place, folder, interruption.HasCome);
            }
            catch (VariantException brought) when (everybody.IsBrought(brought.Variant))
            {
                int at = states.FindIndex(state => state.Variant == brought.Variant);
                asked.RemoveAt(at);
                states.RemoveAt(at);
                done -= at < done ? 1 : 0;
                if (states.Count == 0)
                    throw new BadInputException(brought.Message, brought);
                everybody.SetAside(brought.Variant, brought.Message);
            }
        }
    }

    private VerifyState Verify(
        Contender contender, Scope scope, int jobs, TimeSpan? budget, List<VerifyState> states, int one, VerifyFolder place, CancellationToken cancel)
    {
        long all = SmallHistories.Of(contender.Family, scope).Take(MostCounted + 1).LongCount();
        long savedAt = Stopwatch.GetTimestamp();
        var pace = new VerifyPace(error, states[one], all > MostCounted ? null : all, budget);
        return new Verifier(contender, scope, states[one], Progress).Run(jobs, budget, cancel);

        void Progress(VerifyState state)
        {
            states[one] = state;
            if (Stopwatch.GetElapsedTime(savedAt) >= s_saveEvery)
            {
                savedAt = Stopwatch.GetTimestamp();
                place.Write(scope, states);
            }

            pace.Tell(state);
        }
    }

    private int Report(
        IReadOnlyList<Contender> contenders, Scope scope, List<VerifyState> states, VerifyFolder place, string folder, bool interrupted)
    {
        var text = new StringBuilder();
        var histories = new List<(string, string)>();
        bool asExpected = !interrupted;
        for (int one = 0; one < states.Count; one++)
        {
            VerifyState state = states[one];
            Scope own = scope with { Actors = Math.Min(scope.Actors, contenders[one].Family.MostActors) };
            Write(text, $"{state.Variant}: {ProofText.Verdict(state, own)}");
            for (int number = 0; number < state.Failures.Length; number++)
            {
                VerifyFailure failure = state.Failures[number];
                string id = $"{Pages.Report.IdOf(state.Variant, failure.Property, state.Failures.Take(number).Count(other => other.Property == failure.Property))}";
                Simplest simplest = Simplest.Of(contenders[one], failure);
                Write(text, $"- {failure.Property}, {Wording.Count(simplest.History.Count, "operation")}, {Wording.Count(simplest.Preemptions, "preemption")}: {failure.Message}", 2);
                Write(text, Minimal(failure, simplest), 4);
                text.Append(CultureInfo.InvariantCulture, $"    variants replay {folder}/counterexamples/{id}.history\n");
                histories.Add(($"{id}.history", simplest.Text(state.Variant, failure.Property)));
                asExpected &= contenders[one].Variant.ExpectedOf(failure.Property) != Expectation.Holds;
            }
        }

        if (interrupted)
            text.Append("Interrupted: add --resume to go on.\n");
        place.Write(text.ToString(), histories);
        output.Write(text.ToString());
        return asExpected ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    private static string Minimal(VerifyFailure failure, Simplest simplest) =>
        simplest.History.Count < failure.Operations || !failure.IsMinimal
            ? "minimal as far as searched"
            : "minimal: proved, as every history of fewer operations was explored";

    private static void Write(StringBuilder text, string line, int indent = 0)
    {
        foreach (string part in TextLines.Wrap(line, TextLines.Columns - indent, 2))
            text.Append(' ', indent).Append(part).Append('\n');
    }
}
