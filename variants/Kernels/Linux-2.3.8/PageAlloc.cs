using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c</content>
public partial class Linux2_3_8
{
    /// <summary>
    /// __get_free_page(GFP_USER): may sleep, and reclaims first if memory is low. Null if there is none.
    /// </summary>
    protected virtual async KTask<Page?> GetFreePage(TaskStruct current)
    {
        await Smp.Sleep();
        if (M.Zone.IsLow)
        {
            await TryToFreePages();
        }

        return M.AllocPage(current);
    }

    /// <summary>kmem_cache_alloc(vm_area_cachep, SLAB_KERNEL): may sleep.</summary>
    protected async KTask<Vma?> AllocVma(TaskStruct current)
    {
        await Smp.Sleep();
        return M.AllocVma(current);
    }

    /// <summary>__free_page() under the big kernel lock: the last reference frees the page.</summary>
    protected void FreePage(Page page)
    {
        if (page.Count.AddUnderLock(-1) == 0)
        {
            M.Zone.Put(page);
        }
    }

    /// <summary>__free_page() outside the big kernel lock.</summary>
    protected async KTask FreePageUnlocked(Page page)
    {
        if (await page.Count.Add(-1) == 0)
        {
            M.Zone.Put(page);
        }
    }

    /// <summary>Starts reading the slots around the one that is needed, as far as they are in use.</summary>
    protected async KTask SwapinReadahead(TaskStruct current, SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        int window = M.Size.Readahead;
        int offset = entry.Offset & ~(window - 1);
        for (int i = 0; i < window; i++, offset++)
        {
            if (offset >= area.Slots || area.Map[offset] == 0)
            {
                break;
            }

            Page? page = await ReadSwapCacheAsync(current, area.EntryOf(offset), wait: false);
            if (page is not null)
            {
                FreePage(page);
            }
        }
    }

    /// <summary>
    /// Brings a page back from swap. "The tests may look silly, but it essentially makes sure that no other process
    /// did a swap-in on us just as we were waiting." Called with mmap_sem (but for ptrace) and the big kernel lock.
    /// </summary>
    protected virtual async KTask SwapIn(TaskStruct tsk, Vma vma, Cell<Pte> ptep, SwapEntry entry, bool write)
    {
        Page? page = await LookupSwapCache(entry);
        if (page is null)
        {
            await SwapinReadahead(tsk, entry);
            page = await ReadSwapCacheAsync(tsk, entry, wait: true);
        }

        if (RechecksPte && ptep.Value != Pte.Swapped(entry))
        {
            if (page is not null)
            {
                await FreePageAndSwapCache(page);
            }

            return;
        }

        if (page is null)
        {
            ptep.Value = Pte.Bad;
            SwapFree(entry);
            Oom(tsk);
            return;
        }

        vma.Mm.Rss++;
        SwapFree(entry);
        if (!write || IsPageShared(page))
        {
            // The protection of a private mapping: read-only, so that a later write copies or takes the page over.
            ptep.Value = Pte.Map(page);
            return;
        }

        await DeleteFromSwapCache(page);
        ptep.Value = Pte.Map(page, write: true, dirty: true);
    }

    /// <summary>What the seed's patch removes: "if (pte_val(*page_table) != entry)".</summary>
    protected virtual bool RechecksPte => true;

    /// <summary>oom(): the task dies when it next returns to user mode.</summary>
    private static void Oom(TaskStruct tsk) => tsk.IsKilled = true;
}
