using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// Linux 2.4.8 (August 2001), as to its swap cache: read_swap_cache_async() looks whether the entry is cached, and then
/// adds; try_to_swap_out() takes a slot, and then adds. No lock spans the two steps of either: the big kernel lock keeps
/// readers apart from readers only.
/// </summary>
/// <remarks>
/// The swap cache of 2.4.8 in the tree of 2.4.10, which began as the next version but one. Everything else is 2.4.10's:
/// swapoff in particular, which in 2.4.8 still forced counts to zero (see <see cref="Linux2_3_8"/>), and about which this
/// argument is not.
/// </remarks>
public class Linux2_4_8 : Linux2_4_10
{
    /// <summary>The kernel of one machine.</summary>
    public Linux2_4_8(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool FreesSlotUnderPagecacheLock => true;

    /// <inheritdoc/>
    private protected override bool ReadaheadPinsSlots => true;

    /// <summary>
    /// Check, then act: what the lookup did not find may have been added, and the slot may have been freed and given out
    /// again, by the time the new page is added.
    /// </summary>
    private protected override async KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry)
    {
        // Make sure the swap entry is still in use: the cache gets a share in it.
        if (!await SwapDuplicate(entry))
        {
            return null;
        }

        Page? found = await LookupSwapCache(entry);
        if (found is not null)
        {
            await SwapFree(entry);
            return found;
        }

        Page? page = await AllocPage(current);
        if (page is null)
        {
            await SwapFree(entry);
            return null;
        }

        // Check the swap cache again, in case we stalled above.
        found = await LookupSwapCache(entry);
        if (found is not null)
        {
            await PageCacheRelease(page);
            await SwapFree(entry);
            return found;
        }

        page.Lock.InitLocked();
        await AddToSwapCache(page, entry);
        RwSwapPage(page, write: false);
        return page;
    }

    /// <summary>The slot is in use from get_swap_page() on, and in the cache only from add_to_swap_cache() on.</summary>
    private protected override async KTask<SwapEntry> AddToSwap(Page page)
    {
        await SwapListLock.Lock();
        SwapEntry entry = await GetSwapPage();
        await SwapListLock.Unlock();
        if (!entry.IsNone)
        {
            await AddToSwapCache(page, entry);
            await SwapDuplicate(entry);
        }

        return entry;
    }

    /// <summary>swap_count() takes no lock: the page lock and the counts themselves must do.</summary>
    private protected override async KTask<bool> ExclusiveSwapPage(Page page) =>
        page.IsSwapCache
        && await page.Count.Read() == 2
        && M.Areas[page.Entry.Area].Map.Glance(page.Entry.Offset) == 1;

    /// <summary>Frees the slot of a page that is nobody else's only while swap is getting full.</summary>
    private protected override async KTask<Pte> MapSwapPage(Page page, bool write)
    {
        Pte pte = Pte.Map(page);
        if (await ExclusiveSwapPage(page))
        {
            if (write)
            {
                pte = pte.MakeWritable().MakeDirty();
            }

            if (VmSwapFull)
            {
                await DeleteFromSwapCache(page);
                pte = pte.MakeDirty();
            }
        }

        return pte;
    }
}
