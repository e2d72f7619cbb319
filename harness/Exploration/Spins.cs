using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// CPUs that spin. One that gave way waits, without saying so, for a change of what it looked at since it last gave
/// way; until then another round would see what the last one saw.
/// </summary>
/// <remarks>
/// That holds only if the round came back to where it began: not for a cond_resched() in the middle of a loop that gets
/// on, nor for one that counts its tries. So whoever calls schedule() goes on at any time, as after any other step, until
/// two rounds in a row end with the same locals in every function of the CPU, having changed the same words to the same
/// values. cpu_relax() says that it waits for a change, and is believed unless its round changed something.
/// </remarks>
internal sealed class Spins(Footprints steps, int mostRounds)
{
    private readonly ulong[] _endOfRound = new ulong[Smp.MaxCpusUnchecked];
    private readonly int[] _rounds = new int[Smp.MaxCpusUnchecked];
    private (ulong End, bool Changed)[] _endAt = new (ulong, bool)[128];
    private uint _inCircles;
    private uint _tired;
    private int _gaveWay = -1;

    /// <summary>True if in this execution somebody who could have gone round again had to let others go first.</summary>
    internal bool HasHeldUp { get; private set; }

    /// <summary>True if a CPU has given way in the step before, and it has not been looked at what its round came to.</summary>
    internal bool IsToldSomething => _gaveWay >= 0;

    /// <summary>An execution begins.</summary>
    internal void Forget()
    {
        Array.Clear(_endOfRound);
        Array.Clear(_rounds);
        _inCircles = 0;
        _tired = 0;
        HasHeldUp = false;
        _gaveWay = -1;
    }

    /// <summary>The CPU gives way in the step that runs; what it has come to will be seen once it is suspended.</summary>
    internal void GaveWay(int cpu) => _gaveWay = cpu;

    /// <summary>
    /// The CPU sleeps, and goes on as after any other step: no round ends here, but a loop may try again by sleeping.
    /// </summary>
    internal void Slept(int cpu) => Tire(cpu);

    /// <summary>True if another round of the CPU that gave way would end as the last one did.</summary>
    internal bool GoesInCircles(int cpu) => (_inCircles >> cpu & 1) != 0;

    /// <summary>
    /// A CPU gave way in <paramref name="step"/>, the last one: looks at what its round came to. What it came to is known if
    /// the step <paramref name="isKnown"/>: if it leads back to where the search goes on, as it did in the execution before.
    /// </summary>
    internal void Note(Smp smp, int step, bool isKnown)
    {
        Cpu cpu = smp.Cpus[_gaveWay];
        _gaveWay = -1;
        if (!isKnown)
        {
            if (step >= _endAt.Length)
            {
                Array.Resize(ref _endAt, 2 * step);
            }

            _endAt[step] = EndOfRound(smp, cpu, step);
        }

        (ulong end, bool changed) = _endAt[step];
        bool again = end != 0 && end == _endOfRound[cpu.Id];
        _endOfRound[cpu.Id] = end;
        if (!cpu.WaitsForChange)
        {
            Tire(cpu.Id);
        }

        _inCircles = again || (cpu.WaitsForChange && !changed) ? _inCircles | cpu.Bit : _inCircles & ~cpu.Bit;
    }

    private void Tire(int cpu)
    {
        if (++_rounds[cpu] > mostRounds)
        {
            _tired |= 1u << cpu;
        }
    }

    /// <summary>The locals of the CPU's functions and the words that its round changed, in one number; 0 if those cannot be told.</summary>
    private (ulong End, bool Changed) EndOfRound(Smp smp, Cpu cpu, int step)
    {
        ulong end = 0;
        for (Frame? frame = cpu.Leaf; frame is not null; frame = frame.Parent)
        {
            end = BitOperations.RotateLeft(end, 7) ^ frame.Fingerprint();
        }

        bool changed = false;
        while (step >= 0)
        {
            foreach (ref readonly Touch touch in steps.TouchesOf(step))
            {
                if (!touch.IsWrite)
                {
                    continue;
                }

                changed = true;
                int number = touch.What >> 2;
                Cell? cell = touch.IsCell ? smp.CellAt(number) : null;
                if (touch.IsCell && cell is null)
                {
                    return (0, changed);
                }

                int value = cell?.Fingerprint ?? smp.Objects[number].Fingerprint;
                end ^= (((ulong)(uint)value << 32) | (uint)touch.What) * 0xBF58476D1CE4E5B9;
            }

            if (steps[step].Kind == OperationKind.Yield)
            {
                break;
            }

            step = steps[step].Previous;
        }

        return (end | 1, changed);
    }

    /// <summary>Of the CPUs that could go on, those that do not spin in vain.</summary>
    internal uint Without(Smp smp, uint enabled, bool evenIfChanged = false)
    {
        uint able = enabled;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (smp.Cpus[cpu].Pending != OperationKind.Yield)
            {
                continue;
            }

            if (evenIfChanged || (GoesInCircles(cpu) && SeesNoChange(cpu)))
            {
                able &= ~(1u << cpu);
            }
            else if ((_tired >> cpu & 1) != 0)
            {
                able &= ~(1u << cpu);
                HasHeldUp = true;
            }
        }

        return able;
    }

    private bool SeesNoChange(int cpu)
    {
        bool touched = false;
        int step = steps.LastStepOf(cpu);
        while (step >= 0)
        {
            ref StepTaken taken = ref steps[step];
            for (int t = taken.FirstTouch; t < taken.FirstTouch + taken.TouchCount; t++)
            {
                if (!steps.TouchAt(t).IsLook)
                {
                    continue;
                }

                touched = true;
                if (ChangedSince(t, cpu))
                {
                    return false;
                }
            }

            if (taken.Kind == OperationKind.Yield)
            {
                break;
            }

            step = taken.Previous;
        }

        return touched;
    }

    private bool ChangedSince(int touch, int cpu)
    {
        for (int at = steps.LastTouchAt(steps.TouchAt(touch).What >> 1); at > touch; at = steps.TouchAt(at).Previous)
        {
            if (steps.TouchAt(at).IsWrite && steps[steps.TouchAt(at).Step].Cpu != cpu)
            {
                return true;
            }
        }

        return false;
    }

    internal uint Longest(uint enabled)
    {
        int longest = -1;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (longest < 0 || steps.LastStepOf(cpu) < steps.LastStepOf(longest))
            {
                longest = cpu;
            }
        }

        return 1u << longest;
    }

    /// <summary>Whoever goes round once more does so because of what it looked at in the last round.</summary>
    internal void GoRoundAgain(int step, bool unchanged)
    {
        if (unchanged)
        {
            steps[step].Flags |= StepFlags.DependsOnAll | StepFlags.WentOnUnchanged;
        }

        int earlier = steps[step].Previous;
        while (earlier >= 0)
        {
            int first = steps[earlier].FirstTouch;
            int count = steps[earlier].TouchCount;
            for (int t = first; t < first + count; t++)
            {
                if (steps.TouchAt(t).IsLook)
                {
                    steps.TouchWithoutLooking(steps.TouchAt(t).What >> 1);
                }
            }

            if (steps[earlier].Kind == OperationKind.Yield)
            {
                break;
            }

            earlier = steps[earlier].Previous;
        }
    }
}
