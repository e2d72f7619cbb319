using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// CPUs that spin. One that gave way waits, without saying so, for a change of what it looked at since it last gave
/// way; until then another round would see what the last one saw.
/// </summary>
internal sealed class Spins(Footprints steps)
{
    /// <summary>Of the CPUs that could go on, those that do not spin in vain.</summary>
    internal uint Without(Smp smp, uint enabled, bool evenIfChanged = false)
    {
        uint able = enabled;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (smp.Cpus[cpu].Pending == OperationKind.Yield && (evenIfChanged || SeesNoChange(cpu)))
            {
                able &= ~(1u << cpu);
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
