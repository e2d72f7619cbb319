using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Proves that a counterexample is minimal, or finds a smaller one: every history with an operation less, under every
/// interleaving, and every schedule of the same history with fewer preemptions.
/// </summary>
internal sealed class Certifier
{
    private readonly TestBed _bed;
    private readonly long _limit;
    private readonly CancellationToken _cancel;
    private long _executions;
    private bool _isCut;
    private bool _hitLimit;

    private Certifier(TestBed bed, long limit, CancellationToken cancel)
    {
        _bed = bed;
        _limit = limit;
        _cancel = cancel;
    }

    /// <summary>
    /// The counterexample with its certificate, within about <paramref name="executions"/> executions. If a smaller one
    /// turns up it takes its place, with no certificate but that of what is left of the limit.
    /// </summary>
    internal static Counterexample Certify(
        TestBed bed, Counterexample found, int shrinkExecutions, int executions, CancellationToken cancel)
    {
        var certifier = new Certifier(bed, executions, cancel);
        while (certifier.FindSmaller(found) is var (history, schedule))
        {
            var replay = new Replay([.. schedule]);
            replay.Begin(0, 0);
            Counterexample smaller = Shrinker.Shrink(bed, history, replay, found.Failure, shrinkExecutions, seed: 1, known: [], cancel);
            found = smaller with
            {
                Shrinking = smaller.Shrinking with
                {
                    FromOperations = found.Shrinking.FromOperations,
                    FromPreemptions = found.Shrinking.FromPreemptions,
                    Executions = found.Shrinking.Executions + smaller.Shrinking.Executions,
                },
            };
        }

        return found with
        {
            Shrinking = found.Shrinking with { Certificate = certifier.Certificate },
        };
    }

    private Certificate Certificate => new(!_isCut && !_hitLimit, _executions, _hitLimit);

    private bool IsExhausted => _executions >= _limit || _cancel.IsCancellationRequested;

    /// <summary>Null if there is none, or none was found before the limit.</summary>
    private (History History, ImmutableArray<int> Schedule)? FindSmaller(Counterexample found)
    {
        foreach (History history in SmallerHistories.Of(found.History, _bed.Contender.Family).Where(history => history.Count < found.History.Count))
        {
            if (FindIn(history, found.Failure) is { } schedule)
            {
                return (history, schedule);
            }
        }

        return found.Preemptions > 0 && FindWith(found.Preemptions - 1, found) is { } fewer ? (found.History, fewer) : null;
    }

    private ImmutableArray<int>? FindIn(History history, Failure sought)
    {
        var dpor = new OptimalDpor();
        while (!IsExhausted)
        {
            if (!dpor.Begin(0, 0))
            {
                _isCut |= dpor.Cut > 0;
                return null;
            }

            Failure? failure = _bed.Run(history, dpor);
            _executions++;
            if (failure is null || dpor.LastWasRedundant)
            {
                continue;
            }

            // A circle of waits is seen as it closes, and by an exploration when nothing moves any more: until then
            // something else may go wrong.
            if (failure.Signature == sought.Signature || sought.Kind == FailureKind.Deadlock)
            {
                ImmutableArray<int> schedule = StepByStep.ScheduleOf(_bed, history, dpor.Cpus);
                var replay = new Replay([.. schedule]);
                replay.Begin(0, 0);
                if (_bed.Run(history, replay)?.Signature == sought.Signature)
                {
                    return schedule;
                }

                _isCut |= failure.Signature == sought.Signature;
            }
        }

        _hitLimit = true;
        return null;
    }

    private ImmutableArray<int>? FindWith(int preemptions, Counterexample found)
    {
        var search = new PreemptionBounded(_bed.Machine.Smp.Explored, preemptions);
        search.Restart(found.History.Actors.Count(actor => !actor.IsEmpty) > 1);
        while (!IsExhausted)
        {
            if (!search.Begin(0, 0))
            {
                return null;
            }

            Failure? failure = _bed.Run(found.History, search);
            _executions++;
            _isCut |= failure is null && _bed.Steps >= _bed.Machine.Smp.Checks.FairAfter;
            if (failure is not null && failure.Signature == found.Failure.Signature)
            {
                return search.Choices;
            }
        }

        _hitLimit = true;
        return null;
    }
}
