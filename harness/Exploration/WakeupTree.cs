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

    /// <summary>The same step, with <paramref name="first"/> after it and nothing beside it.</summary>
    internal WakeupNode Alone(WakeupNode? first) =>
        new() { Cpu = Cpu, Count = Count, Touched = Touched[..Count], Mask = Mask, WriteMask = WriteMask, Flags = Flags, First = first };

    /// <summary>What it touches, each as <see cref="Touch.What"/>, as it was written down.</summary>
    internal void TakeTouches(int[] touched)
    {
        Touched = touched;
        Count = touched.Length;
        Mask = 0;
        WriteMask = 0;
        foreach (int what in touched)
        {
            Mask |= 1ul << (what >> 1);
            WriteMask |= (what & 1) != 0 ? 1ul << (what >> 1) : 0;
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

    /// <summary>True if the two, of different CPUs, cannot change places.</summary>
    internal bool DependsOn(WakeupNode other)
    {
        if (((other.Flags | Flags) & StepFlags.DependsOnAll) != 0)
        {
            return true;
        }

        foreach (int one in other.Touched.AsSpan(0, other.Count))
        {
            foreach (int mine in Touched.AsSpan(0, Count))
            {
                if (one >> 1 == mine >> 1 && ((one | mine) & 1) != 0)
                {
                    return true;
                }
            }
        }

        return false;
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

/// <summary>
/// Wakeup trees of a shared search, between the turns of its parts: what <see cref="OptimalDpor"/> does to its own with
/// steps that it has just taken, done to steps that were written down.
/// </summary>
internal static class WakeupTree
{
    /// <summary>True if <paramref name="child"/> could begin a sequence of steps that were taken, or come before all of it.</summary>
    internal static bool CanBegin(WakeupNode child, Footprints steps, ReadOnlySpan<int> sequence)
    {
        foreach (int step in sequence)
        {
            if (steps[step].Cpu == child.Cpu)
            {
                return true;
            }

            if (child.DependsOn(steps, step))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What is left of a sequence behind <paramref name="child"/>, which can begin it. The sequence is overwritten.</summary>
    internal static Span<int> Behind(WakeupNode child, Footprints steps, Span<int> sequence)
    {
        for (int i = 0; i < sequence.Length; i++)
        {
            if (steps[sequence[i]].Cpu == child.Cpu)
            {
                sequence[(i + 1)..].CopyTo(sequence[i..]);
                return sequence[..^1];
            }
        }

        return sequence;
    }

    /// <summary>True if a leaf below <paramref name="node"/> leads to the sequence, which is overwritten.</summary>
    internal static bool LeadsTo(WakeupNode node, Footprints steps, Span<int> sequence)
    {
        bool isLeaf = node.Cpu >= 0 && node.First is null;
        while (!isLeaf && sequence.Length > 0)
        {
            WakeupNode? child = node.First;
            while (child is not null && !CanBegin(child, steps, sequence))
            {
                child = child.Next;
            }

            if (child is null)
            {
                return false;
            }

            sequence = Behind(child, steps, sequence);
            node = child;
            isLeaf = node.First is null;
        }

        return true;
    }

    /// <summary>
    /// What is left of a sequence behind <paramref name="child"/>, which could begin it or come before all of it; null if it
    /// could not.
    /// </summary>
    internal static List<WakeupNode>? Enters(WakeupNode child, List<WakeupNode> sequence)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            if (sequence[i].Cpu == child.Cpu)
            {
                return [.. sequence.Take(i), .. sequence.Skip(i + 1)];
            }

            if (child.DependsOn(sequence[i]))
            {
                return null;
            }
        }

        return sequence;
    }

    /// <summary>Has a sequence explored below <paramref name="node"/>, unless a leaf of the tree leads to it.</summary>
    internal static void Insert(WakeupNode node, List<WakeupNode> sequence)
    {
        bool isLeaf = node.Cpu >= 0 && node.First is null;
        while (!isLeaf && sequence.Count > 0)
        {
            WakeupNode? last = null;
            WakeupNode? child = node.First;
            List<WakeupNode>? left = null;
            for (; child is not null && (left = Enters(child, sequence)) is null; child = child.Next)
            {
                last = child;
            }

            if (child is null)
            {
                if (last is null)
                {
                    node.First = Chain(sequence);
                }
                else
                {
                    last.Next = Chain(sequence);
                }

                return;
            }

            node = child;
            sequence = left!;
            isLeaf = node.First is null;
        }
    }

    /// <summary>A sequence as a tree of one branch.</summary>
    internal static WakeupNode Chain(List<WakeupNode> sequence)
    {
        WakeupNode? first = null;
        for (int i = sequence.Count - 1; i >= 0; i--)
        {
            first = sequence[i].Alone(first);
        }

        return first!;
    }

    /// <summary>The sequences of a tree, in the order in which they would be explored.</summary>
    internal static IEnumerable<List<WakeupNode>> Sequences(WakeupNode tree)
    {
        for (WakeupNode? child = tree.First; child is not null; child = child.Next)
        {
            if (child.First is null)
            {
                yield return [child];
            }

            foreach (List<WakeupNode> sequence in Sequences(child))
            {
                sequence.Insert(0, child);
                yield return sequence;
            }
        }
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
