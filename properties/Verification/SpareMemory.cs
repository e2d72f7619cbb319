using System.Runtime.InteropServices;
using Variants.Harness.Memory;

namespace Variants.Properties.Verification;

/// <summary>
/// What each history came to on a machine, and how much of its memory nobody saw: on one that lacks no more than that it is
/// the same, step for step (<see cref="Zone.Spare"/> says why), and need not be explored again. Results do not depend on it:
/// whoever does not have it, as after <c>--resume</c>, explores and comes to the same.
/// </summary>
/// <param name="machine">The machine that the histories were explored on.</param>
public sealed class SpareMemory(MachineSize machine)
{
    private readonly List<(int Executions, int Spare)> _histories = [];
    private long _first = -1;

    /// <summary>How many were not explored again.</summary>
    public long Spared { get; private set; }

    /// <summary>Notes what a history came to, by its number; those after it are forgotten.</summary>
    internal void Note(MachineSize where, long number, HistoryOutcome outcome)
    {
        if (where != machine)
        {
            return;
        }

        if (_first < 0 || number < _first || number > _first + _histories.Count)
        {
            _first = number;
        }

        CollectionsMarshal.SetCount(_histories, (int)(number - _first));
        _histories.Add((checked((int)outcome.Executions), outcome.IsComplete && outcome.Failures.IsEmpty ? outcome.Spare : 0));
    }

    /// <summary>
    /// What a history comes to on a smaller machine; null if that has to be explored, or takes more than <paramref name="most"/>
    /// executions, so that it would have been left unfinished.
    /// </summary>
    internal HistoryOutcome? On(MachineSize smaller, long number, int most)
    {
        if (_first < 0 || number < _first || number >= _first + _histories.Count || smaller == machine || !DiffersInMemoryAlone(smaller))
        {
            return null;
        }

        (int executions, int spare) = _histories[(int)(number - _first)];
        if (executions > most || spare <= machine.Pages - smaller.Pages + smaller.Low - machine.Low)
        {
            return null;
        }

        Spared++;
        return new HistoryOutcome(executions, IsComplete: true, Cut: 0, Failures: [], Steps: 0, spare);
    }

    private bool DiffersInMemoryAlone(MachineSize smaller) =>
        smaller.Pages <= machine.Pages && smaller.Low >= machine.Low && smaller with { Pages = machine.Pages, Low = machine.Low } == machine;
}
