using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// per_cpu_pageset, of 2.5.31 and later: the pages that each CPU frees are those it gets next. For the simulated clock only:
/// explored executions want pages to go from CPU to CPU. The zone's lock behind it is not modelled.
/// </summary>
internal sealed class PerCpuPages
{
    private readonly Smp _smp;
    private readonly Stack<Page>[] _lists;

    internal PerCpuPages(Smp smp)
    {
        _smp = smp;
        _lists = new Stack<Page>[smp.CpuLimit];
        for (int cpu = 0; cpu < _lists.Length; cpu++)
        {
            _lists[cpu] = new Stack<Page>();
        }
    }

    /// <summary>A page of the CPU's own, or of the next one that has any.</summary>
    internal Page Take()
    {
        int cpu = _smp.Current.Id;
        while (_lists[cpu].Count == 0)
        {
            cpu = (cpu + 1) % _lists.Length;
        }

        return _lists[cpu].Pop();
    }

    internal void Put(Page page) => _lists[_smp.Current.Id].Push(page);

    internal void Fill(ReadOnlySpan<Page> pages)
    {
        foreach (Stack<Page> list in _lists)
        {
            list.Clear();
        }

        for (int index = 0; index < pages.Length; index++)
        {
            _lists[(int)((long)index * _lists.Length / pages.Length)].Push(pages[index]);
        }
    }
}
