using System.Numerics;

namespace Variants.Harness.Exploration;

/// <summary>
/// What a search does besides when it is one of several that share the work: it begins at the end of a trunk, gives away
/// what it has not come to, and can be put down and taken up again.
/// </summary>
public sealed partial class OptimalDpor
{
    /// <summary>True if nothing could begin as it was asked to: the race that asked for it had been reversed on a guess.</summary>
    internal bool WasImpossible => _isImpossible;

    /// <summary>A CPU that could go on where nothing could begin as it was asked to; -1 if there is none.</summary>
    internal int PossibleInstead => _possibleInstead;

    /// <summary>
    /// True if its first step turned out not to depend on the one beside which it was begun with: it has to be begun with
    /// anew, once that has been explored.
    /// </summary>
    internal bool WasTooEarly => _isTooEarly;

    /// <summary>The trunk that its executions begin with; null if it explores everything.</summary>
    internal Trunk? SharedTrunk => _trunk;

    /// <summary>
    /// Explores what begins at the end of <paramref name="trunk"/> (null: everything), from where <paramref name="entry"/>
    /// says; ready for its first execution.
    /// </summary>
    internal void GoOnFrom(Trunk? trunk, Entry entry)
    {
        _trunk = trunk;
        _entry = entry;
        _lead = entry.Lead;
        _begun = false;
        Begin(0, 0);
    }

    /// <summary>
    /// The shallowest step behind the trunk, of those that the next execution begins with, at which another CPU is still to
    /// be tried that somebody else can try now; -1 if there is none.
    /// </summary>
    internal int ShallowestChoice()
    {
        for (int step = _trunk is null ? 0 : _trunk.Depth + 1; step < _replayed; step++)
        {
            if (_path[step].Tree!.First!.Next is { } next && next.DependsOn(Steps, step))
            {
                return step;
            }
        }

        return -1;
    }

    /// <summary>Makes the trunk longer, up to <paramref name="last"/>, and leaves to it what else is to be tried there.</summary>
    internal void GiveAway(int last)
    {
        Trunk trunk = _trunk ?? new Trunk();
        for (int step = trunk.Depth + 1; step <= last; step++)
        {
            WakeupNode first = _path[step].Tree!.First!;
            var chosen = new TrunkChild(new WakeupNode { Cpu = first.Cpu }) { State = TrunkState.Running };
            chosen.Step.TakeTouches(Steps, step);
            TrunkNode node = trunk.Grow(SleepersAt(step), chosen);
            for (WakeupNode? pending = first.Next; pending is not null; pending = pending.Next)
            {
                node.Children.Add(new TrunkChild(pending));
            }

            foreach (TrunkChild child in node.Children)
            {
                child.Step.Next = null;
            }

            first.Next = null;
        }

        _trunk = trunk;
    }

    /// <summary>
    /// How far it is: what it takes to take it up again. Only between turns. Of one that does not work, the counts are kept.
    /// </summary>
    internal PartState PutDown(bool works) =>
        new(works ? _entry ?? EntryHere() : null, _trunk?.End.Node, _trunk?.End.Own, [Executions, Deadlocks, Redundant, Cut, StepsTaken]);

    /// <summary>Takes up what was put down.</summary>
    internal void TakeUp(PartState state)
    {
        (Executions, Deadlocks, Redundant, Cut, StepsTaken) =
            (state.Counts[0], state.Counts[1], state.Counts[2], state.Counts[3], state.Counts[4]);
        if (state.Entry is not null)
        {
            GoOnFrom(state.Node is null ? null : Trunk.To(state.Node, state.Child!), state.Entry);
        }
    }

    private Entry EntryHere()
    {
        int first = _trunk is null ? 0 : _trunk.Depth;
        int[] lead = [.. Enumerable.Range(0, _replayed).Select(step => Steps[step].Cpu)];
        return _path[first].Tree is { } tree
            ? new Entry(lead, tree, [.. Enumerable.Range(first, _replayed - first + 1).Select(SleepersAt)], Awake: 0)
            : new Entry([], new WakeupNode(), [[]], Awake: 0);
    }

    /// <summary>The first step behind the trunk, as it turned out, and what was to come after it.</summary>
    internal WakeupNode FirstStep()
    {
        WakeupNode first = _path[_trunk!.Depth].Tree!.First!;
        first.TakeTouches(Steps, _trunk.Depth);
        return first;
    }

    private WakeupNode[] SleepersAt(int step)
    {
        var sleepers = new List<WakeupNode>();
        for (uint left = _path[step].Asleep; left != 0; left &= left - 1)
        {
            sleepers.Add(_asleepAt[(step * _cpus) + BitOperations.TrailingZeroCount(left)]);
        }

        return [.. sleepers];
    }

    private void Enter(Entry entry)
    {
        Array.Clear(_path);
        _mustWake = entry.Awake;
        WakeupNode tree = entry.Tree;
        for (int level = 0; level < entry.Asleep.Length; level++)
        {
            int step = entry.Lead.Length - entry.Asleep.Length + 1 + level;
            MakeRoomFor(step);
            _path[step].Tree = tree;
            foreach (WakeupNode sleeper in entry.Asleep[level])
            {
                _path[step].Asleep |= 1u << sleeper.Cpu;
                _asleepAt[(step * _cpus) + sleeper.Cpu] = sleeper;
            }

            tree = tree.First!;
        }
    }

    /// <summary>Where a search goes on.</summary>
    /// <param name="Lead">The CPUs of the steps that lead there.</param>
    /// <param name="Tree">What is to be explored from the end of the trunk on; its first branch is the way there.</param>
    /// <param name="Asleep">The sleepers at each step from the end of the trunk to where it goes on.</param>
    /// <param name="Awake">CPUs that must not sleep any more after the first step behind the trunk, if that is still to come.</param>
    internal sealed record Entry(int[] Lead, WakeupNode Tree, WakeupNode[][] Asleep, uint Awake);

    /// <summary>A part that was put down.</summary>
    /// <param name="Entry">Where it goes on; null if it has nothing to do.</param>
    /// <param name="Node">Where its trunk ends; null if it has none.</param>
    /// <param name="Child">What it explores there.</param>
    /// <param name="Counts">Executions, deadlocks, redundant ones, those cut, steps.</param>
    internal sealed record PartState(Entry? Entry, TrunkNode? Node, TrunkChild? Child, long[] Counts);
}
