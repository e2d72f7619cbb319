using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// Linux 2.4.11 (October 2001; "add_to_swap_cache racefix cleanup", Hugh Dickins, 2.4.11-pre4): add_to_swap_cache() takes
/// its share in the slot and refuses an entry that is cached already. Whoever loses tries again, reclaim with another
/// slot. swap_list_lock spans nothing any more.
/// </summary>
public class Linux2_4_11 : Linux2_4_10
{
    /// <summary>The kernel of one machine.</summary>
    public Linux2_4_11(Machine machine)
        : base(machine)
    {
    }

    private enum Added
    {
        /// <summary>The page is in the swap cache.</summary>
        Yes,

        /// <summary>-ENOENT: nobody uses the slot any more.</summary>
        NoEntry,

        /// <summary>-EEXIST: another page is.</summary>
        Exists,
    }

    /// <inheritdoc/>
    private protected override async KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry)
    {
        Page? fresh = null;
        Page? found;
        while (true)
        {
            // First check the swap cache: this also catches whoever won the race below.
            found = await LookupSwapCache(entry);
            if (found is not null)
            {
                break;
            }

            fresh ??= await AllocLocked(current);
            if (fresh is null)
            {
                return null;
            }

            Added added = await AddUniqueToSwapCache(fresh, entry);
            if (added == Added.Yes)
            {
                RwSwapPage(fresh, write: false);
                return fresh;
            }

            if (added == Added.NoEntry)
            {
                break;
            }
        }

        if (fresh is not null)
        {
            await fresh.Lock.Unlock();
            await PageCacheRelease(fresh);
        }

        return found;
    }

    /// <inheritdoc/>
    private protected override async KTask<SwapEntry> AddToSwap(Page page)
    {
        while (true)
        {
            await SwapListLock.Lock();
            SwapEntry entry = await GetSwapPage();
            await SwapListLock.Unlock();
            if (entry.IsNone || await AddUniqueToSwapCache(page, entry) == Added.Yes)
            {
                // What get_swap_page() took is the pte's share.
                return entry;
            }

            // Raced with "speculative" read_swap_cache_async().
            await SwapFree(entry);
        }
    }

    private async KTask<Page?> AllocLocked(TaskStruct current)
    {
        Page? page = await AllocPage(current);
        page?.Lock.InitLocked();
        return page;
    }

    /// <summary>add_to_swap_cache(): of a locked page.</summary>
    private async KTask<Added> AddUniqueToSwapCache(Page page, SwapEntry entry)
    {
        if (!await SwapDuplicate(entry))
        {
            return Added.NoEntry;
        }

        // add_to_page_cache_unique().
        await PagecacheLock.Lock();
        bool exists = M.SwapCache.Lookup(entry) is not null;
        if (!exists)
        {
            page.IsDirty = false;
            page.Count.AddNow(1);
            M.SwapCache.Insert(page, entry);
        }

        await PagecacheLock.Unlock();
        if (!exists)
        {
            return Added.Yes;
        }

        await SwapFree(entry);
        return Added.Exists;
    }
}
