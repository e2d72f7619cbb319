using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// Who reads under RCU, of threads: each says in a word of its own since when it reads, and what was freed waits until
/// nobody is left who has read since before. Reading costs no atomic access, as in the kernel: whoever frees makes all cores
/// order their accesses instead (membarrier), once for a batch.
/// </summary>
/// <remarks>Epoch-based reclamation (Fraser, 2004), with the asymmetric barrier of userspace RCU (Desnoyers et al., 2012).</remarks>
internal sealed class NativeReaders
{
    /// <summary>How many objects a CPU collects before it begins to wait for the readers of that time.</summary>
    private const int Batch = 16;

    /// <summary>Outside of any section.</summary>
    private const long Quiet = 0;

    private readonly Smp _smp;
    private readonly PerCpu[] _cpus;
    private long _epoch = 1;

    internal NativeReaders(Smp smp)
    {
        _smp = smp;
        smp.Native!.Readers.Add(this);
        _cpus = new PerCpu[smp.CpuLimit];
        for (int cpu = 0; cpu < _cpus.Length; cpu++)
        {
            _cpus[cpu] = new PerCpu();
        }
    }

    /// <summary>How many objects wait.</summary>
    internal int Pending => _cpus.Sum(cpu => cpu.Collected.Count + cpu.Waiting.Count);

    internal void Enter()
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        if (mine.Nesting++ == 0)
        {
            Volatile.Write(ref mine.Since, Volatile.Read(ref _epoch));

            // For the compiler only: see Collect.
            Volatile.ReadBarrier();
        }
    }

    internal void Leave()
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        if (mine.Nesting == 0)
        {
            _smp.Fail(FailureKind.ReleaseNotHeld, "rcu", $"{_smp.Native!.ThisCpu.Name} leaves a section that it has not entered");
        }

        if (--mine.Nesting == 0)
        {
            Volatile.Write(ref mine.Since, Quiet);
        }
    }

    /// <summary>Frees it once all who read now have left; some time later, as the kernel does.</summary>
    internal void Free(TrackedObject garbage)
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        mine.Collected.Add(garbage);
        if (mine.Collected.Count >= Batch)
        {
            Collect(mine);
        }
    }

    /// <summary>Objects are short: what this CPU has collected is freed, if those who could have found it have left by now.</summary>
    internal void Hurry()
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        if (mine.Waiting.Count + mine.Collected.Count > 0)
        {
            Collect(mine);
        }
    }

    /// <summary>All threads are at rest: nobody reads, and what waits is freed.</summary>
    internal void Drain()
    {
        foreach (PerCpu cpu in _cpus)
        {
            FreeAll(cpu.Waiting);
            FreeAll(cpu.Collected);
        }
    }

    internal void Forget()
    {
        foreach (PerCpu cpu in _cpus)
        {
            cpu.Waiting.Clear();
            cpu.Collected.Clear();
            cpu.Nesting = 0;
            cpu.Since = Quiet;
        }
    }

    private void Collect(PerCpu mine)
    {
        if (mine.Waiting.Count > 0)
        {
            if (!HaveLeft(mine.WaitingFor))
            {
                // Some reader may have lost its core. It cannot be waited for, as it may wait for a lock that this thread holds.
                Thread.Yield();
                return;
            }

            FreeAll(mine.Waiting);
        }

        (mine.Waiting, mine.Collected) = (mine.Collected, mine.Waiting);
        mine.WaitingFor = Interlocked.Increment(ref _epoch);

        // A reader's note of when it began may still be on its way to memory, behind reads that it has made since. Once every
        // core has been through a barrier, either the note is seen or those reads find what was unlinked before.
        Interlocked.MemoryBarrierProcessWide();
    }

    private bool HaveLeft(long epoch)
    {
        foreach (PerCpu cpu in _cpus)
        {
            long since = Volatile.Read(ref cpu.Since);
            if (since != Quiet && since < epoch)
            {
                return false;
            }
        }

        return true;
    }

    private static void FreeAll(List<TrackedObject> garbage)
    {
        foreach (TrackedObject one in garbage)
        {
            one.Free();
        }

        garbage.Clear();
    }

    /// <summary>Its lists lie between it and the next CPU's.</summary>
    private sealed class PerCpu : OwnLines
    {
        internal long Since;
        internal int Nesting;
        internal long WaitingFor;
        internal List<TrackedObject> Waiting = new(2 * Batch);
        internal List<TrackedObject> Collected = new(2 * Batch);
    }
}
