using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/vmscan.c</content>
public partial class Linux2_6_7
{
    private const int SwapClusterMax = 4;

    /// <summary>Makes pages old, unmaps and writes them, frees them; and once more for those that were busy.</summary>
    private const int DefPriority = 3;

    private enum Shrunk
    {
        /// <summary>The page is free.</summary>
        Freed,

        /// <summary>It stays on the inactive list.</summary>
        Kept,

        /// <summary>It goes to the active list, as there is no swap space for it.</summary>
        Activated,
    }

    /// <summary>
    /// try_to_free_pages(): up to <paramref name="goal"/> pages. Waits for writes that are under way. Answers 0, whoever calls
    /// it: balance_pgdat(), kswapd woken to free so many, does nothing else.
    /// </summary>
    private async KTask<int> TryToFreePages(int goal = SwapClusterMax)
    {
        PageSet active = default;
        for (int priority = DefPriority; priority >= 0; priority--)
        {
            (int reclaimed, bool scanned, active) = await ShrinkCache(goal, active);
            goal -= reclaimed;
            if (goal <= 0 || !scanned)
            {
                break;
            }

            // blk_congestion_wait(): take a nap, wait for some writeback to complete.
            while (M.Disk.InFlight > 0)
            {
                await _writebacks.Sleep();
            }
        }

        return 0;
    }

    /// <summary>
    /// shrink_cache(): isolates some pages at a time, with a reference, and puts back those that could not be freed. Their
    /// references are in a pagevec until the end. How many it freed, whether it found any page, and which are active now.
    /// </summary>
    private async KTask<(int Reclaimed, bool Scanned, PageSet Active)> ShrinkCache(int goal, PageSet active)
    {
        int reclaimed = 0;
        int next = 0;
        PageSet scanned = default;
        PageSet freed = default;
        await _lruLock.Lock();
        while (reclaimed < goal)
        {
            PageSet taken = default;
            for (int left = Math.Min(goal - reclaimed, SwapClusterMax); left > 0 && next < M.Size.Pages; next++)
            {
                Page page = M.Pages[next];
                if (IsOnLru(page) && !_globals.Isolated.Value.Contains(next) && !active.Contains(next) && page.Count.IncrementNotZeroUnderLock())
                {
                    // Under lru_lock, like all others that do this without an await of its own.
                    taken |= PageSet.Of(next);
                    left--;
                }
            }

            if (taken.IsEmpty)
            {
                break;
            }

            _globals.Isolated.Value |= taken;
            scanned |= taken;
            _lruLock.UnlockNow();
            for (PageSet left = taken; !left.IsEmpty; left -= PageSet.Of(left.First))
            {
                var one = PageSet.Of(left.First);
                switch (await ShrinkPage(M.Pages[left.First]))
                {
                    case Shrunk.Freed:
                        freed |= one;
                        reclaimed++;
                        break;
                    case Shrunk.Activated:
                        active |= one;
                        break;
                    default:
                        break;
                }
            }

            await _lruLock.Lock();
            _globals.Isolated.Value -= taken;
        }

        await _lruLock.Unlock();
        for (PageSet left = scanned - freed; !left.IsEmpty; left -= PageSet.Of(left.First))
        {
            await PageCacheRelease(M.Pages[left.First]);
        }

        return (reclaimed, !scanned.IsEmpty, active);
    }

    /// <summary>
    /// PageLRU(), but for those that reclaim has isolated: pages that are mapped or cached, at this moment. No access to
    /// their words: the kernel only looks at its list.
    /// </summary>
    private bool IsOnLru(Page page) =>
        page.IsAllocated && page.Count.Raw > 0 && (RawMapCountOf(page) > 0 || !page.RawEntry.IsNone || page.FileIndex >= 0);

    /// <summary>isolate_lru_page(): takes a page off its list, with a reference. False if reclaim was faster.</summary>
    private protected async KTask<bool> IsolateLruPage(Page page)
    {
        await _lruLock.Lock();
        bool isolated = IsOnLru(page) && !_globals.Isolated.Value.Contains(page.Index);
        if (isolated)
        {
            page.Count.AddNow(1);
            _globals.Isolated.Value |= PageSet.Of(page.Index);
        }

        _lruLock.UnlockNow();
        return isolated;
    }

    /// <summary>move_to_lru(): the page goes back, or away.</summary>
    private protected async KTask PutbackLruPage(Page page)
    {
        await _lruLock.Lock();
        _globals.Isolated.Value -= PageSet.Of(page.Index);
        _lruLock.UnlockNow();
        await PageCacheRelease(page);
    }

    /// <summary>
    /// shrink_list() for one page. Never waits for a lock that sleeps: a page that is busy is
    /// kept.
    /// </summary>
    private async KTask<Shrunk> ShrinkPage(Page page)
    {
        Shrunk result = Shrunk.Kept;
        if (!await page.Lock.TryLock())
        {
            goto keep;
        }

        if (page.IsWriteback)
        {
            goto keep_locked;
        }

        await LockMaps(page);
        if (PageReferenced(page))
        {
            UnlockMaps(page);
            goto keep_locked;
        }

        // Anonymous process memory without backing store? Try to allocate it some swap space here.
        if (MapCountOf(page) > 0 && page.FileIndex < 0 && !page.IsSwapCache)
        {
            UnlockMaps(page);
            if (!await AddToSwap(page))
            {
                result = Shrunk.Activated;
                goto keep_locked;
            }

            await LockMaps(page);
        }

        Unmapped unmapped = MapCountOf(page) > 0 && HasMapping(page) ? await TryToUnmap(page) : Unmapped.Success;
        UnlockMaps(page);
        if (unmapped != Unmapped.Success)
        {
            goto keep_locked;
        }

        if (page.IsDirty)
        {
            // pageout(): nobody but the cache and us may have the page.
            if (await page.Count.Read() != 2 || !HasMapping(page))
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
        if (HasMapping(page) && await RemoveMapping(page))
        {
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            return Shrunk.Freed;
        }

    keep_locked:
        await page.Lock.Unlock();
    keep:
        return result;
    }

    /// <summary>page_mapping(): it is in the swap cache, or in a file's. Called with the page locked.</summary>
    private static bool HasMapping(Page page) => page.IsSwapCache || page.FileIndex >= 0;

    /// <summary>
    /// The end of shrink_list(): takes a clean page that nobody uses out of its cache, with the cache's reference. "The
    /// non-racy check for busy page": PG_dirty after the count, as others set it before they drop their reference.
    /// </summary>
    private async KTask<bool> RemoveMapping(Page page)
    {
        bool isSwapCache = page.IsSwapCache;
        SpinLock treeLock = isSwapCache ? _swapperTreeLock : _fileTreeLock;
        await treeLock.Lock();
        if (page.Count.Glance != 2 || page.IsDirty)
        {
            treeLock.UnlockNow();
            return false;
        }

        SwapEntry entry = page.Entry;
        if (isSwapCache)
        {
            await Unhash(page);
        }
        else
        {
            M.File.CachedPage(page.FileIndex).Value = null;
            page.FileIndex = -1;
        }

        treeLock.UnlockNow();
        if (isSwapCache)
        {
            await SwapFree(entry);
        }

        await PageCacheRelease(page);
        return true;
    }
}
