using System.Diagnostics;
using System.Globalization;
using System.Text;
using Variants.Harness.Families;
using Variants.Harness.Memory;
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
        List<VerifyState> states = [.. contenders.SelectMany(contender => VerifyState.Begin(contender, scope))];
        if (resume)
            states = [.. place.Read(scope, states, mayLack: everybody.IsBrought)];
        using var interruption = new Interruption();
        int done = 0;
        while (true)
        {
            try
            {
                for (; done < asked.Count && !interruption.HasCome; done++)
                    Verify(asked[done], scope, jobs, budget, states, place, interruption.Token);
                place.Write(scope, states);
                return Report(asked, scope, states, place, folder, interruption.HasCome);
            }
            catch (VariantException brought) when (everybody.IsBrought(brought.Variant))
            {
                int at = asked.FindIndex(contender => contender.Variant.Name == brought.Variant);
                asked.RemoveAt(at);
                states.RemoveAll(state => state.Variant == brought.Variant);
                done -= at < done ? 1 : 0;
                if (asked.Count == 0)
                    throw new BadInputException(brought.Message, brought);
                everybody.SetAside(brought.Variant, brought.Message);
            }
        }
    }

    /// <summary>One machine after another, while there is time.</summary>
    private void Verify(
        Contender contender, Scope scope, int jobs, TimeSpan? budget, List<VerifyState> states, VerifyFolder place, CancellationToken cancel)
    {
        long startedAt = Stopwatch.GetTimestamp();
        var explored = new ExploredHistories(scope.MachinesOf(contender.Family)[0]);
        for (int one = 0; one < states.Count && !cancel.IsCancellationRequested; one++)
        {
            TimeSpan? left = budget - Stopwatch.GetElapsedTime(startedAt);
            if (states[one].Variant == contender.Variant.Name && (left is null || left > TimeSpan.Zero))
                states[one] = Verify(contender, scope, explored, jobs, left, states, one, place, cancel);
        }
    }

    private VerifyState Verify(
        Contender contender, Scope scope, ExploredHistories explored, int jobs, TimeSpan? budget, List<VerifyState> states, int one, VerifyFolder place, CancellationToken cancel)
    {
        long all = SmallHistories.Of(contender.Family, scope, states[one].Machine).Take(MostCounted + 1).LongCount();
        long savedAt = Stopwatch.GetTimestamp();
        var pace = new VerifyPace(error, states[one], all > MostCounted ? null : all, budget);
        return new Verifier(contender, scope, states[one], Progress) { Explored = explored }.Run(jobs, budget, cancel);

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
        foreach (Contender contender in contenders)
        {
            string variant = contender.Variant.Name;
            VerifyState[] own = [.. states.Where(state => state.Variant == variant)];
            string[] verdicts = [.. ProofText.Verdicts(own, scope with { Actors = Math.Min(scope.Actors, contender.Family.MostActors) })];
            var told = new List<VerifyFailure>();
            for (int one = 0; one < verdicts.Length; one++)
            {
                Write(text, $"{variant}: {verdicts[one]}");
                VerifyFailure[] again = [.. own[one].Failures.Where(failure => told.Exists(other => IsAlike(other, failure)))];
                if (again.Length > 0)
                    Write(text, $"- as above: {Wording.List([.. again.Select(failure => failure.Property).Distinct()])}", 2);
                foreach (VerifyFailure failure in own[one].Failures.Except(again))
                {
                    string id = Pages.Report.IdOf(variant, failure.Property, told.Count(other => other.Property == failure.Property));
                    told.Add(failure);
                    Simplest simplest = Simplest.Of(contender, failure);
                    Write(text, $"- {failure.Property}, {Wording.Count(simplest.History.Count, "operation")}, {Wording.Count(simplest.Preemptions, "preemption")}: {failure.Message}", 2);
                    Write(text, Minimal(failure, simplest, own[one].Machine), 4);
                    text.Append(CultureInfo.InvariantCulture, $"    variants replay {folder}/counterexamples/{id}.history\n");
                    histories.Add(($"{id}.history", simplest.Text(variant, failure.Property)));
                    asExpected &= contender.Variant.ExpectedOf(failure.Property) != Expectation.Holds;
                }
            }
        }

        if (interrupted)
            text.Append("Interrupted: add --resume to go on.\n");
        place.Write(text.ToString(), histories);
        output.Write(text.ToString());
        return asExpected ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    private static bool IsAlike(VerifyFailure one, VerifyFailure other) =>
        (one.Property, one.Kind, one.Subject) == (other.Property, other.Kind, other.Subject);

    private static string Minimal(VerifyFailure failure, Simplest simplest, MachineSize machine) =>
        simplest.History.Count < failure.Operations || !failure.IsMinimal
            ? "minimal as far as searched"
            : $"minimal: proved, as every history of fewer operations was explored on a machine of {ProofText.Machine(machine)}";

    private static void Write(StringBuilder text, string line, int indent = 0)
    {
        foreach (string part in TextLines.Wrap(line, TextLines.Columns - indent, 2))
            text.Append(' ', indent).Append(part).Append('\n');
    }
}
