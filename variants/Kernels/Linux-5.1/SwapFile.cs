using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swapfile.c</content>
public partial class Linux5_1
{
    private enum Prepared
    {
        /// <summary>SWAP_HAS_CACHE is set, by us.</summary>
        Done,

        /// <summary>-EEXIST: it is set, though the page may not be in the cache yet, or any more.</summary>
        Exists,

        /// <summary>-ENOENT or -EINVAL: nobody uses the slot any more.</summary>
        NoEntry,
    }

    /// <summary>
    /// get_swap_device(), which 5.3 added: a lookup by an entry that nothing else pins finds out, in a section that
    /// swapoff waits for, that the area is gone. 5.1 compares with si->max at best, and that before it takes a lock.
    /// </summary>
    protected virtual bool LookupsPinDevice => false;

    /// <summary>6.9: free_swap_and_cache() pins the area, too, while it frees what only the cache has.</summary>
    protected virtual bool FreesPinDevice => false;

    /// <summary>si->inuse_pages, without a lock.</summary>
    protected bool HasPagesInUse => _si.InusePages.Value != 0;

    /// <summary>get_swap_page(): a free slot, with SWAP_HAS_CACHE; none if there is none.</summary>
    private async KTask<SwapEntry> GetSwapPage(Page page)
    {
        if (_globals.NrSwapPages.Value <= 0)
        {
            return default;
        }

        SwapArea area = M.Areas[0];
        SwapEntry entry = default;
        await _si.Lock.Lock();
        for (int offset = 0; area.IsWriteOk && offset < area.Slots; offset++)
        {
            if (area.Map[offset] == 0)
            {
                area.Map[offset] = 1;
                _si.HasCache(offset).Value = true;
                _si.InusePages.Value++;
                _globals.NrSwapPages.Value--;
                entry = area.EntryOf(offset);
                break;
            }
        }

        if (InsertsUnderSlotLock && !entry.IsNone)
        {
            await AddToSwapCache(page, entry, isNew: false);
        }

        _si.Lock.UnlockNow();
        return entry;
    }

    /// <summary>
    /// swap_duplicate(): one more pte has the entry. Called with a lock of one that has it already. False for a slot that
    /// nobody uses, which is a bug.
    /// </summary>
    private async KTask<bool> SwapDuplicate(SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        await _si.Lock.Lock();
        int count = area.Map[entry.Offset];
        if (count != 0)
        {
            area.Map[entry.Offset] = count + 1;
        }

        _si.Lock.UnlockNow();
        if (count == 0)
        {
            Smp.Bug("swap_map", $"swap_duplicate: Unused swap offset entry {entry}");
        }

        return count != 0;
    }

    /// <summary>swapcache_prepare(): sets SWAP_HAS_CACHE, so that only one brings the page in.</summary>
    private async KTask<Prepared> SwapcachePrepare(Page fresh, SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        int max = _si.Max.Value;
        if (entry.Offset >= max)
        {
            return Prepared.NoEntry;
        }

        await _si.Lock.Lock();
        Prepared prepared = Prepared.NoEntry;
        if (!LookupsPinDevice || entry.Offset < _si.Max.Value)
        {
            int count = area.Map[entry.Offset];
            if (_si.HasCache(entry.Offset).Value)
            {
                prepared = Prepared.Exists;
            }
            else if (count != 0)
            {
                area.Map[entry.Offset] = count + 1;
                _si.HasCache(entry.Offset).Value = true;
                prepared = Prepared.Done;
                if (InsertsUnderSlotLock)
                {
                    await AddToSwapCache(fresh, entry, isNew: true);
                }
            }
        }

        _si.Lock.UnlockNow();
        return prepared;
    }

    /// <summary>__swp_swapcount(): ptes that have an entry which nothing pins.</summary>
    private async KTask<int> SwpSwapcount(SwapEntry entry)
    {
        if (entry.Offset >= _si.Max.Value)
        {
            return 0;
        }

        await _si.Lock.Lock();
        int count = !LookupsPinDevice || entry.Offset < _si.Max.Value ? SwapCount(entry) : 0;
        _si.Lock.UnlockNow();
        return count;
    }

    /// <summary>swap_swapcount(): ptes that have an entry.</summary>
    private async KTask<int> SwapSwapcount(SwapEntry entry)
    {
        await _si.Lock.Lock();
        int count = SwapCount(entry);
        _si.Lock.UnlockNow();
        return count;
    }

    /// <summary>swap_count(): without SWAP_HAS_CACHE. Called with si->lock.</summary>
    private int SwapCount(SwapEntry entry) =>
        M.Areas[entry.Area].Map[entry.Offset] - (_si.HasCache(entry.Offset).Value ? 1 : 0);

