using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swap_state.c and mm/page_io.c</content>
public partial class Linux2_4_10
{
    /// <summary>
    /// add_to_swap_cache(): hashes a page that the caller has locked. The caller holds swap_list_lock, so that nobody
    /// hashes another one under the slot since it looked.
    /// </summary>
    private protected async KTask AddToSwapCache(Page page, SwapEntry entry)
    {
        if (page.IsSwapCache)
        {
            Smp.Bug("page", $"kernel BUG in add_to_swap_cache: {page.Name} is in the swap cache already");
            return;
        }

        page.IsDirty = false;
        await PagecacheLock.Lock();
        page.Count.AddNow(1);
        M.SwapCache.Insert(page, entry);
        await PagecacheLock.Unlock();
    }

    /// <summary>
    /// __delete_from_swap_cache(): called with the page locked and pagecache_lock held. The slot is for the caller to
    /// free, once it has dropped pagecache_lock.
    /// </summary>
    private SwapEntry RemoveFromSwapCache(Page page)
    {
        if (!page.Lock.IsLocked || !page.IsSwapCache)
        {
            Smp.Bug("page", $"kernel BUG in __delete_from_swap_cache: {page.Name} is not locked in the swap cache");
        }

        SwapEntry entry = page.Entry;
        page.IsDirty = false;
        M.SwapCache.Remove(page);
        return entry;
    }

    /// <summary>
    /// delete_from_swap_cache(): called with the page locked and another reference to it. It is clean from here: who
    /// still needs what is in it marks it dirty after this.
    /// </summary>
    private protected async KTask DeleteFromSwapCache(Page page)
    {
        await PagecacheLock.Lock();
        await UnlockPagecacheAndFree(RemoveFromSwapCache(page));
        await PageCacheRelease(page);
    }

    /// <summary>Drops pagecache_lock, and gives back the slot, if any, of the page that has left the cache under it.</summary>
    private async KTask UnlockPagecacheAndFree(SwapEntry entry)
    {
        if (FreesSlotUnderPagecacheLock && !entry.IsNone)
        {
            await SwapFree(entry);
        }

        await PagecacheLock.Unlock();
        if (!FreesSlotUnderPagecacheLock && !entry.IsNone)
        {
            await SwapFree(entry);
        }
    }

    /// <summary>
    /// Whether __delete_from_swap_cache() calls swap_free() itself, as it did up to 2.4.10-pre14: pagecache_lock is then
    /// taken before swap_list_lock.
    /// </summary>
    private protected virtual bool FreesSlotUnderPagecacheLock => false;

    /// <summary>
    /// lookup_swap_cache() and __find_get_page(): the cached page with a reference, or null. It is not locked, so it may
    /// leave the cache at any moment; it is the right page all the same.
    /// </summary>
    private protected async KTask<Page?> LookupSwapCache(SwapEntry entry)
    {
        await PagecacheLock.Lock();
        Page? page = M.SwapCache.Lookup(entry);
        page?.Count.AddNow(1);
        await PagecacheLock.Unlock();
        return page;
    }

    /// <summary>
    /// read_swap_cache_async(): the page of a slot with a reference, from the cache, or locked while it is read from
    /// disk; null if there is no memory or nobody uses the slot any more.
    /// </summary>
    private protected virtual KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry) =>
        ReadUnderSwapListLock(current, entry);

    private protected async KTask<Page?> ReadUnderSwapListLock(TaskStruct current, SwapEntry entry)
    {
        Page? found = await LookupSwapCache(entry);
        if (found is not null)
        {
            return found;
        }

        Page? page = await AllocPage(current);
        if (page is null)
        {
            return null;
        }

        page.Lock.InitLocked();

        // Check again, in case we stalled above. swap_list_lock guards against races between this and where the new
        // page is added below.
        await SwapListLock.Lock();
        found = await LookupSwapCache(entry);
        if (found is null && await SwapDuplicate(entry))
        {
            await AddToSwapCache(page, entry);
            await SwapListLock.Unlock();
            RwSwapPage(page, write: false);
            return page;
        }

        // Found, or the slot has gone while we waited for the big kernel lock or for memory.
        await SwapListLock.Unlock();
        await page.Lock.Unlock();
        await PageCacheRelease(page);
        return found;
    }

    /// <summary>
    /// The middle of try_to_swap_out(): gives an anonymous page, locked, a slot, in which the pte will have one share and
    /// the cache another. None if there is none. swap_list_lock keeps readers out from the allocation until the page is hashed.
    /// </summary>
    private protected virtual KTask<SwapEntry> AddToSwap(Page page) => AllocateAndHash(page);

    private protected async KTask<SwapEntry> AllocateAndHash(Page page)
    {
        await SwapListLock.Lock();
        SwapEntry entry = await GetSwapPage();
        if (!entry.IsNone)
        {
            await AddToSwapCache(page, entry);
        }

        await SwapListLock.Unlock();
        if (!entry.IsNone)
        {
            await SwapDuplicate(entry);
        }

        return entry;
    }

    /// <summary>
    /// swap_writepage(): writes a locked page, which the end of the transfer unlocks. One that nobody but the cache and
    /// the caller has is stale, and is dropped instead.
    /// </summary>
    private async KTask SwapWritepage(Page page)
    {
        if (await ExclusiveSwapPage(page))
        {
            await DeleteFromSwapCache(page);
            await page.Lock.Unlock();
            return;
        }

        RwSwapPage(page, write: true);
    }

    /// <summary>rw_swap_page(): starts a transfer of a locked page.</summary>
    private protected void RwSwapPage(Page page, bool write)
    {
        SwapEntry entry = page.Entry;
        page.Lock.HandToDevice();
        M.Disk.Submit(new DiskRequest(page, entry, write));
    }
}
