using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swap_state.c and mm/page_io.c</content>
public partial class Linux2_6_7
{
    private enum Added
    {
        /// <summary>The page is in the swap cache.</summary>
        Yes,

        /// <summary>-ENOENT: nobody uses the slot any more.</summary>
        NoEntry,

        /// <summary>-EEXIST: another page is.</summary>
        Exists,
    }

    /// <summary>lookup_swap_cache(): the cached page with a reference, locked or not, null if there is none.</summary>
    private protected async KTask<Page?> LookupSwapCache(SwapEntry entry)
    {
        await _swapperTreeLock.Lock();
        Page? page = M.SwapCache.Lookup(entry);
        if (page is not null)
        {
            page.Count.AddNow(1);
        }

        _swapperTreeLock.UnlockNow();
        return page;
    }

    /// <summary>
    /// read_swap_cache_async(): the page of a slot, from the cache or on its way from the disk and locked so long, with
    /// a reference; null if there is no memory or no such slot.
    /// </summary>
    private protected async KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry)
    {
        Page? fresh = null;
        Page? found;
        Added added;
        do
        {
            found = await LookupSwapCache(entry);
            if (found is not null)
            {
                break;
            }

            fresh ??= await AllocPage(current);
            if (fresh is null)
            {
                break;
            }

            added = await AddToSwapCache(fresh, entry);
            if (added == Added.Yes)
            {
                SwapReadpage(fresh, entry);
                return fresh;
            }
        }
        while (added != Added.NoEntry);

        if (fresh is not null)
        {
            await PageCacheRelease(fresh);
        }

        return found;
    }

    /// <summary>
    /// add_to_swap_cache(): a fresh page, which nobody else sees until it is in the cache, and locked. The slot is
    /// pinned first.
    /// </summary>
    private async KTask<Added> AddToSwapCache(Page page, SwapEntry entry)
    {
        if (!await SwapDuplicate(entry))
        {
            return Added.NoEntry;
        }

        await _swapperTreeLock.Lock();
        bool exists = M.SwapCache.Lookup(entry) is not null;
        if (!exists)
        {
            page.Count.IncrementUnseen();
            page.Lock.InitLocked();
            await Hash(page, entry);
        }

        _swapperTreeLock.UnlockNow();
        if (!exists)
        {
            return Added.Yes;
        }

        await SwapFree(entry);
        return Added.Exists;
    }

    /// <summary>add_to_swap(): gives an anonymous page, locked, a slot. False if there is none.</summary>
    private async KTask<bool> AddToSwap(Page page)
    {
        while (true)
        {
            SwapEntry entry = await GetSwapPage();
            if (entry.IsNone)
            {
                return false;
            }

            await _swapperTreeLock.Lock();
            bool exists = M.SwapCache.Lookup(entry) is not null;
            if (!exists)
            {
                page.Count.AddNow(1);
                await Hash(page, entry);
            }

            _swapperTreeLock.UnlockNow();
            if (!exists)
            {
                page.IsDirty = true;
                return true;
            }

            // Raced with "speculative" read_swap_cache_async().
            await SwapFree(entry);
        }
    }

    /// <summary>radix_tree_insert(), PG_swapcache and page->private: with tree_lock.</summary>
    private protected virtual KTask Hash(Page page, SwapEntry entry)
    {
        M.SwapCache.Insert(page, entry);
        return KTask.Completed;
    }

    /// <summary>__delete_from_swap_cache(): with tree_lock.</summary>
    private protected virtual KTask Unhash(Page page)
    {
        M.SwapCache.Remove(page);
        return KTask.Completed;
    }

    /// <summary>delete_from_swap_cache(): of a locked page.</summary>
    private protected async KTask DeleteFromSwapCache(Page page)
    {
        if (page.IsWriteback)
        {
            Smp.Bug("page", $"kernel BUG in delete_from_swap_cache: {page.Name} is being written");
        }

        await _swapperTreeLock.Lock();
        SwapEntry entry = page.Entry;
        await Unhash(page);
        _swapperTreeLock.UnlockNow();
        await SwapFree(entry);
        await PageCacheRelease(page);
    }

    /// <summary>Whether free_swap_cache() tries to lock a page of which a mapping has just gone.</summary>
    private protected virtual bool MayLeaveCache(Page page) => true;

    /// <summary>
    /// free_page_and_swap_cache(): gives up a mapping of the page, and takes it out of the swap cache if nobody else
    /// uses it. Never waits: a page that is locked stays.
    /// </summary>
    private protected async KTask FreePageAndSwapCache(Page page)
    {
        if (page.IsSwapCacheUnlocked && MayLeaveCache(page) && await page.Lock.TryLock())
        {
            await RemoveExclusiveSwapPage(page);
            await page.Lock.Unlock();
        }

        await PageCacheRelease(page);
    }

    /// <summary>
    /// swapin_readahead() and valid_swaphandles(): starts reading the slots around the one that is needed, as far as
    /// they are in use.
    /// </summary>
    private protected async KTask SwapinReadahead(TaskStruct current, SwapEntry entry)
    {
        int window = M.Size.Readahead;
        if (window == 1)
        {
            return;
        }

        SwapArea area = M.Areas[entry.Area];
        int first = entry.Offset & ~(window - 1);
        int count = 0;
        await _swapDeviceLock.Lock();
        while (count < window && area.IsUsed && first + count < area.Slots && area.Map[first + count] != 0)
        {
            count++;
        }

        _swapDeviceLock.UnlockNow();
        for (int offset = first; offset < first + count; offset++)
        {
            Page? page = await ReadSwapCacheAsync(current, area.EntryOf(offset));
            if (page is null)
            {
                break;
            }

            await PageCacheRelease(page);
        }
    }

    /// <summary>swap_readpage(): the end of the transfer unlocks the page.</summary>
    private void SwapReadpage(Page page, SwapEntry entry)
    {
        page.Lock.HandToDevice();
        M.Disk.Submit(new DiskRequest(page, entry, IsWrite: false));
    }

    /// <summary>
    /// swap_writepage(): starts writing a locked page, and unlocks it; PG_writeback stands for the transfer. A page
    /// that nobody uses any more leaves the swap cache instead.
    /// </summary>
    private async KTask SwapWritepage(Page page)
    {
        if (await RemoveExclusiveSwapPage(page))
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
    private protected async KTask WaitOnPageWriteback(Page page)
    {
        while (page.IsWriteback)
        {
            await _writebacks.Sleep();
        }
    }
}
