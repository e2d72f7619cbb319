using System.Runtime.CompilerServices;

namespace Variants.Harness.Exploration;

/// <summary>
/// A step that is to be taken after others, or that sleeps: its CPU and what it touches. As part of a wakeup tree it
/// has the steps that are to come after it, in the order in which they will be explored.
/// </summary>
internal sealed class WakeupNode
{
    internal int Cpu;
    internal int Count;
    internal int[] Touched = new int[4];
    internal ulong Mask;
    internal ulong WriteMask;
    internal StepFlags Flags;
    internal WakeupNode? First;
    internal WakeupNode? Next;

    internal void TakeTouches(Footprints steps, int step)
    {
        ref StepTaken taken = ref steps[step];
        Mask = taken.Mask;
        WriteMask = taken.WriteMask;
        Flags = taken.Flags;
        Count = taken.TouchCount;
        if (Touched.Length < Count)
        {
            Touched = new int[2 * Count];
        }

        ReadOnlySpan<Touch> touches = steps.TouchesOf(step);
        for (int i = 0; i < touches.Length; i++)
        {
            Touched[i] = touches[i].What;
        }
    }

    /// <summary>True if the steps, of different CPUs, cannot change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool DependsOn(Footprints steps, int step)
    {
        ref StepTaken taken = ref steps[step];
        return ((taken.Flags | Flags) & StepFlags.DependsOnAll) != 0
            || (((taken.Mask & WriteMask) | (taken.WriteMask & Mask)) != 0 && Meets(steps.TouchesOf(step)));
    }

    private bool Meets(ReadOnlySpan<Touch> touches)
    {
        foreach (ref readonly Touch touch in touches)
        {
            foreach (int other in Touched.AsSpan(0, Count))
            {
                // The same object, and one of the two changes it.
                if (touch.What >> 1 == other >> 1 && ((touch.What | other) & 1) != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}

/// <summary>Nodes that no tree is using, so that exploring allocates nothing once warm.</summary>
internal sealed class WakeupNodes
{
    private WakeupNode? _free;

    internal WakeupNode Take(int cpu)
    {
        WakeupNode node = _free ?? new WakeupNode();
        _free = node.Next;
        node.Next = null;
        node.First = null;
        node.Cpu = cpu;
        node.Count = 0;
        node.Mask = 0;
        node.WriteMask = 0;
        node.Flags = StepFlags.None;
        return node;
    }

    /// <summary>Gives back a node and all that hangs below it.</summary>
    internal void Give(WakeupNode node)
    {
        while (node.First is { } child)
        {
            node.First = child.Next;
            Give(child);
        }

        node.Next = _free;
        _free = node;
    }
}
