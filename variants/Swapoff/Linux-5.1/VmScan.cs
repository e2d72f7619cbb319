using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <content>mm/vmscan.c</content>
public partial class Linux5_1
{
    private const int SwapClusterMax = 4;

    /// <summary>Makes pages old, unmaps and writes them, frees them; and once more for those that were busy.</summary>
    private const int DefPriority = 3;

    /// <summary>
    /// do_try_to_free_pages(): up to <paramref name="goal"/> pages. Waits for writes it started, but not with a lock that
    /// spins.
    /// </summary>
    private async KTask TryToFreePages(int goal = 1)
    {
        int reclaimed = 0;
        for (int priority = DefPriority; priority >= 0; priority--)
        {
            reclaimed += await ShrinkInactiveList(goal - reclaimed);
            if (reclaimed >= goal)
            {
                return;
            }

            // congestion_wait(): take a nap, wait for some writeback to complete.
            while (M.Disk.InFlight > 0)
            {
                await _writeback.Sleep();
            }
        }
    }

    /// <summary>balance_pgdat(): kswapd, woken to free so many pages.</summary>
    private async KTask<int> Kswapd(int pages)
    {
        await TryToFreePages(pages);
        return 0;
    }

    /// <summary>
    /// shrink_inactive_list(): isolates some pages at a time, with a reference, and puts back those that could not be freed.
    /// </summary>
    private async KTask<int> ShrinkInactiveList(int goal)
    {
        int reclaimed = 0;
        int next = 0;
        while (next < M.Size.Pages && reclaimed < goal)
        {
            uint taken = 0;
            await _lruLock.Lock();
            for (int left = Math.Min(goal - reclaimed, SwapClusterMax); left > 0 && next < M.Size.Pages; next++)
            {
                Page page = M.Pages[next];
                if (IsOnLru(page) && (_globals.Isolated.Value & (1u << next)) == 0)
                {
                    // Under lru_lock, like all others that do this without an await of its own.
                    page.Count.Value++;
                    taken |= 1u << next;
                    left--;
                }
            }

            _globals.Isolated.Value |= taken;
            _lruLock.UnlockNow();
            if (taken != 0)
            {
                reclaimed += await ShrinkPageList(taken);
            }
        }

        return reclaimed;
    }

    /// <summary>PageLRU(), but for those that reclaim has isolated: pages that are mapped or cached.</summary>
    private bool IsOnLru(Page page) =>
        page.IsAllocated && page.Count.Raw > 0
        && (_mapCount[page.Index].Raw > 0 || !page.RawEntry.IsNone || page.FileIndex >= 0);

    /// <summary>shrink_page_list(), and what shrink_inactive_list() does with the pages that remain.</summary>
    private async KTask<int> ShrinkPageList(uint pages)
    {
        int reclaimed = 0;
        uint kept = 0;
        for (int index = 0; index < M.Size.Pages; index++)
        {
            if ((pages >> index & 1) == 0)
            {
                continue;
            }

            if (await ShrinkPage(M.Pages[index]))
            {
                reclaimed++;
            }
            else
            {
                kept |= 1u << index;
            }
        }

        await _lruLock.Lock();
        _globals.Isolated.Value &= ~pages;
        _lruLock.UnlockNow();
        for (int index = 0; index < M.Size.Pages; index++)
        {
            if ((kept >> index & 1) != 0)
            {
                await PutPage(M.Pages[index]);
            }
        }

        return reclaimed;
    }

    /// <summary>
    /// shrink_page_list() for one page. True if it was freed. Never waits for a page: one that is busy is kept.
    /// </summary>
    private async KTask<bool> ShrinkPage(Page page)
    {
        if (!await page.Lock.TryLock())
        {
            goto keep;
        }

        if (page.IsWriteback)
        {
            goto keep_locked;
        }

        if (PageReferenced(page))
        {
            goto activate_locked;
        }

        // Anonymous process memory has backing store? Try to allocate it some swap space here.
        if (PageAnon(page) && !page.IsSwapCache && !await AddToSwap(page))
        {
            goto activate_locked;
        }

        // The page is mapped into the page tables of one or more processes. Try to unmap it here.
        if (await _mapCount[page.Index].Read() != 0 && !await TryToUnmap(page))
        {
            goto activate_locked;
        }

        if (page.IsDirty)
        {
            // pageout(): nobody but the cache and us may have the page.
            if (await page.Count.Read() != 2 || !page.IsSwapCache)
            {
                goto keep_locked;
            }

            page.IsDirty = false;
            await SwapWritepage(page);
            if (page.IsWriteback || page.IsDirty || !await page.Lock.TryLock())
            {
                goto keep;
            }

            if (page.IsWriteback || page.IsDirty)
            {
                goto keep_locked;
            }
        }

        // No mapping: truncate got there first, or nobody needs the page.
        if ((page.IsSwapCache || page.FileIndex >= 0) && await RemoveMapping(page))
        {
            await page.Lock.Unlock();
            FreePage(page);
            return true;
        }

        goto keep_locked;

    activate_locked:
        // Not a candidate for swapping, so reclaim swap space.
        if (page.IsSwapCache && VmSwapFull())
        {
            await TryToFreeSwap(page);
        }

    keep_locked:
        await page.Lock.Unlock();
    keep:
        return false;
    }

    /// <summary>
    /// __remove_mapping(): takes a clean page that nobody uses out of its cache, with all references: page_ref_freeze()
    /// finds those of the cache and of reclaim and nobody else's, and lets nobody take another.
    /// </summary>
    private async KTask<bool> RemoveMapping(Page page)
    {
        bool isSwapCache = page.IsSwapCache;
        SpinLock pagesLock = isSwapCache ? _swapperSpace.PagesLock : _filePagesLock;
        await pagesLock.Lock();
        if (page.Count.Glance != 2 || page.IsDirty)
        {
            pagesLock.UnlockNow();
            return false;
        }

        page.Count.AddNow(-2);
        SwapEntry entry = page.Entry;
        if (isSwapCache)
        {
            M.SwapCache.Remove(page);
        }
        else
        {
            M.File.CachedPage(page.FileIndex).Value = null;
            page.FileIndex = -1;
        }

        pagesLock.UnlockNow();
        if (isSwapCache)
        {
            await PutSwapPage(entry);
        }

        return true;
    }
}
