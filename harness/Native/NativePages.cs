using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Native;

/// <summary>
/// The free list where CPUs are threads: a list under zone->lock, and a few pages of each CPU's own before it, which it takes
/// and gives without a lock and exchanges with the list by the batch: per_cpu_pageset, of 2.5.31 and later. Batch and highest
/// count are those of 4.19 to 5.13.
/// </summary>
/// <remarks>A machine so small that such lists would keep what others need has none.</remarks>
internal sealed class NativePages
{
    private const int LargestBatch = 63;

    /// <summary>pcp->high: so many batches.</summary>
    private const int High = 6;

    /// <summary>Of a machine's pages, the CPUs' lists may together hold one in so many.</summary>
    private const int Share = 4;

    private readonly Smp _smp;
    private readonly Page[] _free;
    private readonly PerCpu[] _cpus;
    private readonly int _batch;
    private LockWord _zoneLock;
    private int _freeCount;

    internal NativePages(Smp smp, int maxPages)
    {
        _smp = smp;
        _free = new Page[maxPages];
        int batch = maxPages / (High * Share * smp.CpuLimit);
        _batch = batch < 2 ? 0 : Math.Min(batch, LargestBatch);
        _cpus = new PerCpu[smp.CpuLimit];
        for (int cpu = 0; cpu < _cpus.Length; cpu++)
        {
            _cpus[cpu] = new PerCpu(High * _batch);
        }
    }

    /// <summary>
    /// NR_FREE_PAGES, and to a CPU those of its own list: to ask for those of others would fetch their cache lines at each
    /// allocation. By now it may be another. To an audit, which is no CPU, those of all lists.
    /// </summary>
    internal int Count => Volatile.Read(ref _freeCount)
        + (NativeClock.RunsHere ? _cpus[_smp.ProcessorId].Count : _cpus.Sum(cpu => cpu.Count));

    /// <summary>A page; null if there is none but in lists of other CPUs.</summary>
    internal Page? Take()
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        if (mine.Count == 0)
        {
            Move(mine, Math.Max(_batch, 1));
            if (mine.Count == 0)
            {
                return null;
            }
        }

        return mine.Pages[--mine.Count];
    }

    internal void Put(Page page)
    {
        PerCpu mine = _cpus[_smp.ProcessorId];
        mine.Pages[mine.Count++] = page;
        if (mine.Count > High * _batch)
        {
            Move(mine, -Math.Max(_batch, 1));
        }
    }

    internal void Fill(ReadOnlySpan<Page> pages)
    {
        pages.CopyTo(_free);
        _freeCount = pages.Length;
        _zoneLock = default;
        foreach (PerCpu cpu in _cpus)
        {
            cpu.Count = 0;
        }
    }

    /// <summary>rmqueue_bulk(), or free_pcppages_bulk() if the number is negative.</summary>
    private void Move(PerCpu mine, int pages)
    {
        _zoneLock.Enter(_smp);

        // As they lie there, so that they come in the order of addresses: see 81eabcbe0b99 (2.6.24), which restored that.
        int taken = Math.Clamp(pages, 0, _freeCount);
        Array.Copy(_free, _freeCount - taken, mine.Pages, mine.Count, taken);
        _freeCount -= taken;
        mine.Count += taken;

        for (; pages < 0; pages++)
        {
            _free[_freeCount++] = mine.Pages[--mine.Count];
        }

        _zoneLock.Leave();
    }

    /// <summary>Its array lies between it and the next CPU's.</summary>
    private sealed class PerCpu(int most) : OwnLines
    {
        internal readonly Page[] Pages = new Page[most + 1];
        internal int Count;
    }
}