    /// <summary>
    /// __swap_entry_free(): one user less, a pte or the cache. True if only the cache is left. A slot that nobody has any
    /// more stays in use, as if the cache had it, until free_swap_slot() gives it back.
    /// </summary>
    private async KTask<bool> SwapEntryFree(SwapEntry entry, bool isCache, bool pin = false)
    {
        SwapArea area = M.Areas[entry.Area];
        await _si.Lock.Lock();
        int usage = area.Map[entry.Offset] - 1;
        if (usage < 0 || (isCache && !_si.HasCache(entry.Offset).Value))
        {
            Smp.Bug("swap_map", $"swap_free: Unused swap offset entry {entry}");
            return false;
        }

        if (isCache || usage == 0)
        {
            _si.HasCache(entry.Offset).Value = usage == 0;
        }

        area.Map[entry.Offset] = Math.Max(usage, 1);
        bool onlyCache = usage == 1 && _si.HasCache(entry.Offset).Value;
        if (pin && onlyCache)
        {
            _si.Users.AddNow(1);
        }

        _si.Lock.UnlockNow();
        if (usage == 0)
        {
            await FreeSwapSlot(area, entry.Offset);
        }

        return onlyCache;
    }

    /// <summary>free_swap_slot() and swap_entry_free(): the slot may be given out again.</summary>
    private async KTask FreeSwapSlot(SwapArea area, int offset)
    {
        await _si.Lock.Lock();
        area.Map[offset] = 0;
        _si.HasCache(offset).Value = false;
        _si.InusePages.Value--;
        _globals.NrSwapPages.Value++;
        _si.Lock.UnlockNow();
    }

    /// <summary>swap_free(): a pte less.</summary>
    private async KTask SwapFree(SwapEntry entry) => await SwapEntryFree(entry, isCache: false);

    /// <summary>put_swap_page(): the cache's.</summary>
    private async KTask PutSwapPage(SwapEntry entry) => await SwapEntryFree(entry, isCache: true);

    /// <summary>
    /// free_swap_and_cache(), and pte_clear() after it: gives up the entry of a pte, and takes the page out of the cache if
    /// nobody else has it. Called with the page table lock, so it never waits for the page.
    /// </summary>
    private async KTask FreeSwapAndCache(Cell<Pte> ptep)
    {
        SwapEntry entry = ptep.Value.Entry;
        bool onlyCache = await SwapEntryFree(entry, isCache: false, FreesPinDevice);

        // Cleared in the moment in which the slot may go, although the kernel does it last: nobody relies on the pte.
        ptep.Value = default;
        if (!onlyCache)
        {
            return;
        }

        // Nothing pins the slot any more, unless there is a reference to the area.
        if (await SwapSwapcount(entry) == 0)
        {
            await TryToReclaimSwap(entry);
        }

        if (FreesPinDevice && await _si.Users.Add(-1) == 0)
        {
            _si.UsersGone.WakeUp();
        }
    }

    /// <summary>__try_to_reclaim_swap(TTRS_UNMAPPED | TTRS_FULL).</summary>
    private async KTask TryToReclaimSwap(SwapEntry entry)
    {
        Page? page = await FindGetPage(entry);
        if (page is null)
        {
            return;
        }

        if (await page.Lock.TryLock())
        {
            if (await _mapCount[page.Index].Read() == 0 || VmSwapFull())
            {
                await TryToFreeSwap(page);
            }

            await page.Lock.Unlock();
        }

        await PutPage(page);
    }

    /// <summary>vm_swap_full(): swap cache only if there is room. No lock: a hint.</summary>
    private bool VmSwapFull() => _globals.NrSwapPages.Value * 2 < _globals.TotalSwapPages.Value;

    /// <summary>
    /// reuse_swap_page(): of a locked page. True if nobody else has it, in a pte or as a swap entry; then it leaves the swap
    /// cache, unless it is being written.
    /// </summary>
    private async KTask<bool> ReuseSwapPage(Page page)
    {
        int count = await _mapCount[page.Index].Read();
        if (page.IsSwapCache)
        {
            count += await SwapSwapcount(page.Entry);
            if (count == 1 && !page.IsWriteback)
            {
                await DeleteFromSwapCache(page);
                page.IsDirty = true;
            }
        }

        return count <= 1;
    }

    /// <summary>
    /// try_to_free_swap(): of a locked page. Takes it out of the swap cache if no pte has its entry; its data is then
    /// nowhere else, so it is dirty.
    /// </summary>
    private async KTask<bool> TryToFreeSwap(Page page)
    {
        if (!page.IsSwapCache || page.IsWriteback || await SwapSwapcount(page.Entry) != 0)
        {
            return false;
        }

        await DeleteFromSwapCache(page);
        page.IsDirty = true;
        return true;
    }

