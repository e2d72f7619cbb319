using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swap_state.c and mm/page_io.c</content>
public partial class Linux5_1
{
    /// <summary>
    /// find_get_page(swap_address_space(entry)): the cached page with a reference, locked or not, null if there is none.
    /// Does not ask whether the area is still there.
    /// </summary>
    private async KTask<Page?> FindGetPage(SwapEntry entry)
    {
        await _swapperSpace.PagesLock.Lock();
        _swapperSpace.Touch("find_get_page");
        Page? page = M.SwapCache.Lookup(entry);
        page?.Count.AddNow(1);
        _swapperSpace.PagesLock.UnlockNow();
        return page;
    }

    /// <summary>lookup_swap_cache(): for an entry that nothing pins.</summary>
    private async KTask<Page?> LookupSwapCache(SwapEntry entry)
    {
        if (!LookupsPinDevice)
        {
            return await FindGetPage(entry);
        }

        await _swapperSpace.PagesLock.Lock();
        Page? page = entry.Offset < _si.Max.Value ? M.SwapCache.Lookup(entry) : null;
        page?.Count.AddNow(1);
        _swapperSpace.PagesLock.UnlockNow();
        return page;
    }

    /// <summary>
    /// __read_swap_cache_async(): the page of a slot, from the cache or on its way from the disk and locked so long, with a
    /// reference; null if there is no memory or no such slot.
    /// </summary>
    private async KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry)
    {
        Page? fresh = null;
        Page? found;
        while (true)
        {
            found = await LookupSwapCache(entry);
            if (found is not null)
            {
                break;
            }

            // Just skip read ahead for unused swap slot. During swapoff, when the slot cache is disabled, null would abort
            // it, so the race between setting SWAP_HAS_CACHE and adding the page is waited out below.
            if (_globals.SlotCacheEnabled.Value && await SwpSwapcount(entry) == 0)
            {
                break;
            }

            fresh ??= await AllocPage(current);
            if (fresh is null)
            {
                break;
            }

            Prepared prepared = await SwapcachePrepare(fresh, entry);
            if (prepared == Prepared.Exists)
            {
                // It might be busy: somebody is about to add the page, or has just removed it.
                await Smp.Schedule();
                continue;
            }

            if (prepared == Prepared.NoEntry)
            {
                break;
            }

            if (!InsertsUnderSlotLock)
            {
                await PreloadLate(entry);
                await AddToSwapCache(fresh, entry, isNew: true);
            }

            SwapReadpage(fresh, entry);
            return fresh;
        }

        if (fresh is not null)
        {
            await PutPage(fresh);
        }

        return found;
    }

    /// <summary>
    /// __add_to_swap_cache(): of a slot whose SWAP_HAS_CACHE the caller has set, so there is no other page. A new page,
    /// which nobody else sees before, is locked from here.
    /// </summary>
    private async KTask AddToSwapCache(Page page, SwapEntry entry, bool isNew)
    {
        if (isNew)
        {
            page.Lock.InitLocked();
        }

        await _swapperSpace.PagesLock.Lock();
        if (M.SwapCache.Lookup(entry) is { } other)
        {
            Smp.Bug("page", $"add_to_swap_cache: {other.Name} is cached as {entry} already");
        }

        page.Count.AddNow(1);
        M.SwapCache.Insert(page, entry);
        _swapperSpace.PagesLock.UnlockNow();
    }

    /// <summary>add_to_swap(): gives an anonymous page, locked, a slot. False if there is none.</summary>
    private async KTask<bool> AddToSwap(Page page)
    {
        SwapEntry entry = await GetSwapPage(page);
        if (entry.IsNone)
        {
            return false;
        }

        if (!InsertsUnderSlotLock)
        {
            await AddToSwapCache(page, entry, isNew: false);
        }

        // Normally the page will be dirtied in unmap because its pte should be dirty; a clean one has its data nowhere.
        page.IsDirty = true;
        return true;
    }

    /// <summary>Whether a page enters the cache in the section in which its slot is given out, or found in use.</summary>
    private protected virtual bool InsertsUnderSlotLock => false;

    /// <summary>radix_tree_preload() by a kernel that has not done it before it set SWAP_HAS_CACHE.</summary>
    private protected virtual KTask PreloadLate(SwapEntry entry) => KTask.Completed;

    /// <summary>delete_from_swap_cache(): of a locked page that is in the swap cache.</summary>
    private async KTask DeleteFromSwapCache(Page page)
    {
        SwapEntry entry = page.Entry;
        await _swapperSpace.PagesLock.Lock();
        if (page.IsWriteback)
        {
            Smp.Bug("page", $"kernel BUG in __delete_from_swap_cache: {page.Name} is being written");
        }

        M.SwapCache.Remove(page);
        _swapperSpace.PagesLock.UnlockNow();
        await PutSwapPage(entry);
        await PutPage(page);
    }

    /// <summary>
    /// free_page_and_swap_cache(): gives up a mapping of the page, and takes it out of the swap cache if nobody else maps
    /// it. Never waits: a page that is locked stays.
    /// </summary>
    private async KTask FreePageAndSwapCache(Page page)
    {
        if (page.IsSwapCacheUnlocked && await _mapCount[page.Index].Read() == 0 && await page.Lock.TryLock())
        {
            await TryToFreeSwap(page);
            await page.Lock.Unlock();
        }

        await PutPage(page);
    }

    /// <summary>
    /// swapin_readahead() and swap_cluster_readahead(): the page of a slot, as from read_swap_cache_async(); before that
    /// it starts reading the slots around it, unless the last one was elsewhere.
    /// </summary>
    private async KTask<Page?> SwapinReadahead(TaskStruct current, SwapEntry entry)
    {
        int window = M.Size.Readahead;
        int distance = entry.Offset - _globals.PrevOffset.Value;
        _globals.PrevOffset.Value = entry.Offset;
        if (window > 1 && distance is 1 or -1)
        {
            SwapArea area = M.Areas[entry.Area];
            int first = entry.Offset & ~(window - 1);
            for (int offset = first; offset < first + window && offset < area.Slots; offset++)
            {
                Page? page = await ReadSwapCacheAsync(current, area.EntryOf(offset));
                if (page is not null)
                {
                    await PutPage(page);
                }
            }
        }

        return await ReadSwapCacheAsync(current, entry);
    }

    /// <summary>swap_readpage(): the end of the transfer unlocks the page.</summary>
    private void SwapReadpage(Page page, SwapEntry entry)
    {
        page.Lock.HandToDevice();
        M.Disk.Submit(new DiskRequest(page, entry, IsWrite: false));
    }

    /// <summary>
    /// swap_writepage(): starts writing a locked page, and unlocks it; PG_writeback stands for the transfer. A page that
    /// nobody has as a swap entry leaves the swap cache instead.
    /// </summary>
    private async KTask SwapWritepage(Page page)
    {
        if (await TryToFreeSwap(page))
        {
            await page.Lock.Unlock();
            return;
        }

        SwapEntry entry = page.Entry;
        page.IsWriteback = true;
        await page.Lock.Unlock();
        M.Disk.Submit(new DiskRequest(page, entry, IsWrite: true));
    }

    /// <summary>wait_on_page_writeback().</summary>
    private async KTask WaitOnPageWriteback(Page page)
    {
        while (page.IsWriteback)
        {
            await _writeback.Sleep();
        }
    }
}
