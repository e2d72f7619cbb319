using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// per_cpu_pageset, of 2.5.31 and later: the pages that each CPU frees are those it gets next. For the simulated clock only:
/// explored executions want pages to go from CPU to CPU. The zone's lock behind it is not modelled. A struct page that was
/// last used long ago is fetched from memory: <see cref="CostModel.CachePages"/>. Who frees many runs through neighbours,
/// lines of one page, which the processor fetches ahead: they cost what memory delivers in a stream.
/// </summary>
internal sealed class PerCpuPages
{
    private const int Nobody = -1;

    private readonly Smp _smp;
    private readonly Each<Page> _pages;

    /// <summary>The numbers of the pages that each CPU has.</summary>
    private readonly Stack<int>[] _lists;

    /// <summary>How many pages each CPU has given out or freed.</summary>
    private readonly long[] _used;

    /// <summary>Who gave out or freed each page last, and at which of his uses.</summary>
    private readonly (long At, int By)[] _lastUse;

    /// <summary>The page that each CPU freed last, if it has got none since.</summary>
    private readonly int[] _freed;

    internal PerCpuPages(Smp smp, Each<Page> pages)
    {
        _smp = smp;
        _pages = pages;
        Homes = new PageHomes(smp, pages.Length);
        _used = new long[smp.CpuLimit];
        _lastUse = new (long, int)[pages.Length];
        _freed = new int[smp.CpuLimit];
        _lists = new Stack<int>[smp.CpuLimit];
        for (int cpu = 0; cpu < _lists.Length; cpu++)
        {
            _lists[cpu] = new Stack<int>();
        }
    }

    /// <summary>Which node has which page.</summary>
    internal PageHomes Homes { get; }

    /// <summary>A page of the CPU's own, or of the next one that has any.</summary>
    internal Page Take()
    {
        int me = _smp.Current.Id;
        int cpu = me;
        while (_lists[cpu].Count == 0)
        {
            cpu = (cpu + 1) % _lists.Length;
        }

        Page page = _pages[_lists[cpu].Pop()];
        Homes.Settle(page, me);
        Use(page, _smp.Simulated!.Costs.MemoryNs);
        _freed[me] = Nobody;
        return page;
    }

    internal void Put(Page page)
    {
        int me = _smp.Current.Id;
        CostModel costs = _smp.Simulated!.Costs;
        bool isNeighbour = _freed[me] != Nobody && Math.Abs(_freed[me] - page.Index) < CostModel.LinesOfPage;
        Use(page, isNeighbour ? costs.StreamedLineNs : costs.MemoryNs);
        _freed[me] = page.Index;
        _lists[me].Push(page.Index);
    }

    /// <summary>The first so many pages are free: each CPU has its part of them, and gets the one with the lowest number first.</summary>
    internal void Fill(int pages)
    {
        Array.Clear(_used);
        Array.Fill(_lastUse, (0, Nobody));
        Array.Fill(_freed, Nobody);
        Homes.PowerOn();
        foreach (Stack<int> list in _lists)
        {
            list.Clear();
        }

        for (int place = 0; place < pages; place++)
        {
            _lists[(int)((long)place * _lists.Length / pages)].Push(pages - 1 - place);
        }
    }

    /// <summary>A page that another CPU used last is fetched with its count; one of this CPU's from memory at this cost, if it must be.</summary>
    private void Use(Page page, int fromMemoryNs)
    {
        SimulatedClock clock = _smp.Simulated!;
        int me = _smp.Current.Id;
        long now = ++_used[me];
        ref (long At, int By) last = ref _lastUse[page.Index];
        bool isMine = last.By == me || last.By == Nobody;
        if (isMine && now - last.At > clock.Costs.CachePages)
        {
            clock.Charge(fromMemoryNs);
        }

        last = (now, me);
    }
}
