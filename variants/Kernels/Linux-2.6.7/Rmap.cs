using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/rmap.c</content>
public partial class Linux2_6_7
{
    private protected enum Unmapped
    {
        /// <summary>SWAP_SUCCESS: nobody maps the page any more.</summary>
        Success,

        /// <summary>SWAP_AGAIN: somebody had a lock.</summary>
        Again,

        /// <summary>SWAP_FAIL: the page is in use.</summary>
        Fail,
    }

    /// <summary>
    /// "rmap 11": try_to_unmap_one() leaves a page mapped that somebody else has a reference to, as 2.6.7 to 2.6.12 have
    /// it.
    /// </summary>
    private protected virtual bool BacksOutIfInUse => true;

    /// <summary>page_map_lock().</summary>
    private protected virtual async KTask LockMaps(Page page) => await PageMapLock(page).Lock();

    /// <summary>page_map_unlock().</summary>
    private protected virtual void UnlockMaps(Page page) => PageMapLock(page).UnlockNow();

    /// <summary>page_mapcount().</summary>
    private protected virtual int MapCountOf(Page page) => page.MapCount;

    /// <summary>As <see cref="MapCountOf"/>, where the kernel would not look: no access.</summary>
    private protected virtual int RawMapCountOf(Page page) => page.RawMapCount;

    /// <summary>page_dup_rmap(), and what the others come to: one mapping more.</summary>
    private protected virtual async KTask PageAddRmap(Page page)
    {
        await PageMapLock(page).Lock();
        page.MapCount++;
        PageMapLock(page).UnlockNow();
    }

    /// <summary>page_add_anon_rmap().</summary>
    private protected KTask PageAddAnonRmap(Page page, int address)
    {
        page.LinearIndex = address;
        return PageAddRmap(page);
    }

    /// <summary>As <see cref="PageAddAnonRmap"/>, of a page that a fault has just allocated, or of a file's.</summary>
    private protected virtual KTask PageAddNewRmap(Page page, int address) => PageAddAnonRmap(page, address);

    /// <summary>page_remove_rmap().</summary>
    private protected virtual async KTask PageRemoveRmap(Page page)
    {
        await PageMapLock(page).Lock();
        page.MapCount--;
        PageMapLock(page).UnlockNow();
    }

    /// <summary>page_referenced(): whether any pte of the page was used; they are old from here. One moment.</summary>
    private bool PageReferenced(Page page)
    {
        bool referenced = false;
        for (int index = 0; index < M.MmCount; index++)
        {
            MmStruct mm = M.Mm(index);
            (int address, int end) = mm.MayMap(page);
            for (; address < end && mm.IsAllocated; address++)
            {
                Pte pte = mm.Pte(address).Raw;
                if (pte.IsPresent && pte.PageIndex == page.Index && pte.IsYoung)
                {
                    Pte.SetByHardware(mm.Pte(address), seen: pte, pte.MakeOld());
                    referenced = true;
                }
            }
        }

        return referenced;
    }

    /// <summary>
    /// try_to_unmap(): the page is locked, and its PG_maplock held. anon_vma->lock or i_mmap_lock keeps the address
    /// spaces from going meanwhile.
    /// </summary>
    private async KTask<Unmapped> TryToUnmap(Page page)
    {
        bool isAnon = page.FileIndex < 0;
        if (isAnon)
        {
            await _anonVmaLock.Lock();
        }
        else if (!await M.File.SharedLock.TryLock())
        {
            return Unmapped.Again;
        }

        Unmapped result = Unmapped.Again;
        for (int index = 0; index < M.MmCount && result != Unmapped.Fail && MapCountOf(page) > 0; index++)
        {
            MmStruct mm = M.Mm(index);
            (int address, int end) = mm.MayMap(page);
            for (; address < end && mm.IsAllocated && result != Unmapped.Fail; address++)
            {
                if (Maps(mm.Pte(address).Value, page))
                {
                    result = await TryToUnmapOne(page, mm, mm.Pte(address));
                }
            }
        }

        if (isAnon)
        {
            _anonVmaLock.UnlockNow();
        }
        else
        {
            M.File.SharedLock.UnlockNow();
        }

        return MapCountOf(page) == 0 ? Unmapped.Success : result;
    }

    /// <summary>
    /// try_to_unmap_one(): only tries the page_table_lock, as its holders take PG_maplock. A reference that is neither
    /// a mapping, nor the cache's, nor reclaim's own keeps the page mapped: get_user_pages() may write to it.
    /// </summary>
    private protected virtual async KTask<Unmapped> TryToUnmapOne(Page page, MmStruct mm, Cell<Pte> ptep)
    {
        if (!await mm.PageTableLock.TryLock())
        {
            return Unmapped.Again;
        }

        Unmapped result = Unmapped.Again;
        Pte pte = ptep.Value;
        if (Maps(pte, page))
        {
            if (pte.IsYoung)
            {
                Pte.ClearYoung(ptep, seen: pte);
                result = Unmapped.Fail;
            }
            else if (BacksOutIfInUse && page.IsSwapCache && page.Count.Glance != page.MapCount + 2)
            {
                result = Unmapped.Fail;
            }
            else
            {
                await NukePte(page, mm, ptep);
            }
        }

        mm.PageTableLock.UnlockNow();
        return result;
    }

    /// <summary>The pte becomes the page's swap entry, or none if the page is a file's.</summary>
    private async KTask NukePte(Page page, MmStruct mm, Cell<Pte> ptep)
    {
        // ptep_clear_flush(): from here no CPU makes the pte dirty.
        Pte pte = Pte.GetAndClear(ptep);
        if (pte.IsDirty)
        {
            page.IsDirty = true;
        }

        if (page.IsSwapCache)
        {
            await SwapDuplicate(page.Entry);
            ptep.Value = Pte.Swapped(page.Entry);
        }

        mm.Rss--;
        page.MapCount--;

        // Never the last reference: reclaim has one.
        page.Count.AddNow(-1);
    }

    private protected static bool Maps(Pte pte, Page page) => pte.IsPresent && pte.PageIndex == page.Index;
}
