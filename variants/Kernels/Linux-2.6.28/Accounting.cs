using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>
/// mm/swap.c, and what mm/memory.c counts: where it takes time, which is under the simulated clock. No call here waits, or is
/// a point at which another CPU may run, under any other.
/// </content>
public partial class Linux2_6_28
{
    /// <summary>lru_cache_add_lru(), which page_add_new_anon_rmap() calls with the ptl; its callers since 3.17.</summary>
    private KTask LruCacheAdd(Page page) => M.Accounting is { } books ? books.Lru.Add(page) : KTask.Completed;

    /// <summary>lru_add_drain(): pages that the caller is about to free are on the list from here.</summary>
    private KTask LruAddDrain() => M.Accounting is { } books ? books.Lru.Drain() : KTask.Completed;

    /// <summary>release_pages() has come to the last of its pages.</summary>
    private KTask EndRelease() => M.Accounting is { } books ? books.Lru.EndRelease() : KTask.Completed;

    /// <summary>inc_mm_counter(), of a fault.</summary>
    private void IncMmCounter(FaultContext fault) => M.Accounting?.IncRss(fault.Mm);

    /// <summary>add_mm_rss().</summary>
    private void AddMmRss(MmStruct mm, int pages) => M.Accounting?.AddRss(mm, pages);
}
