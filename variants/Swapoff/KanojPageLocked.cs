using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V4a: V3 that holds the page locked during the whole walk, so that nobody maps or unmaps it meanwhile, and that
/// releases the child's mmap_sem before the error exit of copy_mm. A rung of the repair ladder, not a historical
/// kernel.
/// </summary>
public class KanojPageLocked : KanojRechecks
{
    /// <summary>The kernel of one machine.</summary>
    public KanojPageLocked(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleasesChildOnError => true;

    /// <inheritdoc/>
    protected override async KTask Unuse(SwapEntry entry, Page page)
    {
        await page.Lock.Lock();
        await UnuseEverywhere(entry, page);
        if (page.IsSwapCache)
        {
            DeleteFromSwapCacheLocked(page);
            FreePage(page);
        }

        await page.Lock.Unlock();
    }
}
