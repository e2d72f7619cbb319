using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swapfile.c</content>
public partial class Linux2_4_10
{
    /// <summary>
    /// __get_swap_page(): a free slot with one user, none if there is none. Called with swap_list_lock: an area that
    /// swapoff has taken off the list gives out none.
    /// </summary>
    private protected KTask<SwapEntry> GetSwapPage()
    {
        SwapArea area = M.Areas[0];
        return _globals.NrSwapPages.Value <= 0 || !area.IsWriteOk ? new KTask<SwapEntry>(default) : ScanSwapMap(area);
    }

    /// <summary>scan_swap_map(), with the locking of its caller.</summary>
    private async KTask<SwapEntry> ScanSwapMap(SwapArea area)
    {
        await SwapDeviceLock.Lock();
        SwapEntry entry = default;
        for (int offset = 0; offset < _globals.Max.Value; offset++)
        {
            if (area.Map[offset] == 0)
            {
                area.Map[offset] = 1;
                _globals.NrSwapPages.Value--;
                entry = area.EntryOf(offset);
                break;
            }
        }

        await SwapDeviceLock.Unlock();
        return entry;
    }

    /// <summary>
    /// swap_info_get(): takes both locks if somebody uses the slot; one that nobody uses is a kernel message.
    /// </summary>
    private async KTask<bool> SwapInfoGet(SwapEntry entry)
    {
        await SwapListLock.Lock();
        await SwapDeviceLock.Lock();
        if (entry.Offset < _globals.Max.Value && M.Areas[entry.Area].Map[entry.Offset] != 0)
        {
            return true;
        }

        Smp.Bug("swap_map", $"swap_free: Unused swap offset entry {entry}");
        await SwapInfoPut();
        return false;
    }

    private async KTask SwapInfoPut()
    {
        await SwapDeviceLock.Unlock();
        await SwapListLock.Unlock();
    }

    /// <summary>swap_free(): one user of a slot less.</summary>
    private protected async KTask SwapFree(SwapEntry entry)
    {
        if (!await SwapInfoGet(entry))
        {
            return;
        }

        SwapMap map = M.Areas[entry.Area].Map;
        int count = map[entry.Offset] - 1;
        map[entry.Offset] = count;
        if (count == 0)
        {
            _globals.NrSwapPages.Value++;
        }

        await SwapInfoPut();
    }

    /// <summary>
    /// swap_duplicate(): one more user of a slot. False for a slot that nobody uses, or an area that has been torn down,
    /// which has no slots.
    /// </summary>
    private protected async KTask<bool> SwapDuplicate(SwapEntry entry)
    {
        SwapMap map = M.Areas[entry.Area].Map;
        bool isUsed = false;
        await SwapDeviceLock.Lock();
        if (entry.Offset < _globals.Max.Value && map[entry.Offset] is var count and > 0)
        {
            map[entry.Offset] = count + 1;
            isUsed = true;
        }

        await SwapDeviceLock.Unlock();
        return isUsed;
    }

    /// <summary>vm_swap_full(): less than half of the slots are free. A glance at a count that others change meanwhile.</summary>
    private protected bool VmSwapFull => _globals.NrSwapPages.Raw * 2 < M.Areas[0].Slots;

    /// <summary>
    /// exclusive_swap_page(): true if nobody but the caller has the page, nor an entry of its slot. Called with the page
    /// locked; swapoff may have taken it out of the cache, and then its slot says nothing about it.
    /// </summary>
    private protected virtual async KTask<bool> ExclusiveSwapPage(Page page)
    {
        if (!page.IsSwapCache || !await SwapInfoGet(page.Entry))
        {
            return false;
        }

        bool isExclusive = false;

        // Is the only user of the slot the cache itself?
        if (M.Areas[page.Entry.Area].Map[page.Entry.Offset] == 1)
        {
            // Two: the caller and the cache. Whoever else wants the page from the cache needs pagecache_lock.
            await PagecacheLock.Lock();
            isExclusive = page.Count.Glance == 2;
            await PagecacheLock.Unlock();
        }

        await SwapInfoPut();
        return isExclusive;
    }

    /// <summary>
    /// unuse_pte(): replaces an entry by the page, clean: the page itself is dirty, so a pte that maps it already need
    /// not be touched. Called with mmlist_lock or a reference to the mm, and page_table_lock: may not sleep.
    /// </summary>
    private async KTask UnusePte(Vma vma, int address, SwapEntry entry, Page page)
    {
        Cell<Pte> ptep = vma.Mm.Pte(address);
        if (ptep.Value != Pte.Swapped(entry))
        {
            return;
        }

        await page.Count.Add(1);
        ptep.Value = Pte.Map(page).MakeOld();
        await SwapFree(entry);
        vma.Mm.Rss++;
    }

