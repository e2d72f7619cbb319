using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/memory.c and arch/i386/mm/fault.c</content>
public partial class Linux2_4_10
{
    /// <summary>What handle_mm_fault() returns.</summary>
    private enum FaultResult
    {
        OutOfMemory = -1,
        Sigbus = 0,
        Minor = 1,
        Major = 2,
    }

    /// <summary>do_page_fault(): the mmap_sem is held for reading, so threads of an address space fault side by side.</summary>
    public virtual async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownRead();
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            await mm.MmapRwSem.UpRead();
            return Fault.SegmentationFault;
        }

        FaultResult result = await HandleMmFault(current, vma, address, write);
        await mm.MmapRwSem.UpRead();
        return result switch
        {
            FaultResult.OutOfMemory => Fault.OutOfMemory,
            FaultResult.Sigbus => Fault.BusError,
            _ => Fault.Handled,
        };
    }

    /// <summary>handle_mm_fault() and handle_pte_fault(): called with the mmap_sem.</summary>
    private async KTask<FaultResult> HandleMmFault(TaskStruct current, Vma vma, int address, bool write)
    {
        MmStruct mm = vma.Mm;
        Cell<Pte> ptep = mm.Pte(address);
        await mm.PageTableLock.Lock();
        Pte entry = ptep.Value;
        if (entry.IsNone)
        {
            // It returns without page_table_lock, unlike the others.
            return vma.File is null
                ? await DoAnonymousPage(current, mm, ptep, write)
                : await DoNoPage(current, vma, ptep, address, write);
        }

        FaultResult result = FaultResult.Minor;
        if (entry.IsSwap)
        {
            result = await DoSwapPage(current, mm, ptep, entry, write);
        }
        else if (write && !entry.IsWritable)
        {
            result = await DoWpPage(current, mm, ptep, entry);
        }
        else
        {
            ptep.Value = write ? entry.MakeYoung().MakeDirty() : entry.MakeYoung();
        }

        await mm.PageTableLock.Unlock();
        return result;
    }

    /// <summary>
    /// do_swap_page(): called and left with page_table_lock, which it drops to wait. What it found may have changed by
    /// then, so it looks again, with the page locked as well: from there nobody can take the page in or out of the cache.
    /// </summary>
    private async KTask<FaultResult> DoSwapPage(TaskStruct current, MmStruct mm, Cell<Pte> ptep, Pte original, bool write)
    {
        SwapEntry entry = original.Entry;
        FaultResult result = FaultResult.Minor;
        await mm.PageTableLock.Unlock();
        Page? page = await LookupSwapCache(entry);
        if (page is null)
        {
            await Bkl.Lock();
            await SwapinReadahead(current, entry);
            page = await ReadSwapCacheAsync(current, entry);
            await Bkl.Unlock();
            if (page is null)
            {
                // Back out if somebody else faulted in this pte while we released the page table lock.
                await mm.PageTableLock.Lock();
                return IsMeant(ptep.Value, original) || !RechecksFailedRead ? FaultResult.OutOfMemory : FaultResult.Minor;
            }

            result = FaultResult.Major;
        }

        // Freeze the "shared"ness of the page: it must be locked before our count on the slot is traded for one on it.
        await page.Lock.Lock();
        await mm.PageTableLock.Lock();
        if (!IsMeant(ptep.Value, original))
        {
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            return FaultResult.Minor;
        }

        mm.Rss++;
        await SwapFree(entry);
        Pte pte = await MapSwapPage(page, write);
        await page.Lock.Unlock();
        ptep.Value = pte;
        return result;
    }

    /// <summary>What do_swap_page() maps: a page that nobody else uses is the process's own from here, and out of the cache.</summary>
    private protected virtual async KTask<Pte> MapSwapPage(Page page, bool write)
    {
        Pte pte = Pte.Map(page);
        if (await ExclusiveSwapPage(page))
        {
            pte = pte.MakeWritable().MakeDirty();
            await DeleteFromSwapCache(page);
        }

        return pte;
    }

    /// <summary>Whether a fault that has slept still finds the pte for which it came: pte_same().</summary>
    private protected virtual bool IsMeant(Pte now, Pte original) => now == original;

    /// <summary>Whether a fault that got no page looks if somebody else has brought it in meanwhile.</summary>
    private protected virtual bool RechecksFailedRead => true;

    /// <summary>swapin_readahead(): starts reading the slots around the one that is needed, as far as they are in use.</summary>
    private async KTask SwapinReadahead(TaskStruct current, SwapEntry entry)
    {
        // valid_swaphandles().
        SwapArea area = M.Areas[entry.Area];
        int first = entry.Offset & ~(M.Size.Readahead - 1);
        int end = first;
        await SwapDeviceLock.Lock();
        while (end < first + M.Size.Readahead && end < _globals.Max.Value && area.Map[end] != 0)
        {
            if (ReadaheadPinsSlots)
            {
                area.Map[end]++;
            }

            end++;
        }

        await SwapDeviceLock.Unlock();
        for (int offset = first; offset < end; offset++)
        {
            Page? page = await ReadSwapCacheAsync(current, area.EntryOf(offset));
            if (page is not null)
            {
                await PageCacheRelease(page);
            }

            if (ReadaheadPinsSlots)
            {
                await SwapFree(area.EntryOf(offset));
            }
            else if (page is null)
            {
                break;
            }
        }
    }

    /// <summary>Whether valid_swaphandles() takes a share in each slot, as it did up to 2.4.9.</summary>
    private protected virtual bool ReadaheadPinsSlots => false;

    /// <summary>
    /// do_wp_page(): a write to a page that is mapped read-only. Takes the page over if nobody else has it, copies it if
    /// somebody may. Called and left with page_table_lock.
    /// </summary>
    private async KTask<FaultResult> DoWpPage(TaskStruct current, MmStruct mm, Cell<Pte> ptep, Pte pte)
    {
        Page page = M.Pages[pte.PageIndex];
        bool canReuse = false;
        switch (await page.Count.Read())
        {
            case 2 when page.IsSwapCacheUnlocked && await page.Lock.TryLock():
                // Looks again whether it is in the swap cache, now that it is locked.
                canReuse = await ExclusiveSwapPage(page);
                await page.Lock.Unlock();
                break;
            case 1:
                canReuse = true;
                break;
            default:
                break;
        }

        if (canReuse)
        {
            ptep.Value = pte.MakeYoung().MakeDirty().MakeWritable();
            return FaultResult.Minor;
        }

        // Ok, we need to copy. Oh, well..
        await page.Count.Add(1);
        await mm.PageTableLock.Unlock();
        Page? fresh = await AllocPage(current);
        if (fresh is null)
        {
            await PageCacheRelease(page);
            await mm.PageTableLock.Lock();
            return FaultResult.OutOfMemory;
        }

        fresh.Content = page.Content;
        await PageCacheRelease(page);

        // Re-check the pte - we dropped the lock.
        await mm.PageTableLock.Lock();
        if (ptep.Value == pte)
        {
            ptep.Value = Pte.Map(fresh, write: true, dirty: true);
            fresh = page;
        }

        await PageCacheRelease(fresh);
        return FaultResult.Minor;
    }

    /// <summary>do_anonymous_page(): called with page_table_lock, and left without.</summary>
    private async KTask<FaultResult> DoAnonymousPage(TaskStruct current, MmStruct mm, Cell<Pte> ptep, bool write)
    {
        await mm.PageTableLock.Unlock();
        Page? page = await AllocPage(current);
        if (page is null)
        {
            return FaultResult.OutOfMemory;
        }

        page.Content = 0;
        return await SetIfNone(mm, ptep, page, write, FaultResult.Minor);
    }

    /// <summary>do_no_page(): called with page_table_lock, and left without.</summary>
    private async KTask<FaultResult> DoNoPage(TaskStruct current, Vma vma, Cell<Pte> ptep, int address, bool write)
    {
        await vma.Mm.PageTableLock.Unlock();
        (Page? page, FaultResult error) = await FilemapNopage(current, vma.File!, vma.FilePage(address));
        if (page is null)
        {
            return error;
        }

        // Should we do an early C-O-W break?
        if (write)
        {
            Page? copy = await AllocPage(current);
            if (copy is null)
            {
                await PageCacheRelease(page);
                return FaultResult.OutOfMemory;
            }

            copy.Content = page.Content;
            await PageCacheRelease(page);
            page = copy;
        }

        return await SetIfNone(vma.Mm, ptep, page, write, FaultResult.Major);
    }

    /// <summary>Maps the page, unless a sibling thread was faster.</summary>
    private async KTask<FaultResult> SetIfNone(MmStruct mm, Cell<Pte> ptep, Page page, bool write, FaultResult result)
    {
        await mm.PageTableLock.Lock();
        if (ptep.Value.IsNone)
        {
            mm.Rss++;
            ptep.Value = Pte.Map(page, write, dirty: write);
        }
        else
        {
            await PageCacheRelease(page);
            result = FaultResult.Minor;
        }

        await mm.PageTableLock.Unlock();
        return result;
    }

    /// <summary>
    /// copy_page_range(): copies the entries of one vma to the child, which shares every page from here. Called with the
    /// child's page_table_lock, under which it takes the parent's: may not sleep, as page-table pages are not modelled.
    /// </summary>
    private async KTask CopyPageRange(MmStruct dst, MmStruct src, Vma vma)
    {
        await src.PageTableLock.LockNested();
        for (int address = vma.Start; address < vma.End; address++)
        {
            Cell<Pte> ptep = src.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsSwap)
            {
                await SwapDuplicate(pte.Entry);
                dst.Pte(address).Value = pte;
            }
            else if (pte.IsPresent)
            {
                pte = pte.WriteProtect();
                ptep.Value = pte;
                await M.Pages[pte.PageIndex].Count.Add(1);
                dst.Rss++;
                dst.Pte(address).Value = pte.MakeOld();
            }
        }

        await src.PageTableLock.Unlock();
    }

    /// <summary>zap_page_range(): clears entries and lets go of what they held. Does not sleep.</summary>
    private async KTask ZapPageRange(MmStruct mm, int start, int end)
    {
        await mm.PageTableLock.Lock();
        for (int address = start; address < end; address++)
        {
            Cell<Pte> ptep = mm.Pte(address);
            Pte pte = ptep.Value;
            ptep.Value = default;
            if (pte.IsPresent)
            {
                Page page = M.Pages[pte.PageIndex];
                if (pte.IsDirty && (page.IsSwapCacheUnlocked || page.FileIndex >= 0))
                {
                    page.IsDirty = true;
                }

                mm.Rss--;
                await PageCacheRelease(page);
            }
            else if (pte.IsSwap)
            {
                await SwapFree(pte.Entry);
            }
        }

        await mm.PageTableLock.Unlock();
    }

    /// <summary>
    /// vmtruncate(): zaps what every mapping of the file has beyond its new end, private copies too, present or swapped
    /// out. Nobody's mmap_sem is held; i_shared_lock keeps the mappings where they are.
    /// </summary>
    private async KTask Vmtruncate(Inode file, int size)
    {
        bool expands = file.Size < size;
        file.Size = size;
        if (expands)
        {
            return;
        }

        await file.SharedLock.Lock();
        for (Vma? vma = file.Mmap; vma is not null; vma = vma.NextShared)
        {
            int first = Math.Min(vma.Start + size, vma.End);
            if (first < vma.End)
            {
                await ZapPageRange(vma.Mm, first, vma.End);
            }
        }

        await file.SharedLock.Unlock();
        await TruncateInodePages(file, size);
    }
}
