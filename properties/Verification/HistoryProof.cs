using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>Every interleaving of one history on one variant, or all of so many preemptions.</summary>
internal sealed class HistoryProof
{
    /// <summary>How often a loop may try again in the second look at a history whose first one did not end.</summary>
    private const int FewRounds = 2;

    /// <summary>Random walks on a history that was proved.</summary>
    private const ulong Doubts = 3;

    private readonly TestBed _bed;
    private readonly LargeHistories _large;
    private OptimalDpor _dpor = new();
    private readonly PreemptionBounded? _bounded;
    private readonly RandomWalk _walk = new();

    internal HistoryProof(TestBed bed, int? preemptions)
        : this(bed, preemptions, new LargeHistories(bed.Contender))
    {
    }

    /// <summary>One of several workers, who help each other with <paramref name="large"/>.</summary>
    internal HistoryProof(TestBed bed, int? preemptions, LargeHistories large)
    {
        _bed = bed;
        _large = large;
        _bounded = preemptions is { } most ? new PreemptionBounded(bed.Machine.Smp.Explored, most) : null;
    }

    /// <summary>
    /// Explores a history: all of it, unless it takes more than <paramref name="most"/> executions, or fails. One whose loops
    /// are in the way takes up to as many again.
    /// </summary>
    internal HistoryOutcome Explore(History history, int most, CancellationToken cancel) =>
        _bounded is null ? ExploreTraces(history, most, cancel) : ExploreBounded(history, most, cancel);

    private HistoryOutcome ExploreTraces(History history, int most, CancellationToken cancel)
    {
        var failures = new FoundFailures(_bed);
        Look first = Explore(_dpor, history, most, failures, cancel);
        if (!first.IsFinished || first.IsShared)
        {
            // One that is left in the middle cannot turn to another program.
            _dpor = new OptimalDpor();
        }

        // A loop that tries again for ever multiplies what the others do beside it, and the search is lost in its last
        // steps. With few tries it comes to an end: that proves nothing, but what fails then does fail.
        Look second = first is { IsFinished: false, Cut: > 0 }
            ? Explore(new OptimalDpor(FewRounds), history, most, failures, cancel)
            : default;
        Failure? missed = first.IsFinished && HasOthers(history) ? Missed(history, failures, cancel) : null;
        return new HistoryOutcome(
            first.Executions + second.Executions,
            first is { IsFinished: true, Cut: 0 },
            first.Cut,
            failures.Schedules(history),
            first.Steps + second.Steps,
            first.Spare,
            missed);
    }

    private Look Explore(OptimalDpor dpor, History history, int most, FoundFailures failures, CancellationToken cancel)
    {
        long before = dpor.Executions + dpor.Deadlocks;
        long cut = dpor.Cut;
        long executions = 0;
        long steps = 0;
        int spare = int.MaxValue;
        bool finished = false;
        long limit = most;
        while (!cancel.IsCancellationRequested && executions < limit && !(finished = !dpor.Begin(0, 0)))
        {
            if (executions >= _large.Alone)
            {
                var shared = new SharedHistory(history, _bed, dpor, before, limit, failures, _large);
                _large.Run(shared, cancel);
                return new Look(shared.Executions, shared.IsFinished, shared.Cut - cut, steps + shared.Steps, IsShared: true);
            }

            Failure? failure = _bed.Run(history, dpor);
            steps += _bed.Steps;
            spare = Math.Min(spare, _bed.Machine.Zone.Spare);
            executions = dpor.Executions + dpor.Deadlocks - before;
            if (failure is not null && !dpor.LastWasRedundant && failures.IsNew(failure))
            {
                failures.Add(failure, dpor.Cpus);
                limit = Math.Min(limit, executions + FoundFailures.ExecutionsAfter);
            }
        }

        return new Look(executions, finished, dpor.Cut - cut, steps, IsShared: false, spare);
    }

    /// <summary>
    /// A random walk may not find what the exploration did not: one that does shows that steps share something that nobody
    /// told, such as a plain field of the kernel. It is no proof that there is nothing such, but a variant whose author
    /// forgot a cell is told, sooner or later.
    /// </summary>
    private Failure? Missed(History history, FoundFailures failures, CancellationToken cancel)
    {
        for (ulong seed = 1; seed <= Doubts && failures.None && !cancel.IsCancellationRequested; seed++)
        {
            _walk.Begin(seed, 100);
            if (_bed.Run(history, _walk) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    /// <summary>False if one CPU does all, one operation after the other.</summary>
    private static bool HasOthers(History history) =>
        history.Actors.Count(actor => !actor.IsEmpty) > 1 || history.Actors.Any(actor => actor.Any(operation => !operation.Child.IsEmpty));

    private HistoryOutcome ExploreBounded(History history, int most, CancellationToken cancel)
    {
        PreemptionBounded search = _bounded!;
        search.Restart(BeginsWithChoice(history));
        var failures = new FoundFailures(_bed);
        long executions = 0;
        long cut = 0;
        long steps = 0;
        bool finished = false;
        long limit = most;
        while (!cancel.IsCancellationRequested && executions < limit && !(finished = !search.Begin(0, 0)))
        {
            Failure? failure = _bed.Run(history, search);
            executions++;
            steps += _bed.Steps;
            if (_bed.Steps >= _bed.Machine.Smp.Checks.FairAfter)
            {
                cut++;
            }

            if (failure is not null && failures.IsNew(failure))
            {
                failures.Add(failure, search.Choices);
                limit = Math.Min(limit, executions + FoundFailures.ExecutionsAfter);
            }
        }

        return new HistoryOutcome(executions, finished && cut == 0, cut, failures.Found, steps);
    }

    private static bool BeginsWithChoice(History history) => history.Actors.Count(actor => !actor.IsEmpty) > 1;

    /// <summary>What a search came to.</summary>
    private readonly record struct Look(long Executions, bool IsFinished, long Cut, long Steps, bool IsShared, int Spare = 0);
}

/// <summary>What exploring a history came to.</summary>
/// <param name="Executions">Executions, each of another trace or schedule.</param>
/// <param name="IsComplete">True if they were all that there are.</param>
/// <param name="Cut">Executions of which not every order was explored.</param>
/// <param name="Failures">Each way to fail that was seen, and a schedule that shows it.</param>
/// <param name="Steps">Steps of the executions.</param>
/// <param name="Spare">How much memory none of them saw: see <see cref="Zone.Spare"/>; 0 if nobody looked.</param>
/// <param name="Missed">How a random walk failed, though they were all that there are and none did.</param>
internal sealed record HistoryOutcome(
    long Executions, bool IsComplete, long Cut, ImmutableArray<FoundFailure> Failures, long Steps, int Spare = 0, Failure? Missed = null);
