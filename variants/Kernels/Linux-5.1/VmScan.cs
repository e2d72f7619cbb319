using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/vmscan.c</content>
public partial class Linux5_1
{
    private const int SwapClusterMax = 4;

    /// <summary>Makes pages old, unmaps and writes them, frees them; and once more for those that were busy.</summary>
    private const int DefPriority = 3;

    /// <summary>
    /// do_try_to_free_pages(): up to <paramref name="goal"/> pages. Waits for writes it started, but not with a lock that
    /// spins. Answers 0, whoever calls it: balance_pgdat(), kswapd woken to free so many, does nothing else.
    /// </summary>
    private async KTask<int> TryToFreePages(int goal = 1)
    {
        int reclaimed = 0;
        for (int priority = DefPriority; priority >= 0; priority--)
        {
            reclaimed += await ShrinkInactiveList(goal - reclaimed);
            if (reclaimed >= goal)
            {
                break;
            }

            // congestion_wait(): take a nap, wait for some writeback to complete.
            while (M.Disk.InFlight > 0)
            {
                await _writeback.Sleep();
            }
        }

        return 0;
    }

    /// <summary>
    /// shrink_inactive_list(): isolates some pages at a time, with a reference, and puts back those that could not be freed.
    /// </summary>
    private async KTask<int> ShrinkInactiveList(int goal)
    {
        int reclaimed = 0;
        for (int next = NextOnLru(0); next < M.Size.Pages && reclaimed < goal; next = NextOnLru(next))
        {
            PageSet taken = default;
            await _lruLock.Lock();
            next = NextOnLru(next);
            for (int left = SwapClusterMax; left > 0 && next < M.Size.Pages; next = NextOnLru(next + 1))
            {
                // Under lru_lock, like all others that do this without an await of its own.
                if (M.Pages[next].Count.IncrementNotZeroUnderLock())
                {
                    _globals.Isolated.Value |= PageSet.Of(next);
                    taken |= PageSet.Of(next);
                    left--;
                }
            }

            _lruLock.UnlockNow();
            if (!taken.IsEmpty)
            {
                reclaimed += await ShrinkPageList(taken, goal - reclaimed);
            }
        }

        return reclaimed;
    }

    /// <summary>
    /// The next page of the list that nobody has isolated. It is on the list (PageLRU) as long as it is mapped or cached.
    /// get_scan_count(): if we have no swap space, do not bother scanning anon pages. So reclaim leaves alone what swapoff of
    /// the only area has brought in.
    /// </summary>
    private int NextOnLru(int next)
    {
        bool mayBeAnon = _globals.NrSwapPages.Value > 0;
        for (; next < M.Size.Pages; next++)
        {
            Page page = M.Pages[next];
            bool isOnLru = page.IsAllocated && page.Count.Raw > 0 && !_globals.Isolated.Value.Contains(next)
                && (page.FileIndex >= 0 || (mayBeAnon && (_mapCount[next].Raw > 0 || !page.RawEntry.IsNone)));
            if (isOnLru)
            {
                break;
            }
        }

        return next;
    }

    /// <summary>shrink_page_list() until the goal is met, and putback_inactive_pages() of those that remain.</summary>
    private async KTask<int> ShrinkPageList(PageSet pages, int goal)
    {
        int reclaimed = 0;
        PageSet kept = pages;
        for (int index = 0; index < M.Size.Pages && reclaimed < goal; index++)
        {
            if (pages.Contains(index) && await ShrinkPage(M.Pages[index]))
            {
                reclaimed++;
                kept -= PageSet.Of(index);
            }
        }

        await _lruLock.Lock();
        _globals.Isolated.Value -= pages;
        for (int index = 0; index < M.Size.Pages; index++)
        {
            Page page = M.Pages[index];
            if (kept.Contains(index) && page.Count.AddUnderLock(-1) == 0)
            {
                FreePage(page);
            }
        }

        _lruLock.UnlockNow();
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
        if (_mapCount[page.Index].Glance != 0 && !await TryToUnmap(page))
        {
            goto activate_locked;
        }

        if (page.IsDirty)
        {
            // pageout(): nobody but the cache and us may have the page.
            if (page.Count.Glance != 2 || !page.IsSwapCache)
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
