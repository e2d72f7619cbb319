using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Looks for a schedule under which a history fails as another one did: the other's schedule, then those that
/// deviate little from running each CPU to its end, then random ones.
/// </summary>
internal sealed class ScheduleSearch
{
    private const int QuickSearch = 200;
    private const int LargeSearch = 30_000;
    private const int ThoroughRandom = 2_000;

    private static readonly string[] s_randomStrategies = ["random", "pct2", "chaos", "delay2", "pos", "pct3"];

    private readonly Probe _probe;
    private readonly DeviationSearch _deviations;
    private readonly ulong _seed;
    private readonly Strategy[] _strategies;

    internal ScheduleSearch(Probe probe, DeviationSearch deviations, ulong seed)
    {
        _probe = probe;
        _deviations = deviations;
        _seed = seed;
        _strategies = [.. s_randomStrategies.Select(KnownStrategies.Create)];
    }

    /// <summary>Tries what is cheap: for histories that may turn out not to matter.</summary>
    internal FailingExecution? Quick(History history, ImmutableArray<int> schedule) =>
        _probe.Play(history, schedule.AsSpan())
        ?? _deviations.Find(history, deviations: 0, preemptions: 0)
        ?? _deviations.Find(history, deviations: 1, preemptions: 1, QuickSearch)
        ?? Randomly(history, QuickSearch);

    /// <summary>
    /// Tries every schedule of up to two deviations, or of three that are no preemptions, and two thousand random ones:
    /// if none fails, the history is held not to.
    /// </summary>
    internal FailingExecution? Thorough(History history, ImmutableArray<int> schedule) =>
        _probe.Play(history, schedule.AsSpan())
        ?? _deviations.Find(history, deviations: 0, preemptions: 0)
        ?? _deviations.Find(history, deviations: 1, preemptions: 1)
        ?? Randomly(history, ThoroughRandom)
        ?? _deviations.Find(history, deviations: 2, preemptions: 2)
        ?? _deviations.Find(history, deviations: 3, preemptions: 0, LargeSearch);

    private FailingExecution? Randomly(History history, int executions)
    {
        int expectedSteps = 1;
        long end = _probe.Spent + executions;
        for (int i = 0; _probe.Spent < end && !_probe.IsExhausted; i++)
        {
            Strategy strategy = _strategies[i % _strategies.Length];
            strategy.Begin(Seeds.Of(_seed, (ulong)_probe.Executions, 0), expectedSteps);
            if (_probe.Record(history, strategy) is { } found)
            {
                return found;
            }

            if (_probe.Tape.Count == 0)
            {
                // Nothing to choose: there is one execution only.
                break;
            }

            expectedSteps = Math.Max(expectedSteps, _probe.ActorSteps);
        }

        return null;
    }
}
