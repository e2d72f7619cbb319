using System.Collections.Immutable;
using Variants.Harness.Histories;

namespace Variants.Properties.Shrinking;

/// <summary>Makes the schedule of a failing execution as simple as it can be, on the same history.</summary>
internal sealed class ScheduleShrinker
{
    /// <summary>
    /// Bounds, as preemptions and other switches, under which every schedule is tried for the simplest: in the order
    /// of simplicity, as far as they are small enough to be tried whole.
    /// </summary>
    private static readonly (int Preemptions, int Switches)[] s_bounds =
        [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0)];

    /// <summary>What one bound may take; what is larger is left to deleting choices.</summary>
    private const long ExecutionsOfBound = 50_000;

    /// <summary>
    /// How far after the last choice that is not 0 a stretch may be joined: an execution that hangs goes on for
    /// thousands.
    /// </summary>
    private const int ChoicesAfterLast = 32;

    private readonly Probe _probe;
    private readonly DeviationSearch _search;

    internal ScheduleShrinker(Probe probe, DeviationSearch search)
    {
        _probe = probe;
        _search = search;
    }

    /// <summary>
    /// Leaves out choices and joins the stretches of one CPU, as long as it fails and becomes simpler.
    /// </summary>
    internal FailingExecution Simplify(FailingExecution failing)
    {
        while (!_probe.IsExhausted)
        {
            FailingExecution simpler = JoinStretches(LeaveOutChoices(failing));
            if (simpler == failing)
            {
                break;
            }

            failing = simpler;
        }

        return failing;
    }

    /// <summary>
    /// The simplest of all schedules of the same history that fail, if one within the bounds does; or else what is
    /// left when no choice can be left out.
    /// </summary>
    internal FailingExecution Minimise(FailingExecution failing)
    {
        foreach ((int preemptions, int switches) in s_bounds)
        {
            if ((preemptions, switches).CompareTo((failing.Preemptions, failing.Switches)) > 0 || _probe.IsExhausted)
            {
                break;
            }

            FailingExecution? simplest = _search.Simplest(failing.History, preemptions, switches, ExecutionsOfBound);
            if (simplest is not null && simplest.CompareSchedule(failing) <= 0)
            {
                return simplest;
            }
        }

        return Simplify(failing);
    }

    /// <summary>
    /// Sets choices to 0 and takes them out, many at once and then one by one (Zeller and Hildebrandt, "Simplifying and
    /// isolating failure-inducing input", TSE 2002).
    /// </summary>
    private FailingExecution LeaveOutChoices(FailingExecution failing)
    {
        for (int length = failing.Schedule.Length; length > 0; length /= 2)
        {
            for (int at = 0; at < failing.Schedule.Length; at += length)
            {
                failing = Without(failing, at, length) ?? failing;
            }
        }

        return failing;
    }

    private FailingExecution? Without(FailingExecution failing, int at, int length)
    {
        ImmutableArray<int> schedule = failing.Schedule;
        int end = Math.Min(at + length, schedule.Length);
        if (schedule.AsSpan(at, end - at).ContainsAnyExcept(0))
        {
            int[] zeroed = [.. schedule];
            zeroed.AsSpan(at, end - at).Clear();
            if (Simpler(failing, zeroed, _probe.Play) is { } simpler)
            {
                return simpler;
            }
        }

        return Simpler(failing, [.. schedule[..at], .. schedule[end..]], _probe.Play);
    }

    /// <summary>
    /// Moves a stretch of one CPU to the next one of the same CPU, earlier or later, so that there is a switch less
    /// (Jalbert and Sen, "A trace simplification technique for effective debugging of concurrent programs", FSE'10).
    /// </summary>
    private FailingExecution JoinStretches(FailingExecution failing)
    {
        // Once more, to see which CPUs it runs.
        if (_probe.IsExhausted || _probe.Play(failing.History, failing.Schedule.AsSpan()) is null)
        {
            return failing;
        }

        ReadOnlySpan<Decision> decisions = _probe.Tape.Decisions;
        int end = Math.Min(decisions.Length, failing.Schedule.Length + ChoicesAfterLast);
        List<Stretch> stretches = StretchesOf(decisions[..end]);
        for (int one = 0; one < stretches.Count; one++)
        {
            int next = stretches.FindIndex(one + 1, other => other.Cpu == stretches[one].Cpu);
            if (next < 0)
            {
                continue;
            }

            FailingExecution? simpler = Simpler(failing, Joined(stretches, one, next, atFirst: true), _probe.PlayCpus)
                ?? Simpler(failing, Joined(stretches, one, next, atFirst: false), _probe.PlayCpus);
            if (simpler is not null)
            {
                return simpler;
            }
        }

        return failing;
    }

    private FailingExecution? Simpler(FailingExecution failing, int[] plan, Play play)
    {
        if (_probe.IsExhausted)
        {
            return null;
        }

        FailingExecution? other = play(failing.History, plan);
        return other is not null && other.CompareSchedule(failing) < 0 ? other : null;
    }

    private static List<Stretch> StretchesOf(ReadOnlySpan<Decision> decisions)
    {
        var stretches = new List<Stretch>();
        foreach (Decision decision in decisions)
        {
            if (stretches.Count > 0 && stretches[^1].Cpu == decision.Chosen)
            {
                stretches[^1] = stretches[^1] with { Length = stretches[^1].Length + 1 };
            }
            else
            {
                stretches.Add(new Stretch(decision.Chosen, 1));
            }
        }

        return stretches;
    }

    /// <summary>The CPUs in turn, with two stretches of one CPU joined where the first is, or the second.</summary>
    private static int[] Joined(List<Stretch> stretches, int first, int second, bool atFirst)
    {
        var cpus = new List<int>();
        for (int i = 0; i < stretches.Count; i++)
        {
            int length = i == (atFirst ? first : second) ? stretches[first].Length + stretches[second].Length
                : i == first || i == second ? 0
                : stretches[i].Length;
            cpus.AddRange(Enumerable.Repeat(stretches[i].Cpu, length));
        }

        return [.. cpus];
    }

    private delegate FailingExecution? Play(History history, ReadOnlySpan<int> plan);

    /// <summary>So many choices in a row for one CPU.</summary>
    private readonly record struct Stretch(int Cpu, int Length);
}
