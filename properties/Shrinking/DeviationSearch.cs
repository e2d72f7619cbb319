using System.Runtime.InteropServices;
using Variants.Harness.Histories;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Every schedule that deviates from all zeros in so many choices and no more, in the spirit of preemption bounding
/// (Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded programs", PLDI'07):
/// most bugs need very few, and the schedules that have few can all be tried.
/// </summary>
internal sealed class DeviationSearch
{
    private readonly Probe _probe;
    private readonly List<Decision[]> _decisions = [];
    private readonly List<int> _plan = [];
    private long _spentAtEnd;
    private FailingExecution? _simplest;

    internal DeviationSearch(Probe probe) => _probe = probe;

    /// <summary>True if the last search ended before it had tried everything.</summary>
    internal bool WasCut { get; private set; }

    /// <summary>
    /// A schedule of <paramref name="history"/> that fails with exactly so many deviations, at most so many of them
    /// preemptions; the first one found.
    /// </summary>
    internal FailingExecution? Find(History history, int deviations, int preemptions, long executions = long.MaxValue / 2)
    {
        Begin(executions);
        return Extend(history, 0, deviations, preemptions, deviations, stopAtFirst: true);
    }

    /// <summary>
    /// The simplest of the schedules that fail with exactly so many preemptions and other switches.
    /// </summary>
    internal FailingExecution? Simplest(History history, int preemptions, int switches, long executions)
    {
        Begin(executions);
        Extend(history, 0, preemptions + switches, preemptions, switches, stopAtFirst: false);
        return _simplest;
    }

    private void Begin(long executions)
    {
        _spentAtEnd = _probe.Spent + executions;
        _simplest = null;
        WasCut = false;
        _plan.Clear();
    }

    /// <summary>
    /// Tries the plan with so many deviations more, none before <paramref name="from"/>: at most so many of them
    /// preemptions, and so many not.
    /// </summary>
    private FailingExecution? Extend(
        History history, int from, int deviations, int preemptions, int switches, bool stopAtFirst)
    {
        if (_probe.IsExhausted || _probe.Spent >= _spentAtEnd)
        {
            WasCut = true;
            return null;
        }

        FailingExecution? failing = _probe.Play(history, CollectionsMarshal.AsSpan(_plan));
        if (deviations == 0)
        {
            if (failing is not null && (_simplest is null || failing.CompareSchedule(_simplest) < 0))
            {
                _simplest = failing;
            }

            return stopAtFirst ? failing : null;
        }

        Decision[] decisions = Keep(deviations, out int count);
        int planned = _plan.Count;
        for (int at = from; at < count; at++)
        {
            Decision decision = decisions[at];
            int preemptionsLeft = preemptions - (decision.Preempts ? 1 : 0);
            int switchesLeft = switches - (decision.Preempts ? 0 : 1);
            if (preemptionsLeft < 0 || switchesLeft < 0)
            {
                continue;
            }

            while (_plan.Count < at)
            {
                _plan.Add(0);
            }

            for (int choice = 1; choice < decision.Among; choice++)
            {
                _plan.Add(choice);
                FailingExecution? found = Extend(history, at + 1, deviations - 1, preemptionsLeft, switchesLeft, stopAtFirst);
                _plan.RemoveRange(at, _plan.Count - at);
                if (found is not null || WasCut)
                {
                    return found;
                }
            }
        }

        _plan.RemoveRange(planned, _plan.Count - planned);
        return null;
    }

    /// <summary>The decisions of the last execution, kept while deeper ones run.</summary>
    private Decision[] Keep(int level, out int count)
    {
        while (_decisions.Count <= level)
        {
            _decisions.Add([]);
        }

        ReadOnlySpan<Decision> last = _probe.Tape.Decisions;
        if (_decisions[level].Length < last.Length)
        {
            _decisions[level] = new Decision[last.Length * 2];
        }

        last.CopyTo(_decisions[level]);
        count = last.Length;
        return _decisions[level];
    }
}
