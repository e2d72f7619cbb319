using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swapfile.c</content>
public partial class Linux2_6_7
{
    /// <summary>swap_duplicate(): one more user of a slot. False for a slot that nobody uses.</summary>
    private protected async KTask<bool> SwapDuplicate(SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        await _swapDeviceLock.Lock();
        bool inUse = area.IsUsed && area.Map[entry.Offset] > 0;
        if (inUse)
        {
            area.Map[entry.Offset]++;
        }

        _swapDeviceLock.UnlockNow();
        return inUse;
    }

    /// <summary>
    /// swap_info_get(): takes swap_list_lock and swap_device_lock for a slot that is in use. For any other it complains.
    /// </summary>
    private protected async KTask SwapInfoGet(SwapEntry entry)
    {
        await LockSwap();
        SwapArea area = M.Areas[entry.Area];
        if (!area.IsUsed)
        {
            Smp.Bug("swap_map", $"swap_free: Unused swap file entry {entry}");
        }
        else if (area.Map[entry.Offset] == 0)
        {
            Smp.Bug("swap_map", $"swap_free: Unused swap offset entry {entry}");
        }
    }

    /// <summary>Both locks; from 2.6.14 on they are one, swap_lock.</summary>
    private protected async KTask LockSwap()
    {
        await _swapListLock.Lock();
        await _swapDeviceLock.Lock();
    }

    /// <summary>swap_info_put().</summary>
    private protected void SwapInfoPut()
    {
        _swapDeviceLock.UnlockNow();
        _swapListLock.UnlockNow();
    }

    /// <summary>swap_entry_free(): the count that remains. Called between <see cref="SwapInfoGet"/> and put.</summary>
    private protected int SwapEntryFree(SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        int count = area.Map[entry.Offset] - 1;
        area.Map[entry.Offset] = count;
        if (count == 0)
        {
            _globals.NrSwapPages.Value++;
        }

        return count;
    }

    /// <summary>swap_free(): one user of a slot less.</summary>
    private protected async KTask SwapFree(SwapEntry entry)
    {
        await SwapInfoGet(entry);
        SwapEntryFree(entry);
        SwapInfoPut();
    }

    /// <summary>get_swap_page(): a free slot, with one user; none if there is none, or the area takes no more.</summary>
    private async KTask<SwapEntry> GetSwapPage()
    {
        SwapArea area = M.Areas[0];
        SwapEntry entry = default;
        await _swapListLock.Lock();
        if (_globals.NrSwapPages.Value > 0 && area.IsUsed && area.IsWriteOk)
        {
            await _swapDeviceLock.Lock();
            for (int offset = 0; offset < area.Slots && entry.IsNone; offset++)
            {
                if (area.Map[offset] == 0)
                {
                    area.Map[offset] = 1;
                    _globals.NrSwapPages.Value--;
                    entry = area.EntryOf(offset);
                }
            }

            _swapDeviceLock.UnlockNow();
        }

        _swapListLock.UnlockNow();
        return entry;
    }

    /// <summary>
    /// vm_swap_full(): less than half is free. Always so while swapoff, which has taken the area's slots off both
    /// numbers, is at work.
    /// </summary>
    private protected bool VmSwapFull() => _globals.NrSwapPages.Value * 2 < _globals.TotalSwapPages.Value;

    /// <summary>exclusive_swap_page(): whether nobody but the cache uses the slot, and nobody but it and us the page.</summary>
    private async KTask<bool> ExclusiveSwapPage(Page page)
    {
        SwapEntry entry = page.Entry;
        bool exclusive = false;
        await SwapInfoGet(entry);
        if (M.Areas[entry.Area].Map[entry.Offset] == 1)
        {
            // Recheck the page count with the swapcache lock held..
            await _swapperTreeLock.Lock();
            exclusive = page.Count.Glance == 2;
            _swapperTreeLock.UnlockNow();
        }

        SwapInfoPut();
        return exclusive;
    }

    /// <summary>can_share_swap_page(): whether a locked page can be written to by the only one who maps it.</summary>
    private protected virtual async KTask<bool> CanShareSwapPage(Page page) => await page.Count.Read() switch
    {
        2 => page.IsSwapCache && await ExclusiveSwapPage(page),
        1 => true,
        _ => false,
    };

    /// <summary>
    /// remove_exclusive_swap_page(): takes a locked page out of the cache if nobody else uses it or its slot. PG_dirty
    /// says from here that no slot holds its data.
    /// </summary>
    private protected virtual async KTask<bool> RemoveExclusiveSwapPage(Page page)
    {
        if (!page.IsSwapCache || page.IsWriteback || await page.Count.Read() != 2)
        {
            return false;
        }

        SwapEntry entry = page.Entry;
        bool removed = false;
        await SwapInfoGet(entry);
        if (M.Areas[entry.Area].Map[entry.Offset] == 1)
        {
            // Recheck the page count with the swapcache lock held..
            await _swapperTreeLock.Lock();
            if (page.Count.Glance == 2 && !page.IsWriteback)
            {
                await Unhash(page);
                page.IsDirty = true;
                removed = true;
            }

            _swapperTreeLock.UnlockNow();
        }

        SwapInfoPut();
        if (removed)
        {
            await SwapFree(entry);
            await PageCacheRelease(page);
        }

        return removed;
    }

