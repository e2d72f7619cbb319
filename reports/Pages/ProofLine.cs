using System.Collections.Immutable;
using System.Globalization;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>How far a variant is proved on a machine: a line of a table.</summary>
/// <param name="Variant">The variant, by name.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Operations">The largest size of which every history was looked at; 0 if there is none.</param>
/// <param name="ParallelOfNext">Of the next size, histories with so many operations outside the setup were looked at too; null if none were.</param>
/// <param name="Proved">The largest size of which every history was explored whole, and none failed; 0 if there is none.</param>
/// <param name="Histories">Histories.</param>
/// <param name="Executions">Their executions.</param>
/// <param name="Unfinished">Histories of which not every interleaving was explored.</param>
/// <param name="Broken">Each promise that was broken.</param>
/// <param name="Bugs">The known bugs that were within reach.</param>
public sealed record ProofLine(
    string Variant,
    MachineSize Machine,
    int Operations,
    int? ParallelOfNext,
    int Proved,
    long Histories,
    long Executions,
    long Unfinished,
    ImmutableArray<BrokenPromise> Broken,
    ImmutableArray<BugWithinReach> Bugs)
{
    /// <summary>Seconds that it took, rounded up: all else is the same on any machine that comes so far; null if nobody looked.</summary>
    public long? Seconds { get; init; }

    /// <summary>Why nothing can be proved of the variant; null if something can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>What a survey came to, with the simplest schedule of each failure, and whether it found what is <paramref name="known"/>.</summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    public static ProofLine Of(
        Contender contender, ProofReach reached, ImmutableArray<(KnownBug Bug, Counterexample Smallest)> known, int actors)
    {
        ArgumentNullException.ThrowIfNull(reached);
        return Of(reached.State, reached.Operations, Broken) with
        {
            ParallelOfNext = reached.ParallelOfNext,
            Proved = reached.Proved,
            Bugs = BugWithinReach.Of(known, reached, actors),
            Seconds = (long)Math.Ceiling(reached.Elapsed.TotalSeconds),
        };

        BrokenPromise Broken(VerifyFailure failure)
        {
            Simplest simplest = Simplest.Of(contender, failure);
            return new BrokenPromise(failure.Property, simplest.History.Count, simplest.Preemptions);
        }
    }

    /// <summary>What a comparison proved of a variant beside its random histories; null if nobody asked.</summary>
    public static ProofLine? Of(VariantResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Proved is not { } proved)
            return null;
        VerifyState state = proved.State;
        int size = proved.Scope.Operations;
        Counterexample[] counterexamples = [.. result.Verdicts.SelectMany(verdict => verdict.Counterexamples)];
        return Of(state, state.IsDone ? size : size - 1, Broken) with
        {
            Proved = state.IsProved ? size : 0,
            Obstacle = proved.Obstacle,
        };

        BrokenPromise Broken(VerifyFailure failure) =>
            counterexamples.Where(one => failure.IsSameAs(one.Failure)).MinBy(one => (one.Operations, one.Preemptions)) is { } smallest
                ? new BrokenPromise(failure.Property, smallest.Operations, smallest.Preemptions)
                : new BrokenPromise(failure.Property, failure.Operations, null);
    }

    /// <summary>False if something that is known was within reach, and not found.</summary>
    public bool FindsWhatIsKnown => Bugs.All(bug => bug.IsFound);

    /// <summary>The sizes: <c>3</c>; <c>3, 4/1</c> if those of four with at most one outside the setup were looked at too.</summary>
    public string Sizes => ParallelOfNext is { } parallel
        ? string.Create(CultureInfo.InvariantCulture, $"{Operations}, {Operations + 1}/{parallel}")
        : Operations.ToString(CultureInfo.InvariantCulture);

    /// <summary>What came of it, in few words: <c>proved</c>.</summary>
    public string Result
    {
        get
        {
            if (Obstacle is not null)
                return "nothing can be proved: its CPUs share what is no Cell, SharedObject or SharedFact";
            if (!Broken.IsEmpty)
                return $"fails: {string.Join(", ", Broken.GroupBy(one => one.Property).Select(Told))}";
            if (Operations == 0 && Histories == 0)
                return "nothing, as time was over";
            if (Unfinished == 0 && Proved == Operations)
                return "proved";
            string unfinished = Unfinished == 0
                ? "holds, but not all histories were looked at"
                : $"holds, but {Wording.Count(Unfinished, "history", "histories")} not finished";
            return Proved == 0 ? unfinished : string.Create(CultureInfo.InvariantCulture, $"{unfinished}; proved for k = {Proved}");
        }
    }

    /// <summary>The known bugs within reach, those that were not found as such.</summary>
    public string KnownBugs => string.Join(", ", Bugs.Select(bug => bug.IsFound ? bug.Bug : $"{bug.Bug} not found"));

    private static ProofLine Of(VerifyState state, int size, Func<VerifyFailure, BrokenPromise> broken) => new(
        state.Variant, state.Machine, size, null, 0, state.Histories, state.Executions, state.Unfinished, [.. state.Failures.Select(broken)], []);

    /// <summary>A promise, with operations and preemptions of the smallest counterexample.</summary>
    private static string Told(IGrouping<string, BrokenPromise> broken)
    {
        BrokenPromise smallest = broken.MinBy(one => (one.Operations, one.Preemptions))!;
        return smallest.Preemptions is { } preemptions
            ? string.Create(CultureInfo.InvariantCulture, $"{broken.Key} ({smallest.Operations}, {preemptions})")
            : string.Create(CultureInfo.InvariantCulture, $"{broken.Key} ({smallest.Operations})");
    }
}

/// <summary>A promise that a history breaks.</summary>
/// <param name="Property">The promise.</param>
/// <param name="Operations">Operations of the history.</param>
/// <param name="Preemptions">Preemptions of the simplest schedule that shows it; null if none was looked for.</param>
public sealed record BrokenPromise(string Property, int Operations, int? Preemptions);

/// <summary>What <c>verify --table</c> came to, for the page of a report.</summary>
/// <param name="Folder">Where it was kept, as the command line named it.</param>
/// <param name="Version">Of Variants, which explored.</param>
/// <param name="Actors">The most actors of a history.</param>
/// <param name="Seconds">The time for each variant.</param>
/// <param name="Lines">The lines, by variant and machine.</param>
public sealed record ProofSurveyed(string Folder, string Version, int Actors, double Seconds, ImmutableArray<ProofLine> Lines);
