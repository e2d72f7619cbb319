using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Makes a failing history and its schedule smaller together, as long as they fail in the same way. Greedy, over the
/// histories that <see cref="SmallerHistories"/> offers, each under schedules of its own.
/// </summary>
public sealed class Shrinker
{
    private readonly Probe _probe;
    private readonly ScheduleSearch _search;
    private readonly ScheduleShrinker _schedules;
    private readonly IReadOnlyList<Counterexample> _known;

    private Shrinker(Probe probe, ulong seed, IReadOnlyList<Counterexample> known)
    {
        _probe = probe;
        _known = known;
        var deviations = new DeviationSearch(probe);
        _search = new ScheduleSearch(probe, deviations, seed);
        _schedules = new ScheduleShrinker(probe, deviations);
    }

    /// <summary>
    /// The smallest that can be found in about <paramref name="executions"/> executions on <paramref name="bed"/>,
    /// which nobody else uses meanwhile. Unless the limit was hit, no operation can be taken out: without it, no
    /// schedule of up to two deviations fails in the same way, nor do two thousand random ones.
    /// </summary>
    /// <param name="bed">A machine with the variant.</param>
    /// <param name="history">The history that failed.</param>
    /// <param name="schedule">Chose the schedule, and has begun again in the same way.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="executions">The limit; one that runs for very long counts as several.</param>
    /// <param name="seed">Random schedules follow from it.</param>
    /// <param name="known">
    /// What has been found already: shrinking towards something that says no more than one of these stops early.
    /// </param>
    /// <param name="cancel">Stops at once, with what there is.</param>
    /// <exception cref="VariantException">The history did not fail again.</exception>
    public static Counterexample Shrink(
        TestBed bed,
        History history,
        Strategy schedule,
        Failure failure,
        int executions,
        ulong seed,
        IReadOnlyList<Counterexample> known,
        CancellationToken cancel)
    {
        var probe = new Probe(bed, failure, executions, cancel);
        FailingExecution first = probe.Record(history, schedule)
            ?? throw VariantException.Strayed(bed.Contender.Variant.Name, $"failed once ({failure.Kind}: {failure.Message})");
        FailingExecution last = new Shrinker(probe, seed, known).Shrink(first);
        return new Counterexample(
            last.History,
            last.Schedule,
            last.Failure,
            last.Preemptions,
            new ShrinkStatistics(first.History.Count, first.Preemptions, probe.Executions, probe.IsExhausted));
    }

    private FailingExecution Shrink(FailingExecution failing)
    {
        failing = _schedules.Simplify(failing);
        while (!_probe.IsExhausted)
        {
            FailingExecution? smaller = FirstOf(Candidates(failing.History), failing, _search.Quick);
            if (smaller is null)
            {
                failing = _schedules.Minimise(failing);
                if (Distinctness.IsNoBetter(failing, _known))
                {
                    break;
                }

                smaller = FewerOperations(failing, _search.Thorough)
                    ?? FirstOf(Candidates(failing.History), failing, Same);
            }

            if (smaller is null)
            {
                break;
            }

            failing = _schedules.Simplify(smaller);
        }

        return failing;
    }

    private FailingExecution? FewerOperations(
        FailingExecution failing, Func<History, ImmutableArray<int>, FailingExecution?> search) =>
        FirstOf(Candidates(failing.History).Where(history => history.Count < failing.History.Count), failing, search);

    /// <summary>The first of the smaller histories for which the search finds a schedule that fails.</summary>
    private FailingExecution? FirstOf(
        IEnumerable<History> histories,
        FailingExecution failing,
        Func<History, ImmutableArray<int>, FailingExecution?> search)
    {
        foreach (History history in histories)
        {
            if (_probe.IsExhausted)
            {
                return null;
            }

            if (search(history, failing.Schedule) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private FailingExecution? Same(History history, ImmutableArray<int> schedule) =>
        _probe.Play(history, schedule.AsSpan());

    private IEnumerable<History> Candidates(History history) => SmallerHistories.Of(history, _probe.Contender.Family);
}
