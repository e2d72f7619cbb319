using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V4b: V3 that takes the page out of the swap cache, and marks it dirty, before the walk, so that reclaim cannot
/// turn a mapping back into the entry; and the error exit of copy_mm repaired as in V4a. Reclaim still looks at the
/// dirty bit of the pte alone.
/// </summary>
public class KanojUncached : KanojRechecks
{
    /// <summary>The kernel of one machine.</summary>
    public KanojUncached(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleasesChildOnError => true;

    /// <inheritdoc/>
    protected override async KTask Unuse(SwapEntry entry, Page page)
    {
        if (page.IsSwapCache)
        {
            await DeleteFromSwapCache(page, markDirty: true);
        }

        await UnuseEverywhere(entry, page);
    }
}
