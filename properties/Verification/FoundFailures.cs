using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Verification;

/// <summary>The first execution of each way in which a history fails.</summary>
internal sealed class FoundFailures(TestBed bed)
{
    /// <summary>A history that fails need not be finished: but its next executions may show other failures.</summary>
    internal const int ExecutionsAfter = 2_000;

    private readonly List<FoundFailure> _found = [];

    internal ImmutableArray<FoundFailure> Found => [.. _found];

    internal bool None => _found.Count == 0;

    internal bool IsNew(Failure failure) => !_found.Exists(known => known.Failure.Signature == failure.Signature);

    internal void Add(Failure failure, ImmutableArray<int> schedule) =>
        _found.Add(new FoundFailure(PropertyList.NameOfBroken(failure), failure, schedule));

    /// <summary>
    /// What was found as CPUs step by step, as schedules that replay it. Without the exploration a circle of waits is
    /// seen as it closes, so that another failure may come first: then that one is what the schedule shows.
    /// </summary>
    internal ImmutableArray<FoundFailure> Schedules(History history)
    {
        var replayed = new List<FoundFailure>();
        foreach (FoundFailure found in _found)
        {
            ImmutableArray<int> schedule = StepByStep.ScheduleOf(bed, history, found.Schedule);
            var replay = new Replay([.. schedule]);
            replay.Begin(0, 0);
            Failure failure = bed.Run(history, replay) ?? found.Failure;
            replayed.Add(new FoundFailure(PropertyList.NameOfBroken(failure), failure, schedule));
        }

        return [.. replayed.DistinctBy(found => found.Failure.Signature)];
    }
}

/// <summary>A failure and how to have it again.</summary>
/// <param name="Property">The promise it breaks.</param>
/// <param name="Failure">What goes wrong.</param>
/// <param name="Schedule">Choices.</param>
internal sealed record FoundFailure(string Property, Failure Failure, ImmutableArray<int> Schedule);