    /// <summary>
    /// unuse_pte(): replaces the entry by the page, locked, if the pte still has it. The page may have left the swap cache;
    /// then the pte has changed, too.
    /// </summary>
    private async KTask UnusePte(MmStruct mm, int address, SwapEntry entry, Page page)
    {
        Cell<Pte> ptep = mm.Pte(address);
        await mm.PageTableLock.Lock();
        if (ptep.Value == Pte.Swapped(entry))
        {
            page.Count.AddNow(1);
            ptep.Value = Pte.Map(page).MakeOld();
            PageSetAnonRmap(page, address);
            await _mapCount[page.Index].Add(1);
            await SwapFree(entry);
        }

        await mm.PageTableLock.Unlock();
    }

    /// <summary>
    /// unuse_pte_range(): brings in every entry of the area that a vma has. Looks for them without a lock, and with none
    /// but the mmap_sem reads the pages, locks them, and waits for them to be written. 0, or -ENOMEM.
    /// </summary>
    private async KTask<int> UnusePteRange(TaskStruct current, Vma vma, SwapArea area)
    {
        MmStruct mm = vma.Mm;
        for (int address = vma.Start; address < vma.End; address++)
        {
            Pte pte = mm.Pte(address).Value;
            if (!pte.IsSwap || pte.Entry.Area != area.Index)
            {
                continue;
            }

            SwapEntry entry = pte.Entry;
            Page? page = await SwapinReadahead(current, entry);
            if (page is null)
            {
                if (area.Map.ReadOnce(entry.Offset) == 0)
                {
                    continue;
                }

                return Errno.NoMem;
            }

            await page.Lock.Lock();
            await WaitOnPageWriteback(page);
            await UnusePte(mm, address, entry, page);
            await TryToFreeSwap(page);
            await page.Lock.Unlock();
            await PutPage(page);
        }

        return 0;
    }

    /// <summary>unuse_mm(): 0, or -ENOMEM.</summary>
    private async KTask<int> UnuseMm(TaskStruct current, MmStruct mm, SwapArea area)
    {
        int ret = 0;
        await mm.MmapRwSem.DownRead();
        for (Vma? vma = mm.Mmap; vma is not null && ret == 0; vma = vma.Next)
        {
            if (vma.HasAnonVma)
            {
                ret = await UnusePteRange(current, vma, area);
            }

            if (ret == 0)
            {
                await Smp.Schedule();
            }
        }

        await mm.MmapRwSem.UpRead();
        return ret;
    }

