using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>What follows from an execution: its races, and at which earlier step each has what run that reverses it.</summary>
public sealed partial class OptimalDpor
{
    /// <summary>
    /// What is announced when an execution ends takes part in races too, or the executions are lost in which it came
    /// in time: of CPUs that wait in vain, and after a failure of everybody.
    /// </summary>
    private void RaceThoseLeft(uint alive, bool failed)
    {
        for (uint left = alive; left != 0; left &= left - 1)
        {
            Cpu cpu = _smp!.Cpus[BitOperations.TrailingZeroCount(left)];
            if (cpu.Pending == OperationKind.None || (failed && cpu.Id == Steps[_depth - 1].Cpu))
            {
                continue;
            }

            int stop = _depth - 1;
            bool couldGoOn = failed && (Steps[stop].Enabled >> cpu.Id & 1) != 0;
            if (couldGoOn)
            {
                // What its step would touch besides is not known, so that nothing can stand for it but itself.
                int pending = Steps.BeginPending(cpu, 0);
                Steps[pending].Flags |= StepFlags.DependsOnAll;
                _sequence[0] = pending;
                Insert(stop, 1);
                Steps.ForgetPending();
            }
            else
            {
                int pending = Steps.BeginPending(cpu, 0);
                _races.FindWith(_smp, pending);
                ReverseAll();
                Steps.ForgetPending();
            }
        }
    }

    private void ReverseAll()
    {
        foreach (Race race in _races.Found)
        {
            Reverse(race.Earlier, race.Later, race.ByStop);
        }

        _races.Clear();
    }

    /// <summary>
    /// Has the search run, at the point before <paramref name="earlier"/>, what does not come after it, and then the
    /// later step of the race.
    /// </summary>
    private void Reverse(int earlier, int later, bool byStop)
    {
        int length = 0;
        for (int step = earlier + 1; step < _depth; step++)
        {
            if (step != later && !Steps.HappensBefore(earlier, step))
            {
                _sequence[length++] = step;
            }
        }

        _sequence[length++] = later;

        StepFlags flags = Steps[later].Flags;
        if (!byStop && later < _depth)
        {
            // Whether it would fail without the earlier step, on which it depends, is open.
            Steps[later].Flags &= ~StepFlags.DependsOnAll;
        }

        Insert(earlier, length);
        Steps[later].Flags = flags;
    }

    /// <summary>
    /// Inserts a sequence into the wakeup tree at <paramref name="at"/>, unless what it leads to has been explored
    /// (a sleeper could as well begin it) or will be (a branch of the tree could).
    /// </summary>
    private void Insert(int at, int length)
    {
        PrepareSequence(length);
        if (at <= _trunk?.Depth)
        {
            _trunk.Ask(Steps, at, _sequence.AsSpan(0, length));
            return;
        }

        ref Branch branch = ref _path[at];
        for (uint left = branch.Asleep; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (CanBegin(_asleepAt[(at * _cpus) + cpu], length, out _))
            {
                return;
            }
        }

        // The first child is the one that is being explored: the race is with it.
        WakeupNode node = branch.Tree!;
        WakeupNode? child = node.First!.Next;
        WakeupNode last = node.First;
        int first = 0;
        while (true)
        {
            while (child is not null && !CanBegin(child, length, out first))
            {
                last = child;
                child = child.Next;
            }

            if (child is null)
            {
                break;
            }

            if (child.First is null)
            {
                return;
            }

            if (first >= 0)
            {
                _sequence.AsSpan(first + 1, length - first - 1).CopyTo(_sequence.AsSpan(first));
                length--;
                if (length == 0)
                {
                    return;
                }

                PrepareSequence(length);
            }

            node = child;
            child = node.First;
            last = null!;
        }

        for (int i = 0; i < length; i++)
        {
            WakeupNode added = _nodes.Take(Steps[_sequence[i]].Cpu);
            added.TakeTouches(Steps, _sequence[i]);
            if (i == 0 && last is not null)
            {
                last.Next = added;
            }
            else
            {
                node.First = added;
            }

            node = added;
        }
    }

    /// <summary>
    /// True if the sequence is equivalent to one that begins with this step, or to a part of one (the step is a weak
    /// initial of it). It stands at <paramref name="first"/>, or nowhere in the sequence: -1.
    /// </summary>
    private bool CanBegin(WakeupNode node, int length, out int first)
    {
        first = (_sequenceCpus >> node.Cpu & 1) != 0 ? _firstInSequence[node.Cpu] : -1;
        if (((node.Mask & _sequenceWriteMask) | (node.WriteMask & _sequenceMask)) == 0
            && ((node.Flags | _sequenceFlags) & StepFlags.DependsOnAll) == 0)
        {
            return true;
        }

        int end = first < 0 ? length : first;
        for (int i = 0; i < end; i++)
        {
            if (node.DependsOn(Steps, _sequence[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Collects what is asked of a sequence again and again.</summary>
    private void PrepareSequence(int length)
    {
        _sequenceCpus = 0;
        _sequenceMask = 0;
        _sequenceWriteMask = 0;
        _sequenceFlags = StepFlags.None;
        for (int i = 0; i < length; i++)
        {
            ref StepTaken step = ref Steps[_sequence[i]];
            _sequenceMask |= step.Mask;
            _sequenceWriteMask |= step.WriteMask;
            _sequenceFlags |= step.Flags;
            if ((_sequenceCpus >> step.Cpu & 1) == 0)
            {
                _sequenceCpus |= 1u << step.Cpu;
                _firstInSequence[step.Cpu] = i;
            }
        }
    }
}
