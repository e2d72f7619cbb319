using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c</content>
public partial class Linux2_4_10
{
    /// <summary>
    /// alloc_page(GFP_HIGHUSER): may sleep. Memory that is low (pages_low) is taken first from what only the caches hold,
    /// and nobody's pages are unmapped as long as any is free (pages_min). Null if there is none.
    /// </summary>
    private protected async KTask<Page?> AllocPage(TaskStruct current)
    {
        await Smp.Sleep();
        if (M.Zone.IsEmpty)
        {
            await TryToFreePages(SwapClusterMax);
        }
        else if (M.Zone.IsLow)
        {
            await ShrinkCache(SwapClusterMax);
        }

        return M.AllocPage(current);
    }

    /// <summary>kmem_cache_alloc(vm_area_cachep, SLAB_KERNEL): may sleep.</summary>
    private async KTask<Vma?> AllocVma(TaskStruct current)
    {
        await Smp.Sleep();
        return M.AllocVma(current);
    }

    /// <summary>page_cache_release(): the last reference frees the page.</summary>
    private protected async KTask PageCacheRelease(Page page)
    {
        if (await page.Count.Add(-1) == 0)
        {
            M.Zone.Put(page);
        }
    }
}