    /// <summary>
    /// find_next_to_unuse(): the next slot after <paramref name="previous"/> that is in use, without a lock; -1 if none.
    /// Does not wrap.
    /// </summary>
    private static int FindNextToUnuse(SwapArea area, int previous)
    {
        for (int offset = previous + 1; offset < area.Slots; offset++)
        {
            if (area.Map.ReadOnce(offset) != 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>True if the loops of try_to_unuse() end once the area is empty.</summary>
    protected virtual bool NoticesCompletion => true;

    /// <summary>
    /// try_to_unuse(): a retry may be needed because mmget_not_zero() fails on an address space that is exiting, and frees
    /// its entries by itself; or because reclaim puts entries back where the loop has been, as long as their pages stayed
    /// in the swap cache. "It's robust (though cpu-intensive) just to keep retrying." 0, or -ENOMEM.
    /// </summary>
    protected virtual async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        while (HasPagesInUse)
        {
            int retval = await UnuseMms(current, area);
            if (retval != 0)
            {
                return retval;
            }

            await FreeSwapCache(area);

            // Nothing here sleeps, and the kernel has no cond_resched() either: it is preempted.
            await Smp.Relax();
        }

        return 0;
    }

    /// <summary>The loop over mmlist: pins an address space, drops the lock, takes it up again. 0, or -ENOMEM.</summary>
    protected async KTask<int> UnuseMms(TaskStruct current, SwapArea area)
    {
        MmStruct? prev = null;
        await _mmlistLock.Lock();
        MmStruct? mm = _mmlist.First;
        while (mm is not null && (!NoticesCompletion || HasPagesInUse))
        {
            if (await mm.Users.IncrementNotZero() == 0)
            {
                mm = _mmlist.After(mm);
                continue;
            }

            await _mmlistLock.Unlock();
            if (prev is not null)
            {
                await MmPut(prev);
            }

            prev = mm;
            int retval = await UnuseMm(current, mm, area);
            if (retval != 0)
            {
                await MmPut(prev);
                return retval;
            }

            // Make sure that we aren't completely killing interactive performance.
            await Smp.Schedule();
            await _mmlistLock.Lock();
            mm = _mmlist.After(mm);
        }

        await _mmlistLock.Unlock();
        if (prev is not null)
        {
            await MmPut(prev);
        }

        return 0;
    }

    /// <summary>The loop over the swap_map: pages that no pte has any more leave the swap cache.</summary>
    protected async KTask FreeSwapCache(SwapArea area)
    {
        int offset = -1;
        while ((!NoticesCompletion || HasPagesInUse) && (offset = FindNextToUnuse(area, offset)) >= 0)
        {
            Page? page = await FindGetPage(area.EntryOf(offset));
            if (page is null)
            {
                continue;
            }

            // It is conceivable that a racing task removed this page from swap cache just before we acquired the page lock.
            // The page might even be back in swap cache on another slot: but that is okay, it's still PG_locked.
            await page.Lock.Lock();
            await WaitOnPageWriteback(page);
            await TryToFreeSwap(page);
            await page.Lock.Unlock();
            await PutPage(page);
        }
    }

    /// <summary>sys_swapoff(): that inuse_pages is 0 is the only witness that nobody has an entry.</summary>
    private async KTask<int> SysSwapoff(TaskStruct current, SwapArea area)
    {
        await _si.Lock.Lock();
        if (!area.IsUsed || !area.IsWriteOk)
        {
            _si.Lock.UnlockNow();
            return Errno.Inval;
        }

        if (!VmEnoughMemory(area.Slots))
        {
            _si.Lock.UnlockNow();
            current.SawAllocationFail = true;
            return Errno.NoMem;
        }

        _globals.NrSwapPages.Value -= area.Slots;
        _globals.TotalSwapPages.Value -= area.Slots;
        area.IsWriteOk = false;
        _si.Lock.UnlockNow();

        _globals.SlotCacheEnabled.Value = false;
        int error = await TryToUnuse(current, area);
        _globals.SlotCacheEnabled.Value = true;
        if (error != 0)
        {
            // Re-insert swap space back into swap_list.
            await _si.Lock.Lock();
            EnableSwapInfo(area);
            _si.Lock.UnlockNow();
            return error;
        }

        while (FreesPinDevice && _si.Users.Glance > 0)
        {
            await _si.UsersGone.Sleep();
        }

        await _si.Lock.Lock();
        await DrainMmlist();
        _si.Max.Value = 0;
        area.Map.Free();
        _si.Lock.UnlockNow();

        // exit_swap_address_space(), and then the type may be used again.
        await Smp.Sleep();
        _swapperSpace.Free();
        await _si.Lock.Lock();
        area.IsUsed = false;
        _si.Lock.UnlockNow();
        return 0;
    }

    /// <summary>
    /// security_vm_enough_memory_mm(), with OVERCOMMIT_GUESS: whether what is free, cached or can be swapped would do
    /// without so many slots. Otherwise swapoff would only move pages out of each other's way. The kernel reads NR_FILE_PAGES;
    /// here those pages are counted, and only if what is free does not do.
    /// </summary>
    private bool VmEnoughMemory(int slots)
    {
        int free = M.Zone.Free - M.Zone.Low + _globals.NrSwapPages.Value;
        for (int index = 0; free <= slots && index < M.Size.Pages; index++)
        {
            Page page = M.Pages[index];
            if (page.IsAllocated && (page.FileIndex >= 0 || !page.RawEntry.IsNone))
            {
                free++;
            }
        }

        return free > slots;
    }

    /// <summary>drain_mmlist(): no area has an entry, so no address space has. Called with si->lock.</summary>
    private async KTask DrainMmlist()
    {
        await _mmlistLock.Lock();
        while (_mmlist.First is { } mm)
        {
            _mmlist.Delete(mm);
        }

        _mmlistLock.UnlockNow();
    }

    /// <summary>sys_swapon(): the area comes back with its old number, and with whatever is on it now.</summary>
    private async KTask<int> SysSwapon(SwapArea area)
    {
        await _si.Lock.Lock();
        bool isUsed = area.IsUsed;
        area.IsUsed = true;
        _si.Lock.UnlockNow();
        if (isUsed)
        {
            return Errno.Busy;
        }

        // claim_swapfile(), and the header has to be read.
        await Smp.Sleep();
        _swapperSpace.Allocate();
        await _si.Lock.Lock();
        area.SwitchOn();
        _si.Max.Value = area.Slots;
        EnableSwapInfo(area);
        _si.Lock.UnlockNow();
        return 0;
    }

    /// <summary>_enable_swap_info(): called with si->lock.</summary>
    private void EnableSwapInfo(SwapArea area)
    {
        area.IsWriteOk = true;
        _globals.NrSwapPages.Value += area.Slots;
        _globals.TotalSwapPages.Value += area.Slots;
    }
}
