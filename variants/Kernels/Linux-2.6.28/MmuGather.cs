using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>struct mmu_gather of one CPU: what munmap has taken out of the page tables, to be freed after the flush.</summary>
internal sealed class MmuGather
{
    private Page[] _pages = new Page[Machine.Addresses];
    private PageTable[] _tables = new PageTable[Machine.Addresses];
    private int _pageCount;
    private int _tableCount;

    /// <summary>tlb_remove_page().</summary>
    internal void Add(Page page)
    {
        if (_pageCount == _pages.Length)
        {
            Array.Resize(ref _pages, 2 * _pageCount);
        }

        _pages[_pageCount++] = page;
    }

    /// <summary>pte_free_tlb().</summary>
    internal void Add(PageTable table)
    {
        if (_tableCount == _tables.Length)
        {
            Array.Resize(ref _tables, 2 * _tableCount);
        }

        _tables[_tableCount++] = table;
    }

    /// <summary>The table added last; null when none is left.</summary>
    internal PageTable? NextTable() => _tableCount == 0 ? null : _tables[--_tableCount];

    /// <summary>The page added last; null when none is left.</summary>
    internal Page? NextPage() => _pageCount == 0 ? null : _pages[--_pageCount];

    internal void Boot()
    {
        _pageCount = 0;
        _tableCount = 0;
    }
}
