using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swap_state.c and is_page_shared() of include/linux/swap.h</content>
public partial class Linux2_3_8
{
    /// <summary>
    /// True if anybody but the caller uses the page: its count, and the count of its slot less the cache's own.
    /// </summary>
    protected bool IsPageShared(Page page)
    {
        int count = page.Count.Value;
        if (page.IsSwapCache)
        {
            count += SwapCount(page.Entry) - 2;
        }

        return count > 1;
    }

    /// <summary>
    /// Hashes a page under a slot, locked. Relies on the caller's not having slept since it found nothing there.
    /// </summary>
    protected void AddToSwapCache(Page page, SwapEntry entry)
    {
        page.Count.AddUnderLock(1);
        page.Lock.InitLocked();
        M.SwapCache.Insert(page, entry);
    }

    /// <summary>Takes a page, which the caller has locked, out of the cache, and gives the cache's slot count back.</summary>
    protected void DeleteFromSwapCacheLocked(Page page)
    {
        SwapEntry entry = page.Entry;
        M.SwapCache.Remove(page);
        SwapFree(entry);
    }

    /// <summary>
    /// delete_from_swap_cache(): sleeps while the page is locked, and does not ask whether the page is still in the
    /// cache after that. With <paramref name="markDirty"/> the page, not a
    /// pte, says from here that no slot holds its data.
    /// </summary>
    protected async KTask DeleteFromSwapCache(Page page, bool markDirty = false)
    {
        await page.Lock.Lock();

        if (!page.IsSwapCache)
        {
            Smp.Bug("page", $"kernel BUG in remove_from_swap_cache: {page.Name} is not in the swap cache any more");
            return;
        }

        page.IsDirty |= markDirty;
        DeleteFromSwapCacheLocked(page);
        await page.Lock.Unlock();
        FreePage(page);
    }

    /// <summary>
    /// Gives up a mapping of the page: takes it out of the swap cache too if nobody else uses it. Sleeps while the
    /// page is locked.
    /// </summary>
    protected async KTask FreePageAndSwapCache(Page page)
    {
        await page.Lock.Lock();
        if (page.IsSwapCache && !IsPageShared(page))
        {
            DeleteFromSwapCacheLocked(page);
            FreePage(page);
        }

        await page.Lock.Unlock();
        FreePage(page);
    }

    /// <summary>
    /// find_lock_page() and unlock: the cached page with a reference, waited for while it is locked, null if there is
    /// none. After a miss the caller has not slept.
    /// </summary>
    protected async KTask<Page?> LookupSwapCache(SwapEntry entry)
    {
        while (true)
        {
            Page? page = M.SwapCache.Lookup(entry);
            if (page is null)
            {
                return null;
            }

            page.Count.AddUnderLock(1);
            if (!page.Lock.IsLocked)
            {
                return page;
            }

            await page.Lock.Wait();
            FreePage(page);
        }
    }

    /// <summary>
    /// The page of a slot, from the cache or from the disk, with a reference; null if there is no memory or no such
    /// slot. The slot is pinned by a count of its own meanwhile, which the cache keeps if the page is new.
    /// </summary>
    protected async KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry, bool wait)
    {
        if (!SwapDuplicate(entry))
        {
            return null;
        }

        Page? found = await LookupSwapCache(entry);
        if (found is not null)
        {
            SwapFree(entry);
            return found;
        }

        Page? page = await GetFreePage(current);
        if (page is null)
        {
            SwapFree(entry);
            return null;
        }

        // Somebody may have read it while the allocation slept.
        found = await LookupSwapCache(entry);
        if (found is not null)
        {
            FreePage(page);
            SwapFree(entry);
            return found;
        }

        AddToSwapCache(page, entry);
        await RwSwapPage(page, entry, write: false, wait);
        return page;
    }

    /// <summary>
    /// mm/page_io.c: starts a transfer of a locked page, and waits for it if asked to.
    /// </summary>
    protected async KTask RwSwapPage(Page page, SwapEntry entry, bool write, bool wait)
    {
        if (StartTransfer(page, entry, write) && wait)
        {
            await page.Lock.Wait();
        }
    }

    /// <summary>
    /// rw_swap_page_base(): the end of the transfer unlocks the page; one that is refused leaves it locked. Does not sleep.
    /// </summary>
    protected bool StartTransfer(Page page, SwapEntry entry, bool write)
    {
        SwapArea area = M.Areas[entry.Area];
        if (!area.IsUsed)
        {
            Smp.Bug("swap_map", $"rw_swap_page: Trying to {(write ? "write" : "read")} unused swap-device");
            return false;
        }

        if (area.Map[entry.Offset] == 0)
        {
            Smp.Bug("swap_map", $"rw_swap_page: Trying to {(write ? "write" : "read")} unallocated swap {entry}");
            return false;
        }

        page.Lock.HandToDevice();
        M.Disk.Submit(new DiskRequest(page, entry, write));
        return true;
    }
}
