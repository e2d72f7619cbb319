using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c, mm/swap.c and the slab</content>
public partial class Linux5_1
{
    /// <summary>
    /// alloc_page(GFP_HIGHUSER_MOVABLE): may sleep, and reclaims first if there is no page. Null if there still is none. The
    /// low watermark would wake kswapd, which is an operation of the history here.
    /// </summary>
    private async KTask<Page?> AllocPage(TaskStruct current)
    {
        await Smp.Sleep();
        if (M.Zone.IsEmpty)
        {
            await TryToFreePages();
        }

        return M.AllocPage(current);
    }

    /// <summary>vm_area_alloc(): may sleep.</summary>
    private async KTask<Vma?> AllocVma(TaskStruct current)
    {
        await Smp.Sleep();
        return M.AllocVma(current);
    }

    /// <summary>put_page(): the last reference frees the page.</summary>
    private async KTask PutPage(Page page)
    {
        if (await page.Count.Add(-1) == 0)
        {
            FreePage(page);
        }
    }

    /// <summary>free_pages_check() and the free list.</summary>
    private void FreePage(Page page)
    {
        if (_mapCount[page.Index].Raw != 0 || page.IsWriteback)
        {
            string what = page.IsWriteback ? "being written" : "mapped";
            Smp.Bug("page", $"Bad page state: {page.Name} is freed while it is {what}");
        }

        _pageAnon[page.Index].Value = false;
        M.Zone.Put(page);
    }
}
