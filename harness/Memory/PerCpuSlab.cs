using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Memory;

/// <summary>
/// Objects of a slab cache where time is measured, under the simulated and the native clock; explored executions want objects to
/// go from CPU to CPU. What a CPU frees it gets next, the last first, while its cache still has it: the array_cache of mm/slab.c.
/// One that has freed none takes those that nobody has used yet, each CPU from another place on, and then whatever it finds.
/// </summary>
/// <remarks>
/// No lock is taken: whether an object is free is a word of its own, and what a CPU remembers to have freed only says where to look.
/// </remarks>
/// <typeparam name="T">The kind.</typeparam>
internal sealed class PerCpuSlab<T> : ObjectCache
    where T : TrackedObject
{
    private readonly Smp _smp;
    private readonly Each<T> _objects;
    private readonly PerCpu[] _cpus;

    /// <summary>So many objects, each made from its number, all that a machine has of a kind.</summary>
    internal PerCpuSlab(Smp smp, int objects, Func<int, T> make)
    {
        _smp = smp;
        _objects = new Each<T>(smp, objects, number => Join(make(number), number));
        _cpus = [.. Enumerable.Range(0, smp.CpuLimit).Select(cpu => new PerCpu((int)((long)cpu * objects / smp.CpuLimit)))];
    }

    /// <summary>Its objects, in use or not.</summary>
    internal Each<T> Objects => _objects;

    /// <summary>One that was free, and is allocated now; null if there is none.</summary>
    internal T? Take()
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        while (mine.Freed.Count > 0)
        {
            T freed = _objects[mine.Freed[^1]];
            mine.Freed.RemoveAt(mine.Freed.Count - 1);

            // Somebody who had none may have taken it.
            if (freed.TryAllocate())
            {
                return freed;
            }
        }

        for (int tried = 0; tried < _objects.Length; tried++)
        {
            T candidate = _objects[mine.Next];
            mine.Next = mine.Next + 1 == _objects.Length ? 0 : mine.Next + 1;
            if (candidate.TryAllocate())
            {
                return candidate;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    internal override void Put(int number, int cpu)
    {
        List<int> freed = _cpus[cpu].Freed;
        if (freed.Count == _objects.Length)
        {
            // Others take what this one frees: it has forgotten the first of them long ago.
            freed.RemoveRange(0, (freed.Count + 1) / 2);
        }

        freed.Add(number);
    }

    /// <summary>As when the machine is switched on: none is in use.</summary>
    internal void PowerOn()
    {
        TrackedObject.FreeAll(_objects);
        foreach (PerCpu cpu in _cpus)
        {
            cpu.Freed.Clear();
            cpu.Next = cpu.First;
        }
    }

    /// <summary>One that is made while the machine runs is not in use.</summary>
    private T Join(T made, int number)
    {
        if (_smp.Simulated is not null)
        {
            made.Free();
        }

        made.Join(this, number);
        return made;
    }

    /// <summary>What one CPU knows of the cache.</summary>
    private sealed class PerCpu(int first) : OwnLines
    {
        internal readonly int First = first;

        /// <summary>Where it looks when it has freed none that is free still.</summary>
        internal int Next = first;

        /// <summary>The numbers of those that it freed, the last one last.</summary>
        internal readonly List<int> Freed = [];
#pragma warning disable CS0169, IDE0051 // It is there to take up room.
        private readonly Padding _after;
#pragma warning restore CS0169, IDE0051
    }
}
