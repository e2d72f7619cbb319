using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// A count that each CPU keeps for itself, and adds to the shared one when its own has come to a batch: percpu_counter, the
/// counts of a zone, the rss of a task. With a batch of one it is an atomic_t. For the simulated clock only.
/// </summary>
internal sealed class PerCpuCounter
{
    private readonly SimulatedClock _clock;
    private readonly int _batch;
    private readonly int[] _own;
    private CacheLine _line;

    /// <summary>What each of so many CPUs adds only <paramref name="batch"/> at a time.</summary>
    internal PerCpuCounter(SimulatedClock clock, int cpus, int batch)
    {
        _clock = clock;
        _batch = batch;
        _own = new int[cpus];
    }

    /// <summary>The shared count: what CPUs keep for themselves is not in it.</summary>
    internal long Shared { get; private set; }

    /// <summary>All of it, as percpu_counter_sum() has it.</summary>
    internal long Sum => Shared + _own.Sum();

    /// <summary>The CPU adds to its own count, a word in its cache, and to the shared one if that has come to a batch.</summary>
    internal void Add(int cpu, int amount)
    {
        _own[cpu] += amount;
        _clock.Charge(_clock.Costs.LocalNs);
        if (Math.Abs(_own[cpu]) >= _batch)
        {
            Fold(cpu);
        }
    }

    /// <summary>What the CPU has kept for itself goes into the shared count, and so does this.</summary>
    internal void AddShared(int cpu, int amount)
    {
        _own[cpu] += amount;
        Fold(cpu);
    }

    internal void PowerOn()
    {
        Array.Clear(_own);
        _line = default;
        Shared = 0;
    }

    private void Fold(int cpu)
    {
        _clock.TouchAtomic(ref _line);
        Shared += _own[cpu];
        _own[cpu] = 0;
    }
}