    /// <summary>
    /// free_swap_and_cache(): a swap pte goes. The last one takes the page out of the cache as well, unless somebody
    /// has it locked.
    /// </summary>
    private async KTask FreeSwapAndCache(SwapEntry entry)
    {
        Page? page = null;
        await SwapInfoGet(entry);
        if (SwapEntryFree(entry) == 1)
        {
            await _swapperTreeLock.Lock();
            page = M.SwapCache.Lookup(entry);
            if (page is not null && !await page.Lock.TryLock())
            {
                page = null;
            }

            _swapperTreeLock.UnlockNow();
        }

        SwapInfoPut();
        if (page is null)
        {
            return;
        }

        // Only cache user (+us), or swap space full? Free it!
        bool oneUser = IsUnused(page, await page.Count.Add(1));
        if (!page.IsWriteback && (oneUser || VmSwapFull()))
        {
            await DeleteFromSwapCache(page);
            page.IsDirty = true;
        }

        await page.Lock.Unlock();
        await PageCacheRelease(page);
    }

    /// <summary>Whether free_swap_and_cache() takes a page, of which it has a reference, for unused.</summary>
    private protected virtual bool IsUnused(Page page, int count) => count == 2;

    /// <summary>
    /// unuse_process(): replaces the entry in one address space. The page is locked, and the mmap_sem is waited for:
    /// bug S0-B12.
    /// </summary>
    protected virtual async KTask UnuseProcess(MmStruct mm, SwapEntry entry, Page page)
    {
        await mm.MmapRwSem.DownRead();
        await UnuseVmas(mm, entry, page);
        await mm.MmapRwSem.UpRead();
    }

