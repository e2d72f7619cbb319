using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Generation;

namespace Variants.Properties.Shrinking;

/// <summary>
/// A history and a schedule that fail. The simpler comes first, in the order of dejafu (Walker and Runciman, "Cheap
/// remarks about concurrent programs", FLOPS'18): fewer operations, fewer preemptions, fewer other switches, a
/// shorter schedule, the schedule that is first in the alphabet; and at last the history that says less.
/// </summary>
/// <param name="History">The history.</param>
/// <param name="Schedule">The choices, without zeros at the end.</param>
/// <param name="Preemptions">Switches away from a CPU that could have gone on.</param>
/// <param name="Switches">Other choices that are not 0.</param>
/// <param name="Failure">What goes wrong.</param>
internal sealed record FailingExecution(
    History History,
    ImmutableArray<int> Schedule,
    int Preemptions,
    int Switches,
    Failure Failure) : IComparable<FailingExecution>
{
    /// <inheritdoc/>
    public int CompareTo(FailingExecution? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = History.Count.CompareTo(other.History.Count);
        order = order != 0 ? order : CompareSchedule(other);
        return order != 0 ? order : HistoryMeasure.Of(History).CompareTo(HistoryMeasure.Of(other.History));
    }

    /// <summary>Which has the simpler schedule, whatever the histories.</summary>
    internal int CompareSchedule(FailingExecution other)
    {
        int order = Preemptions.CompareTo(other.Preemptions);
        order = order != 0 ? order : Switches.CompareTo(other.Switches);
        order = order != 0 ? order : Schedule.Length.CompareTo(other.Schedule.Length);
        return order != 0 ? order : Schedule.AsSpan().SequenceCompareTo(other.Schedule.AsSpan());
    }
}
