namespace Variants.Harness.Memory;

/// <summary>How a kernel counts the pages that an address space has.</summary>
public enum RssCounting
{
    /// <summary>An atomic count that all threads share (2.6.15, with the split ptl).</summary>
    Shared,

    /// <summary>SPLIT_RSS_COUNTING: 64 faults of a task at a time; munmap() at once (2.6.34, 34e55232e59f).</summary>
    OfTasks,

    /// <summary>percpu_counter (6.2, f1a7941243c1).</summary>
    PerCpu,
}

/// <summary>What a kernel's books of pages are like: see <see cref="PageAccounting"/>.</summary>
/// <param name="PagevecSize">Pages that a CPU collects before it puts them on the LRU list.</param>
/// <param name="ReleaseBatch">Pages that release_pages() takes off the list before it drops the lru_lock for a moment.</param>
/// <param name="Rss">How rss is counted.</param>
public sealed record AccountingDesign(int PagevecSize, int ReleaseBatch, RssCounting Rss);