    /// <summary>
    /// The walk of unuse_process(): ends at the first pte that holds the entry, as an address space holds an entry once.
    /// Called with the mmap_sem.
    /// </summary>
    protected async KTask UnuseVmas(MmStruct mm, SwapEntry entry, Page page)
    {
        await mm.PageTableLock.Lock();
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                if (mm.Pte(address).Value is { IsSwap: true } pte && pte.Entry == entry)
                {
                    await UnusePte(mm, address, entry, page);
                    mm.PageTableLock.UnlockNow();
                    return;
                }
            }
        }

        mm.PageTableLock.UnlockNow();
    }

    /// <summary>unuse_pte(): maps the page read-only, clean and old. PG_dirty will keep it.</summary>
    private protected virtual async KTask UnusePte(MmStruct mm, int address, SwapEntry entry, Page page)
    {
        mm.Rss++;
        page.Count.AddNow(1);
        mm.Pte(address).Value = Pte.Map(page).MakeOld();
        await PageAddAnonRmap(page, address);
        await SwapFree(entry);
    }

    /// <summary>
    /// find_next_to_unuse(): the next slot in use after the last one, wrapping once; -1 if there is none. No lock: no
    /// slot of the area is given out any more, and false hits are okay.
    /// </summary>
    private static int FindNextToUnuse(SwapArea area, int previous)
    {
        for (int step = 1; step <= area.Slots; step++)
        {
            int offset = (previous + step) % area.Slots;
            if (area.Map.Glance(offset) != 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>
    /// try_to_unuse(): "We completely avoid races by reading each swap page in advance, and then search for the process
    /// using it. All the necessary page table adjustments can then be made atomically." A null mm is init_mm, the head
    /// of the list. 0, or -ENOMEM.
    /// </summary>
    private async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        int error = 0;
        int offset = area.Slots - 1;

        // Where the last entry was found, the next one is likely to be: the walk begins there.
        MmStruct? startMm = null;
        while ((offset = FindNextToUnuse(area, offset)) >= 0)
        {
            SwapEntry entry = area.EntryOf(offset);
            Page? page = await ReadSwapCacheAsync(current, entry);
            if (page is null)
            {
                // Either somebody freed the slot while we slept, or there is no memory.
                if (area.Map.Glance(offset) == 0)
                {
                    continue;
                }

                error = Errno.NoMem;
                break;
            }

            // Don't hold on to start_mm if it looks like exiting.
            if (startMm is not null && await startMm.Users.Read() == 1)
            {
                await MmPut(startMm);
                startMm = null;
            }

            // Wait for and lock page. When do_swap_page races with try_to_unuse, do_swap_page can handle the fault
            // much faster than try_to_unuse can locate the entry.
            await page.Lock.Wait();
            await WaitOnPageWriteback(page);
            await page.Lock.Lock();
            await WaitOnPageWriteback(page);

            int swcount = area.Map.Glance(offset);
            if (swcount > 1 && startMm is not null)
            {
                await UnuseProcess(startMm, entry, page);
            }

            if (area.Map.Glance(offset) > 1)
            {
                startMm = await UnuseInEveryMm(startMm, swcount, area, entry, page);
            }

            if (area.Map.Glance(offset) > 1 && page.IsDirty && page.IsSwapCache)
            {
                // If a reference remains (rare), the data must be saved to disk before the page leaves the cache.
                await SwapWritepage(page);
                await page.Lock.Lock();
                await WaitOnPageWriteback(page);
            }

            if (page.IsSwapCache && (!UnuseChecksEntry || page.Entry == entry))
            {
                await DeleteFromSwapCache(page);
            }

            // So we could skip searching mms once swap count went to 1, we did not mark any present ptes as dirty: must
            // mark page as dirty so shrink_list will preserve it.
            page.IsDirty = true;
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            await Smp.Schedule();
        }

        if (startMm is not null)
        {
            await MmPut(startMm);
        }

        return error;
    }

    /// <summary>"swapfile: swapoff must check the page's entry", 68bdc8d64742 (2.6.29): others may have moved it meanwhile.</summary>
    private protected virtual bool UnuseChecksEntry => false;

    /// <summary>
    /// The walk over mmlist: each mm is pinned, and the one before let go of, so that mmlist_lock can be dropped while
    /// the mm is searched. Takes over the caller's reference to the mm to start at, and returns the one to start at next
    /// time, with a reference.
    /// </summary>
    private async KTask<MmStruct?> UnuseInEveryMm(MmStruct? startMm, int swcount, SwapArea area, SwapEntry entry, Page page)
    {
        int offset = entry.Offset;
        bool setStartMm = area.Map.Glance(offset) >= swcount;
        MmStruct? newStartMm = startMm;
        MmStruct? prevMm = startMm;
        MmStruct? mm = startMm;
        if (startMm is not null)
        {
            // One reference for each of the other two.
            await startMm.Users.Add(2);
        }

        await _mmlistLock.Lock();
        while (area.Map.Glance(offset) > 1)
        {
            mm = mm is null ? _mmlist.First : _mmlist.After(mm);
            if (mm == startMm)
            {
                break;
            }

            if (mm is not null)
            {
                // An mm on the list has users: mmput() takes it off, under this lock, when the last one goes.
                mm.Users.AddUnderLock(1);
            }

            _mmlistLock.UnlockNow();
            if (prevMm is not null)
            {
                // It may be the last reference, and then the address space goes here, with the page locked.
                await MmPut(prevMm);
            }

            prevMm = mm;
            await Smp.Schedule();
            swcount = area.Map.Glance(offset);
            if (mm is null)
            {
                setStartMm = true;
            }
            else if (swcount > 1)
            {
                await UnuseProcess(mm, entry, page);
            }

            if (setStartMm && area.Map.Glance(offset) < swcount)
            {
                if (newStartMm is not null)
                {
                    await MmPut(newStartMm);
                }

                if (mm is not null)
                {
                    await mm.Users.Add(1);
                }

                newStartMm = mm;
                setStartMm = false;
            }

            await _mmlistLock.Lock();
        }

        _mmlistLock.UnlockNow();
        if (prevMm is not null)
        {
            await MmPut(prevMm);
        }

        if (startMm is not null)
        {
            await MmPut(startMm);
        }

        return newStartMm;
    }

    /// <summary>sys_swapoff().</summary>
    private async KTask<int> SysSwapoff(TaskStruct current, SwapArea area)
    {
        // filp_open() of the device's path.
        await Smp.Sleep();
        await _swapListLock.Lock();
        if (!area.IsUsed || !area.IsWriteOk)
        {
            _swapListLock.UnlockNow();
            return Errno.Inval;
        }

        _globals.NrSwapPages.Value -= area.Slots;
        _globals.TotalSwapPages.Value -= area.Slots;
        area.IsWriteOk = false;
        _swapListLock.UnlockNow();

        int error = await TryToUnuse(current, area);
        await _swapListLock.Lock();
        if (error != 0)
        {
            // Re-insert swap space back into swap_list: entries that have moved stay moved.
            _globals.NrSwapPages.Value += area.Slots;
            _globals.TotalSwapPages.Value += area.Slots;
            area.IsWriteOk = true;
            _swapListLock.UnlockNow();
            return error;
        }

        await _swapDeviceLock.Lock();
        area.Map.Free();
        area.IsUsed = false;
        _swapDeviceLock.UnlockNow();
        _swapListLock.UnlockNow();
        return 0;
    }

    /// <summary>sys_swapon(): the area comes back with its old number, and with whatever is on it now.</summary>
    private async KTask<int> SysSwapon(SwapArea area)
    {
        // filp_open(), and the header has to be read.
        await Smp.Sleep();
        await _swapListLock.Lock();
        await _swapDeviceLock.Lock();
        int error = Errno.Busy;
        if (!area.IsUsed)
        {
            error = 0;
            area.SwitchOn();
            _globals.NrSwapPages.Value += area.Slots;
            _globals.TotalSwapPages.Value += area.Slots;
            area.IsUsed = true;
            area.IsWriteOk = true;
        }

        _swapDeviceLock.UnlockNow();
        _swapListLock.UnlockNow();
        return error;
    }
}
