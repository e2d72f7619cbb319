using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/memory.c and arch/i386/mm/fault.c</content>
public partial class Linux2_6_7
{
    /// <summary>do_page_fault(): holds the mmap_sem for reading throughout.</summary>
    public virtual async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownRead();
        Vma? vma = mm.FindVma(address);
        Fault fault = Fault.SegmentationFault;
        if (vma is not null && vma.Start <= address)
        {
            fault = await HandleMmFault(current, mm, vma, address, write);
        }

        await mm.MmapRwSem.UpRead();
        return fault == Fault.OutOfMemory && !FaultsKill && !current.SawAllocationFail ? Fault.Handled : fault;
    }

    /// <summary>As in <see cref="Linux5_1"/>: up to 5.15, whether or not an allocation has failed.</summary>
    private protected virtual bool FaultsKill => true;

    /// <summary>handle_mm_fault() and handle_pte_fault().</summary>
    private protected async KTask<Fault> HandleMmFault(TaskStruct tsk, MmStruct mm, Vma vma, int address, bool write)
    {
        await mm.PageTableLock.Lock();
        Cell<Pte> ptep = mm.Pte(address);
        Pte entry = ptep.Value;
        if (!entry.IsPresent)
        {
            if (!entry.IsNone)
            {
                return await DoSwapPage(tsk, mm, address, ptep, entry, write);
            }

            return vma.File is { } file
                ? await DoNoPage(tsk, mm, address, ptep, file, vma.FilePage(address), write)
                : await DoAnonymousPage(tsk, mm, address, ptep, write);
        }

        if (write)
        {
            if (!entry.IsWritable)
            {
                return await DoWpPage(tsk, mm, address, ptep, entry);
            }

            entry = entry.MakeDirty();
        }

        ptep.Value = entry.MakeYoung();
        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <summary>
    /// do_swap_page(): brings a page back. Takes and drops the page_table_lock; waits for the page with the mmap_sem
    /// held. Under the page lock a single look at the pte tells whether somebody was faster.
    /// </summary>
    private protected virtual async KTask<Fault> DoSwapPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte orig, bool write)
    {
        SwapEntry entry = orig.Entry;
        mm.PageTableLock.UnlockNow();
        Page? page = await LookupSwapCache(entry);
        if (page is null)
        {
            await SwapinReadahead(tsk, entry);
            page = await ReadSwapCacheAsync(tsk, entry);
            if (page is null)
            {
                // Back out if somebody else faulted in this pte while we released the page table lock.
                await mm.PageTableLock.Lock();
                Fault fault = ptep.Value == orig ? Fault.OutOfMemory : Fault.Handled;
                mm.PageTableLock.UnlockNow();
                return fault;
            }
        }

        await page.Lock.Lock();
        await mm.PageTableLock.Lock();
        if (ptep.Value != orig)
        {
            mm.PageTableLock.UnlockNow();
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            return Fault.Handled;
        }

        await SwapFree(entry);
        if (VmSwapFull())
        {
            await RemoveExclusiveSwapPage(page);
        }

        mm.Rss++;
        Pte pte = Pte.Map(page);
        if (write && await CanShareSwapPage(page))
        {
            pte = pte.MakeWritable().MakeDirty();
            write = false;
        }

        await page.Lock.Unlock();
        ptep.Value = pte;
        await PageAddAnonRmap(page, address);
        if (write)
        {
            return await DoWpPage(tsk, mm, address, ptep, pte);
        }

        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <summary>
    /// do_wp_page(): a write to a page that is mapped read-only. Takes the page over if nobody else has it, copies it
    /// if somebody does, or if it is locked. Drops the page_table_lock.
    /// </summary>
    private protected virtual async KTask<Fault> DoWpPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte pte)
    {
        Page old = M.Pages[pte.PageIndex];
        if (await old.Lock.TryLock())
        {
            bool reuse = await CanShareSwapPage(old);
            await old.Lock.Unlock();
            if (reuse)
            {
                ptep.Value = pte.MakeYoung().MakeWritable().MakeDirty();
                mm.PageTableLock.UnlockNow();
                return Fault.Handled;
            }
        }

        // Ok, we need to copy. Oh, well..
        await old.Count.Add(1);
        mm.PageTableLock.UnlockNow();
        Page? fresh = await AllocPage(tsk);
        if (fresh is null)
        {
            await PageCacheRelease(old);
            return Fault.OutOfMemory;
        }

        fresh.Content = old.Content;

        // Re-check the pte - we dropped the lock.
        await mm.PageTableLock.Lock();
        Page spare = fresh;
        if (ptep.Value == pte)
        {
            await PageRemoveRmap(old);
            ptep.Value = Pte.Map(fresh, write: true, dirty: true);
            await PageAddAnonRmap(fresh, address);
            spare = old;
        }

        await PageCacheRelease(spare);
        await PageCacheRelease(old);
        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <summary>do_anonymous_page(): drops the page_table_lock.</summary>
    private async KTask<Fault> DoAnonymousPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, bool write)
    {
        mm.PageTableLock.UnlockNow();
        Page? page = await AllocPage(tsk);
        if (page is null)
        {
            return Fault.OutOfMemory;
        }

        page.Content = 0;
        await mm.PageTableLock.Lock();
        await MapNewPage(mm, address, ptep, page, write);
        return Fault.Handled;
    }

    /// <summary>
    /// do_no_page(): drops the page_table_lock. A truncation that it meets makes it get the page again; truncate_count
    /// tells.
    /// </summary>
    private async KTask<Fault> DoNoPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Inode file, int index, bool write)
    {
        mm.PageTableLock.UnlockNow();
        int sequence = await _globals.TruncateCount.Read();
        while (true)
        {
            (Page? page, Fault fault) = await FilemapNopage(tsk, file, index);
            if (page is null)
            {
                return fault;
            }

            if (write)
            {
                // Early C-O-W break.
                Page? copy = await AllocPage(tsk);
                if (copy is null)
                {
                    await PageCacheRelease(page);
                    return Fault.OutOfMemory;
                }

                copy.Content = page.Content;
                await PageCacheRelease(page);
                page = copy;
            }

            await mm.PageTableLock.Lock();
            int now = _globals.TruncateCount.Glance;
            if (now == sequence)
            {
                await MapNewPage(mm, address, ptep, page, write);
                return Fault.Handled;
            }

            sequence = now;
            mm.PageTableLock.UnlockNow();
            await PageCacheRelease(page);
        }
    }

    /// <summary>
    /// What do_no_page() and do_anonymous_page() end with: maps the page, unless a thread was faster. Drops the
    /// page_table_lock.
    /// </summary>
    private async KTask MapNewPage(MmStruct mm, int address, Cell<Pte> ptep, Page page, bool write)
    {
        if (ptep.Value.IsNone)
        {
            mm.Rss++;
            ptep.Value = Pte.Map(page, write, dirty: write);
            await PageAddNewRmap(page, address);
        }
        else
        {
            await PageCacheRelease(page);
        }

        mm.PageTableLock.UnlockNow();
    }

    /// <summary>
    /// copy_page_range(): the child shares every page and entry from here. Called with the child's page_table_lock,
    /// takes the parent's. False if there is no memory.
    /// </summary>
    private async KTask<bool> CopyPageRange(MmStruct dst, MmStruct src, Vma vma)
    {
        await src.PageTableLock.LockNested();
        for (int address = vma.Start; address < vma.End; address++)
        {
            if (!await CopyOnePte(dst, dst.Pte(address), src.Pte(address)))
            {
                src.PageTableLock.UnlockNow();
                return false;
            }
        }

        src.PageTableLock.UnlockNow();
        return true;
    }

    /// <summary>copy_one_pte(). Called with both page_table_locks. False if it needs memory and there is none.</summary>
    private protected virtual async KTask<bool> CopyOnePte(MmStruct dst, Cell<Pte> to, Cell<Pte> from)
    {
        Pte pte = from.Value;
        if (pte.IsSwap)
        {
            await SwapDuplicate(pte.Entry);
            to.Value = pte;
        }
        else if (pte.IsPresent)
        {
            pte = pte.WriteProtect();
            from.Value = pte;
            Page page = M.Pages[pte.PageIndex];
            page.Count.AddNow(1);
            dst.Rss++;
            to.Value = pte.MakeOld();
            await PageAddRmap(page);
        }

        return true;
    }

    /// <summary>unmap_vmas() of one range: clears entries and lets go of what they held. Called with page_table_lock.</summary>
    private async KTask ZapPteRange(MmStruct mm, int start, int end)
    {
        for (int address = start; address < end; address++)
        {
            Cell<Pte> ptep = mm.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsNone)
            {
                continue;
            }

            pte = Pte.GetAndClear(ptep);
            if (pte.IsSwap)
            {
                await FreeSwapAndCache(pte.Entry);
                continue;
            }

            if (pte.IsMigration)
            {
                // Whoever moves the page has its reference.
                continue;
            }

            Page page = M.Pages[pte.PageIndex];
            if (pte.IsDirty)
            {
                page.IsDirty = true;
            }

            mm.Rss--;
            await PageRemoveRmap(page);
            await FreePageAndSwapCache(page);
        }
    }

    /// <summary>
    /// vmtruncate() and unmap_mapping_range(): zaps what every mapping of the file has beyond its new end, private
    /// copies too, present or swapped out. Nobody's mmap_sem is held.
    /// </summary>
    private async KTask Vmtruncate(Inode file, int size)
    {
        file.Size = size;
        await file.SharedLock.Lock();
        _globals.TruncateCount.AddNow(1);
        for (Vma? vma = file.Mmap; vma is not null; vma = vma.NextShared)
        {
            int first = vma.Start + size;
            if (first < vma.End)
            {
                await vma.Mm.PageTableLock.Lock();
                await ZapPteRange(vma.Mm, first, vma.End);
                vma.Mm.PageTableLock.UnlockNow();
            }
        }

        file.SharedLock.UnlockNow();
        await TruncateInodePages(file, size);
    }
}
