using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Verification;

/// <summary>
/// How far the verification of one variant on one machine is: what has to be kept to go on where it stopped. Histories are counted in
/// the order of <see cref="SmallHistories"/>, and only up to the first one that is not finished.
/// </summary>
public sealed record VerifyState
{
    /// <summary>The variant, by name.</summary>
    public required string Variant { get; init; }

    /// <summary>The machine that the histories run on: what is said of them is said of no other.</summary>
    public MachineSize Machine { get; init; } = MachineSize.Usual;

    /// <summary>Histories explored.</summary>
    public long Histories { get; init; }

    /// <summary>Their executions.</summary>
    public long Executions { get; init; }

    /// <summary>Histories of which not all was explored: a loop that tries for ever, or too many executions.</summary>
    public long Unfinished { get; init; }

    /// <summary>Executions in which a loop tried too often.</summary>
    public long Cut { get; init; }

    /// <summary>Operations of the smallest history that was not finished; 0 if there is none.</summary>
    public int SmallestUnfinished { get; init; }

    /// <summary>True once every history has been explored.</summary>
    public bool IsDone { get; init; }

    /// <summary>Each way to fail, in the order in which it was found: the smallest history first.</summary>
    public ImmutableArray<VerifyFailure> Failures { get; init; } = [];

    /// <summary>What there is to do for a variant: nothing is done yet, on each machine of the scope.</summary>
    public static ImmutableArray<VerifyState> Begin(Contender contender, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(contender);
        ArgumentNullException.ThrowIfNull(scope);
        return [.. scope.MachinesOf(contender.Family).Select(machine => new VerifyState { Variant = contender.Variant.Name, Machine = machine })];
    }

    /// <summary>True if every execution of every history has been explored, and none failed.</summary>
    public bool IsProved => IsDone && Unfinished == 0 && Failures.IsEmpty;
}

/// <summary>A history that fails.</summary>
/// <param name="Property">The promise it breaks.</param>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Subject">What it concerns.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="History">The history and its schedule, as text.</param>
/// <param name="Operations">Operations of the history.</param>
/// <param name="IsMinimal">True if every smaller history has been explored whole, so that none fails in this way.</param>
public sealed record VerifyFailure(
    string Property, string Kind, string Subject, string Message, string History, int Operations, bool IsMinimal)
{
    /// <summary>True if <paramref name="failure"/> is the same: <see cref="Failure.Signature"/>.</summary>
    public bool IsSameAs(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return (Kind, Subject) == (failure.Kind.ToString(), failure.Subject);
    }

    /// <summary>
    /// The smallest that fails in this way, found in about <paramref name="executions"/> executions; null if the schedule
    /// shows nothing: a circle of waits is judged when nothing moves any more, and not as it closes.
    /// </summary>
    internal Counterexample? Shrink(TestBed bed, int executions, CancellationToken cancel)
    {
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(History);
        var replay = new Replay([.. schedule]);
        replay.Begin(0, 0);
        if (bed.Run(history, replay) is not { } failure)
        {
            return null;
        }

        replay.Begin(0, 0);
        return Shrinker.Shrink(bed, history, replay, failure, executions, seed: 1, known: [], cancel);
    }
}
