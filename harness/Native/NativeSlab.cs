using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// Objects of a slab cache where CPUs are threads. Each CPU has a part of them for its own, of which it takes one of the first that
/// are free, so that it finds in its cache what it freed lately: the array_cache of mm/slab.c. Where many wait for readers under RCU
/// it goes on from the last that it took. Only a CPU whose part is used up looks at the others'. No lock is taken.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
internal sealed class NativeSlab<T>
    where T : TrackedObject
{
    /// <summary>How many of the first are looked at, in the hope that one has been freed lately.</summary>
    private const int Nearest = 8;

    private readonly Smp _smp;
    private readonly T[] _objects;
    private readonly Part[] _parts;

    /// <summary>Of all objects of a kind that a machine has.</summary>
    internal NativeSlab(Smp smp, T[] objects)
    {
        _smp = smp;
        _objects = objects;
        _parts = [.. Enumerable.Range(0, smp.CpuLimit).Select(cpu => new Part(FirstOf(cpu), FirstOf(cpu + 1)))];
    }

    /// <summary>One that was free, and is allocated now; null if there is none.</summary>
    internal T? Take()
    {
        Part mine = _parts[_smp.ProcessorId];
        return FirstFree(mine.First, mine.Near - mine.First)
            ?? NextFree(mine)
            ?? FirstFree(mine.End, _objects.Length - (mine.End - mine.First));
    }

    /// <summary>The first that is free of so many, counted from one of them and round the end.</summary>
    private T? FirstFree(int from, int count)
    {
        for (int tried = 0; tried < count; tried++)
        {
            T candidate = _objects[(from + tried) % _objects.Length];
            if (candidate.TryAllocate())
            {
                return candidate;
            }
        }

        return null;
    }

    private T? NextFree(Part mine)
    {
        for (int tried = mine.Near; tried < mine.End; tried++)
        {
            mine.Next = mine.Next < mine.End ? mine.Next : mine.Near;
            T candidate = _objects[mine.Next++];
            if (candidate.TryAllocate())
            {
                return candidate;
            }
        }

        return null;
    }

    private int FirstOf(int cpu) => (int)((long)cpu * _objects.Length / _smp.CpuLimit);

    /// <summary>What one CPU looks through first.</summary>
    private sealed class Part(int first, int end) : OwnLines
    {
        internal readonly int First = first;
        internal readonly int Near = Math.Min(first + Nearest, end);
        internal readonly int End = end;

        /// <summary>Behind the last that it took beyond the nearest; at the end, it begins with the first of them.</summary>
        internal int Next = end;
#pragma warning disable CS0169, IDE0051 // It is there to take up room.
        private readonly Padding _after;
#pragma warning restore CS0169, IDE0051
    }
}
