using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c, mm/swap.c and the slab</content>
public partial class Linux2_6_7
{
    /// <summary>alloc_page(GFP_HIGHUSER): may sleep, and reclaims first if memory is low. Null if there is none.</summary>
    private protected async KTask<Page?> AllocPage(TaskStruct current)
    {
        await Smp.Sleep();
        if (IsShort)
        {
            await TryToFreePages();
        }

        return M.AllocPage(current);
    }

    /// <summary>
    /// zone->pages_min: an allocation that finds no more than so many pages free reclaims first. The machine's low mark, so
    /// that short histories are short of memory. A kernel that unmaps pages to which somebody has a reference must reclaim
    /// when none is free, and not before: a fault that copies can take its own page away. It finds the pte changed, gives
    /// the copy back and begins anew, and then gets that copy without reclaim, as it is above pages_min; or goes on for ever.
    /// </summary>
    private protected virtual bool IsShort => M.Zone.IsLow;

    /// <summary>kmem_cache_alloc(vm_area_cachep, SLAB_KERNEL): may sleep.</summary>
    private async KTask<Vma?> AllocVma(TaskStruct current)
    {
        await Smp.Sleep();
        return M.AllocVma(current);
    }

    /// <summary>page_cache_release() and put_page(): the last reference frees the page.</summary>
    private protected async KTask PageCacheRelease(Page page)
    {
        if (await page.Count.Add(-1) == 0)
        {
            FreePage(page);
        }
    }

    /// <summary>free_pages_check() and the free list.</summary>
    private protected virtual void FreePage(Page page)
    {
        if (RawMapCountOf(page) != 0 || page.IsWriteback)
        {
            string what = page.IsWriteback ? "being written" : "mapped";
            Smp.Bug("page", $"Bad page state: {page.Name} is freed while it is {what}");
        }

        M.Zone.Put(page);
    }
}
