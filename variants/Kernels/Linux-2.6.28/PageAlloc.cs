using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c, mm/swap.c and the slab</content>
public partial class Linux2_6_28
{
    /// <summary>alloc_page(GFP_HIGHUSER_MOVABLE): may sleep. Null if there is none.</summary>
    private async KTask<Page?> AllocPage(TaskStruct current)
    {
        await Smp.Sleep();
        return M.AllocPage(current);
    }

    /// <summary>kmem_cache_alloc(vm_area_cachep): may sleep.</summary>
    private async KTask<Vma?> AllocVma(TaskStruct current)
    {
        await Smp.Sleep();
        Vma? vma = M.AllocVma(current);
        if (vma is not null)
        {
            VmaInit(vma);
        }

        return vma;
    }

    private protected override Vma AllocVmaForSure()
    {
        Vma vma = base.AllocVmaForSure();
        VmaInit(vma);
        return vma;
    }

    /// <summary>kmem_cache_zalloc(): what this kernel adds to a vma.</summary>
    protected virtual void VmaInit(Vma vma)
    {
        Anon.Of(vma).Raw = null;
        Files.Of(vma).Raw = null;
    }

    /// <summary>put_page(), or one page of release_pages(): the last reference frees the page.</summary>
    private async KTask PutPage(Page page, bool inBatch = false)
    {
        if (await page.Count.Add(-1) == 0)
        {
            if (_mapCount[page.Index].Raw != 0)
            {
                Smp.Bug("page", $"Bad page state: {page.Name} is freed while it is mapped");
            }

            if (M.Accounting is { } books)
            {
                await books.Lru.Remove(page, inBatch);
            }

            Anon.Of(page).Value = null;
            M.Zone.Put(page);
        }
    }
}
