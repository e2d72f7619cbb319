using System.Runtime.Intrinsics;
using Variants.Harness.Engine;
using Variants.Harness.Native;
using Variants.Harness.Primitives;

namespace Variants.Harness.Memory;

/// <summary>
/// The free list and its watermarks. The page freed last is given out first, so that pages recur. Its own lock is
/// not modelled: an allocation or a free is one moment, but where CPUs are threads: see <see cref="NativePages"/>.
/// </summary>
public sealed class Zone
{
    private readonly Machine _machine;
    private readonly Page[] _free;
    private readonly int _listWord;
    private readonly PerCpuPages? _perCpu;
    private readonly NativePages? _native;
    private int _freeCount;
    private int _low;
    private Vector256<int> _order;

    internal Zone(Machine machine, int maxPages)
    {
        _machine = machine;
        _free = machine.Smp.Simulated is null ? new Page[maxPages] : [];
        _listWord = machine.Smp.NumberOfWord();
        _perCpu = machine.Smp.Simulated is null ? null : new PerCpuPages(machine.Smp, machine.Pages);
        _native = machine.Smp.IsNative ? new NativePages(machine.Smp, maxPages) : null;
    }

    /// <summary>Where those sleep who wait for a free page; null if the kernel has nobody wait for one.</summary>
    public MemoryQueue? Queue { get; private set; }

    /// <summary>For a kernel's constructor: one may wait for a free page.</summary>
    public MemoryQueue UseQueue() => Queue = new MemoryQueue(_machine.Smp);

    /// <summary>
    /// The execution since the machine was switched on would have been the same, step for step, with fewer pages and a higher
    /// <see cref="Low"/>, as long as both differences together are less than this. 0 once somebody has asked for a number.
    /// </summary>
    /// <remarks>
    /// Pages are given out from the lowest on, the last freed one first, so that those at the bottom of the list are never
    /// seen while pages are left above them. What is left to be seen is how many there are: each question that was answered
    /// with no, and each page that was taken, says by how much fewer would have been answered in the same way; what was
    /// answered with yes, fewer answer with yes as well.
    /// </remarks>
    public int Spare { get; private set; }

    /// <summary>nr_free_pages.</summary>
    public int Free
    {
        get
        {
            TellSize();
            return RawFree;
        }
    }

    /// <summary><see cref="Free"/>, as audits see it.</summary>
    public int RawFree
    {
        get
        {
            _machine.Smp.Looked(_listWord);
            return _native?.Count ?? _freeCount;
        }
    }

    /// <summary>freepages.low: an allocation that finds no more than so many pages free tries to free some first.</summary>
    public int Low
    {
        get
        {
            TellSize();
            return _low;
        }
    }

    /// <summary>True if <see cref="Free"/> is at or below <see cref="Low"/>.</summary>
    public bool IsLow => HasAtMost(_low);

    /// <summary>True if there is no free page.</summary>
    public bool IsEmpty => HasAtMost(0);

    /// <summary>Takes a page off the free list, null if there is none. Its count is one, its content is garbage.</summary>
    public Page? Take()
    {
        if (_native is not null)
        {
            Page? found = _native.Take();
            found?.GiveOut();
            return found;
        }

        if (IsEmpty)
        {
            return null;
        }

        --_freeCount;
        Page page = _perCpu is null ? _free[_freeCount] : _perCpu.Take();
        _machine.Smp.Changed(_listWord);
        _machine.Smp.AcquireFrom(_order);
        page.GiveOut();
        return page;
    }

    /// <summary>
    /// __free_pages_ok(): puts a page whose count has reached zero back. Freeing one that is locked or in the swap
    /// cache is a bug that the kernel looks for here.
    /// </summary>
    public void Put(Page page)
    {
        Smp smp = _machine.Smp;
        if (!page.IsAllocated)
        {
            page.Free();
            return;
        }

        if (!page.RawEntry.IsNone)
        {
            smp.Bug("page", $"kernel BUG in __free_pages_ok: {page.Name} is freed while it is in the swap cache as {page.RawEntry}");
            return;
        }

        if (page.Lock.IsLocked)
        {
            smp.Bug("page", $"kernel BUG in __free_pages_ok: {page.Name} is freed while it is locked");
            return;
        }

        page.Free();
        if (_native is not null)
        {
            _native.Put(page);
        }
        else
        {
            PutOnList(page);
            smp.Changed(_listWord);
            smp.ReleaseJoining(ref _order);
        }

        Queue?.Progress();
    }

    /// <summary>Which node has which page; null but under the simulated clock.</summary>
    internal PageHomes? Homes => _perCpu?.Homes;

    /// <summary>Somebody asks how big the machine is, and may do anything with the answer.</summary>
    internal void TellSize()
    {
        if (_native is null)
        {
            Spare = 0;
        }
    }

    private bool HasAtMost(int pages)
    {
        int above = RawFree - pages;
        if (above > 0 && above < Spare && _native is null)
        {
            Spare = above;
        }

        return above <= 0;
    }

    internal void ForgetTimes() => _order = Vector256<int>.Zero;

    internal void PowerOn(int pages, int low)
    {
        _low = low;
        Spare = int.MaxValue;
        _freeCount = pages;
        if (_perCpu is not null)
        {
            _perCpu.Fill(pages);
            return;
        }

        for (int place = 0; place < pages; place++)
        {
            _free[place] = _machine.Pages[pages - 1 - place];
        }

        _native?.Fill(_free.AsSpan(0, pages));
    }

    private void PutOnList(Page page)
    {
        if (_perCpu is not null)
        {
            _perCpu.Put(page);
        }
        else
        {
            _free[_freeCount] = page;
        }

        _freeCount++;
    }
}