    /// <summary>unuse_process(): goes through all of an address space, although it may hold the entry but once.</summary>
    private async KTask UnuseProcess(MmStruct mm, SwapEntry entry, Page page)
    {
        await mm.PageTableLock.Lock();
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                await UnusePte(vma, address, entry, page);
            }
        }

        await mm.PageTableLock.Unlock();
    }

    /// <summary>
    /// find_next_to_unuse(): the next slot in use, going round once; -1 if the area is empty. Takes no lock: nobody gives
    /// out slots of the area, so one that was free stays free.
    /// </summary>
    private async KTask<int> FindNextToUnuse(SwapArea area, int previous)
    {
        await Smp.Point();
        for (int i = 1; i <= area.Slots; i++)
        {
            int offset = (previous + i) % area.Slots;
            if (area.Map.Glance(offset) != 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>
    /// "We completely avoid races by reading each swap page in advance, and then search for the process using it." 0, or
    /// -ENOMEM. Entries that the walk misses, in a fork or a munmap, are met again on the next round.
    /// </summary>
    private async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        // The address space that held the previous entry is likely to hold this one; null for init_mm.
        MmStruct? startMm = null;
        int error = 0;
        int offset = -1;
        while ((offset = await FindNextToUnuse(area, offset)) >= 0)
        {
            SwapEntry entry = area.EntryOf(offset);
            Page? page = await ReadSwapCacheAsync(current, entry);
            if (page is null)
            {
                // Either the slot has been freed meanwhile, or there is no memory.
                if (area.Map.Glance(offset) == 0)
                {
                    continue;
                }

                error = Errno.NoMem;
                break;
            }

            // Don't hold on to start_mm if it looks like exiting. mmput may sleep, which it must not between the deletion
            // from the cache and the end of the walk.
            if (startMm is not null && await startMm.Users.Read() == 1)
            {
                await MmPut(startMm);
                startMm = null;
            }

            // Out of the cache, so that try_to_swap_out won't bump the count; dirty, so that it preserves the page.
            await page.Lock.Lock();
            if (page.IsSwapCache)
            {
                await DeleteFromSwapCache(page);
            }

            page.IsDirty = true;
            await page.Lock.Unlock();
            startMm = await RemoveReferences(area.Map, offset, startMm, entry, page);
            await PageCacheRelease(page);

            // Make sure that we aren't completely killing interactive performance.
            await Smp.Schedule();
        }

        if (startMm is not null)
        {
            await MmPut(startMm);
        }

        return error;
    }

    /// <summary>
    /// The middle of try_to_unuse(): removes all references to the entry, without blocking, beginning with start_mm.
    /// Returns where to begin next time, with a reference: the first address space that had the entry, not the last, as
    /// parents come before their children on the list and have to be visited before them.
    /// </summary>
    private async KTask<MmStruct?> RemoveReferences(SwapMap map, int offset, MmStruct? startMm, SwapEntry entry, Page page)
    {
        int count = map.Glance(offset);
        if (count != 0 && startMm is not null)
        {
            await UnuseProcess(startMm, entry, page);
        }

        if (map.Glance(offset) == 0)
        {
            return startMm;
        }

        bool setsStartMm = map.Glance(offset) >= count;
        MmStruct? newStartMm = startMm;
        await _mmListLock.Lock();
        MmStruct? mm = startMm;
        while (map.Glance(offset) != 0)
        {
            mm = mm is null ? _mmList.First : _mmList.After(mm);
            if (mm == startMm)
            {
                break;
            }

            count = map.Glance(offset);
            if (mm is null)
            {
                // init_mm has no address space to search: this is where shared memory's turn comes.
                setsStartMm = true;
            }
            else
            {
                await UnuseProcess(mm, entry, page);
            }

            if (setsStartMm && map.Glance(offset) < count)
            {
                newStartMm = mm;
                setsStartMm = false;
            }
        }

        // An mm on the list has a user: mmput takes it off under mmlist_lock, in the moment in which the last one goes.
        if (newStartMm is not null)
        {
            await newStartMm.Users.Add(1);
        }

        await _mmListLock.Unlock();
        if (startMm is not null)
        {
            await MmPut(startMm);
        }

        return newStartMm;
    }

    /// <summary>sys_swapoff().</summary>
    private async KTask<int> SysSwapoff(TaskStruct current, SwapArea area)
    {
        // user_path_walk().
        await Smp.Sleep();
        await Bkl.Lock();
        await SwapListLock.Lock();
        if (!area.IsWriteOk)
        {
            await SwapListLock.Unlock();
            await Bkl.Unlock();
            return Errno.Inval;
        }

        area.IsWriteOk = false;
        _globals.NrSwapPages.Value -= area.Slots;
        await SwapListLock.Unlock();

        int error = await TryToUnuse(current, area);
        await SwapListLock.Lock();
        if (error != 0)
        {
            // Re-insert swap space back into swap_list: entries that have moved stay moved.
            _globals.NrSwapPages.Value += area.Slots;
            area.IsWriteOk = true;
            await SwapListLock.Unlock();
            await Bkl.Unlock();
            return error;
        }

        await SwapDeviceLock.Lock();
        _globals.Max.Value = 0;
        area.IsUsed = false;
        await SwapInfoPut();
        area.Map.Free();
        await Bkl.Unlock();
        return 0;
    }

    /// <summary>sys_swapon(): the area comes back with its old number, and with whatever is on it now.</summary>
    private async KTask<int> SysSwapon(SwapArea area)
    {
        await Bkl.Lock();
        await SwapListLock.Lock();
        if (area.IsUsed)
        {
            await SwapListLock.Unlock();
            await Bkl.Unlock();
            return Errno.Busy;
        }

        area.IsUsed = true;
        await SwapListLock.Unlock();

        // The path, vmalloc, and the header has to be read.
        await Smp.Sleep();
        area.SwitchOn();
        await SwapListLock.Lock();
        await SwapDeviceLock.Lock();
        _globals.Max.Value = area.Slots;
        _globals.NrSwapPages.Value += area.Slots;
        area.IsWriteOk = true;
        await SwapInfoPut();
        await Bkl.Unlock();
        return 0;
    }
}
