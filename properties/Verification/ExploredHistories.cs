using System.Runtime.InteropServices;
using Variants.Harness.Memory;

namespace Variants.Properties.Verification;

/// <summary>
/// What each history of a variant and a scope, of any size, came to, on each machine, so that none is explored again to come to the same: with more
/// executions allowed than it took, or on a machine that lacks no more memory than what nobody saw, where it is the same
/// step for step (<see cref="Zone.Spare"/> says why). Results do not depend on it: whoever does not have it, as after
/// <c>--resume</c>, explores and comes to the same.
/// </summary>
/// <param name="roomy">The machine of the most memory: of what was explored there, others are spared.</param>
public sealed class ExploredHistories(MachineSize roomy)
{
    private readonly Dictionary<MachineSize, OnMachine> _machines = [];

    /// <summary>How many were not explored, as they had been on the machine of more memory.</summary>
    public long Spared { get; private set; }

    /// <summary>Notes what a history came to of which no more than <paramref name="most"/> executions were asked for, by its number.</summary>
    internal void Note(MachineSize machine, long number, int most, HistoryOutcome outcome)
    {
        if (!_machines.TryGetValue(machine, out OnMachine? own))
        {
            _machines.Add(machine, own = new OnMachine());
        }

        own.Note(number, most, outcome);
    }

    /// <summary>
    /// What a history comes to if no more than <paramref name="most"/> executions are asked for; null if that has to be
    /// explored.
    /// </summary>
    internal HistoryOutcome? Of(MachineSize machine, long number, int most)
    {
        if (_machines.TryGetValue(machine, out OnMachine? own) && own.Of(number, most) is { } outcome)
        {
            return outcome;
        }

        if (machine == roomy
            || !DiffersInMemoryAlone(machine)
            || !_machines.TryGetValue(roomy, out OnMachine? larger)
            || !(larger.SpareOf(number, most) > roomy.Pages - machine.Pages + machine.Low - roomy.Low))
        {
            return null;
        }

        Spared++;
        return larger.Of(number, most);
    }

    private bool DiffersInMemoryAlone(MachineSize smaller) =>
        smaller.Pages <= roomy.Pages && smaller.Low >= roomy.Low && smaller with { Pages = roomy.Pages, Low = roomy.Low } == roomy;

    /// <summary>Those of one machine: there are millions, and nearly all are finished, and do not fail.</summary>
    private sealed class OnMachine
    {
        private readonly List<(int Executions, int Spare)> _histories = [];
        private readonly Dictionary<long, (int Most, HistoryOutcome Outcome)> _others = [];
        private long _first = -1;

        internal void Note(long number, int most, HistoryOutcome outcome)
        {
            if (_first < 0 || number < _first || number > _first + _histories.Count)
            {
                _first = number;
                _histories.Clear();
                _others.Clear();
            }

            int at = (int)(number - _first);
            if (at == _histories.Count)
            {
                CollectionsMarshal.SetCount(_histories, at + 1);
            }

            bool isPlain = outcome is { IsComplete: true, Failures.IsEmpty: true } && outcome.Executions < most;
            _histories[at] = (checked((int)outcome.Executions), isPlain ? outcome.Spare : -1);
            if (isPlain)
            {
                _others.Remove(number);
            }
            else
            {
                _others[number] = (most, outcome);
            }
        }

        internal HistoryOutcome? Of(long number, int most)
        {
            if (!Has(number))
            {
                return null;
            }

            (int executions, int spare) = _histories[(int)(number - _first)];
            if (spare >= 0)
            {
                return executions < most ? new HistoryOutcome(executions, IsComplete: true, Cut: 0, Failures: [], Steps: 0, spare) : null;
            }

            // What ended before the limit was not ended by it.
            (int then, HistoryOutcome outcome) = _others[number];
            return most == then || executions < Math.Min(most, then) ? outcome with { Steps = 0 } : null;
        }

        /// <summary>How much memory a history left that is finished and does not fail; null if it does, or takes more executions.</summary>
        internal int? SpareOf(long number, int most) =>
            Has(number) && _histories[(int)(number - _first)] is { Spare: >= 0 } plain && plain.Executions < most ? plain.Spare : null;

        private bool Has(long number) => _first >= 0 && number >= _first && number < _first + _histories.Count;
    }
}
