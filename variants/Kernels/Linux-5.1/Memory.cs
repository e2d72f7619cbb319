using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/memory.c and arch/x86/mm/fault.c</content>
public partial class Linux5_1
{
    /// <summary>vm_fault_t.</summary>
    private enum VmFault
    {
        /// <summary>The access may be tried again.</summary>
        Done,

        /// <summary>VM_FAULT_RETRY: the mmap_sem was dropped to wait for a page.</summary>
        Retry,

        /// <summary>VM_FAULT_SIGBUS.</summary>
        Sigbus,

        /// <summary>VM_FAULT_OOM.</summary>
        Oom,
    }

    /// <summary>do_user_addr_fault(): holds the mmap_sem for reading, but for a wait for a page, once.</summary>
    public virtual async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        bool allowRetry = true;
    retry:
        await mm.MmapRwSem.DownRead();
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            await mm.MmapRwSem.UpRead();
            return Fault.SegmentationFault;
        }

        VmFault fault = await HandleMmFault(current, vma, address, write, allowRetry);
        if (fault == VmFault.Retry)
        {
            allowRetry = false;
            goto retry;
        }

        await mm.MmapRwSem.UpRead();
        if (fault == VmFault.Sigbus)
        {
            return Fault.BusError;
        }

        return fault == VmFault.Oom && (FaultsKill || current.SawAllocationFail) ? Fault.OutOfMemory : Fault.Handled;
    }

    /// <summary>
    /// pagefault_out_of_memory(), as it was up to 5.15: VM_FAULT_OOM calls the OOM killer, whether or not an allocation has
    /// failed. do_swap_page() says so, too, when the slot was freed while it looked and the pte has since got the same entry
    /// anew.
    /// </summary>
    protected virtual bool FaultsKill => true;

    /// <summary>handle_pte_fault(): goes by the pte that it finds without a lock, and looks again with it.</summary>
    private async KTask<VmFault> HandleMmFault(TaskStruct tsk, Vma vma, int address, bool write, bool allowRetry)
    {
        MmStruct mm = vma.Mm;
        Cell<Pte> ptep = mm.Pte(address);
        Pte orig = ptep.Value;
        if (orig.IsNone)
        {
            return vma.File is null
                ? await DoAnonymousPage(tsk, vma, address, ptep, write)
                : await DoFault(tsk, vma, address, write, allowRetry);
        }

        if (orig.IsSwap)
        {
            return await DoSwapPage(tsk, vma, address, ptep, orig, write, allowRetry);
        }

        await mm.PageTableLock.Lock();
        if (ptep.Value == orig)
        {
            if (write && !orig.IsWritable)
            {
                return await DoWpPage(tsk, vma, address, ptep, orig);
            }

            ptep.Value = write ? orig.MakeYoung().MakeDirty() : orig.MakeYoung();
        }

        await mm.PageTableLock.Unlock();
        return VmFault.Done;
    }

    /// <summary>
    /// lock_page_or_retry(): waits for the page without the mmap_sem, if the caller can begin anew. False if it has to.
    /// </summary>
    private static async KTask<bool> LockPageOrRetry(Page page, MmStruct mm, bool allowRetry)
    {
        if (!allowRetry)
        {
            await page.Lock.Lock();
            return true;
        }

        if (await page.Lock.TryLock())
        {
            return true;
        }

        await mm.MmapRwSem.UpRead();
        await page.Lock.Wait();
        return false;
    }

    /// <summary>
    /// do_swap_page(): brings a page back. What is found in the swap cache is worth something only once it is locked and
    /// still there, and the pte has not changed.
    /// </summary>
    private async KTask<VmFault> DoSwapPage(TaskStruct tsk, Vma vma, int address, Cell<Pte> ptep, Pte orig, bool write, bool allowRetry)
    {
        MmStruct mm = vma.Mm;
        SwapEntry entry = orig.Entry;
        Page? page = await LookupSwapCache(entry) ?? await SwapinReadahead(tsk, entry);
        if (page is null)
        {
            // Back out if somebody else faulted in this pte while we released the pte lock.
            await mm.PageTableLock.Lock();
            VmFault lost = ptep.Value == orig ? VmFault.Oom : VmFault.Done;
            mm.PageTableLock.UnlockNow();
            return lost;
        }

        if (!await LockPageOrRetry(page, mm, allowRetry))
        {
            await PutPage(page);
            return VmFault.Retry;
        }

        // Make sure try_to_free_swap or reuse_swap_page or swapoff did not release the swapcache from under us.
        if (!page.IsSwapCache || page.Entry != entry)
        {
            goto out_page;
        }

        await mm.PageTableLock.Lock();
        if (ptep.Value != orig)
        {
            await mm.PageTableLock.Unlock();
            goto out_page;
        }

        Pte pte = Pte.Map(page);
        if (write && await ReuseSwapPage(page))
        {
            pte = pte.MakeWritable().MakeDirty();
            write = false;
        }

        ptep.Value = pte;
        PageSetAnonRmap(page, address);
        await _mapCount[page.Index].Add(1);
        await SwapFree(entry);
        if (VmSwapFull())
        {
            await TryToFreeSwap(page);
        }

        await page.Lock.Unlock();
        if (write)
        {
            return await DoWpPage(tsk, vma, address, ptep, pte);
        }

        await mm.PageTableLock.Unlock();
        return VmFault.Done;

    out_page:
        await page.Lock.Unlock();
        await PutPage(page);
        return VmFault.Done;
    }

    /// <summary>
    /// do_wp_page(): a write to a page that is mapped read-only. Takes the page over if nobody else has it, copies it if
    /// somebody does. Called with the page table lock, and drops it.
    /// </summary>
    private async KTask<VmFault> DoWpPage(TaskStruct tsk, Vma vma, int address, Cell<Pte> ptep, Pte orig)
    {
        MmStruct mm = vma.Mm;
        Page old = M.Pages[orig.PageIndex];
        if (PageAnon(old))
        {
            if (!await old.Lock.TryLock())
            {
                await old.Count.Add(1);
                await mm.PageTableLock.Unlock();
                await old.Lock.Lock();
                await mm.PageTableLock.Lock();
                bool same = ptep.Value == orig;
                if (!same)
                {
                    await old.Lock.Unlock();
                    await mm.PageTableLock.Unlock();
                }

                await PutPage(old);
                if (!same)
                {
                    return VmFault.Done;
                }
            }

            bool reuse = await ReuseSwapPage(old);
            await old.Lock.Unlock();
            if (reuse)
            {
                ptep.Value = orig.MakeYoung().MakeWritable().MakeDirty();
                await mm.PageTableLock.Unlock();
                return VmFault.Done;
            }
        }

        // Ok, we need to copy. Oh, well..
        await old.Count.Add(1);
        await mm.PageTableLock.Unlock();
        return await WpPageCopy(tsk, vma, address, ptep, orig, old);
    }

    /// <summary>wp_page_copy(): called with a reference to the page, and gives it up.</summary>
    private async KTask<VmFault> WpPageCopy(TaskStruct tsk, Vma vma, int address, Cell<Pte> ptep, Pte orig, Page old)
    {
        MmStruct mm = vma.Mm;
        AnonVmaPrepare(vma);
        Page? fresh = await AllocPage(tsk);
        if (fresh is null)
        {
            await PutPage(old);
            return VmFault.Oom;
        }

        fresh.Content = old.Content;

        // Re-check the pte - we dropped the lock.
        await mm.PageTableLock.Lock();
        Page spare = fresh;
        if (ptep.Value == orig)
        {
            PageAddNewAnonRmap(fresh, address);
            ptep.Value = Pte.Map(fresh, write: true, dirty: true);

            // Only after switching the pte to the new page may we remove the mapcount here: others may reuse the old page.
            _mapCount[old.Index].AddNow(-1);
            spare = old;
        }

        await PutPage(spare);
        await mm.PageTableLock.Unlock();
        await PutPage(old);
        return VmFault.Done;
    }

    /// <summary>do_anonymous_page().</summary>
    private async KTask<VmFault> DoAnonymousPage(TaskStruct tsk, Vma vma, int address, Cell<Pte> ptep, bool write)
    {
        AnonVmaPrepare(vma);
        Page? page = await AllocPage(tsk);
        if (page is null)
        {
            return VmFault.Oom;
        }

        page.Content = 0;
        await vma.Mm.PageTableLock.Lock();
        bool mapped = ptep.Value.IsNone;
        if (mapped)
        {
            PageAddNewAnonRmap(page, address);
            ptep.Value = Pte.Map(page, write, dirty: write);
        }

        vma.Mm.PageTableLock.UnlockNow();
        if (!mapped)
        {
            await PutPage(page);
        }

        return VmFault.Done;
    }

    /// <summary>
    /// do_read_fault() and do_cow_fault(), with alloc_set_pte(): the file's page stays locked until it, or the copy, is
    /// mapped, so that truncate finds it.
    /// </summary>
    private async KTask<VmFault> DoFault(TaskStruct tsk, Vma vma, int address, bool write, bool allowRetry)
    {
        MmStruct mm = vma.Mm;
        Page? copy = null;
        if (write)
        {
            AnonVmaPrepare(vma);
            copy = await AllocPage(tsk);
            if (copy is null)
            {
                return VmFault.Oom;
            }
        }

        (Page? page, VmFault fault) = await FilemapFault(tsk, vma, vma.FilePage(address), allowRetry);
        if (page is null)
        {
            if (copy is not null)
            {
                await PutPage(copy);
            }

            return fault;
        }

        if (copy is not null)
        {
            copy.Content = page.Content;
        }

        Cell<Pte> ptep = mm.Pte(address);
        await mm.PageTableLock.Lock();
        bool mapped = ptep.Value.IsNone;
        if (mapped)
        {
            ptep.Value = Pte.Map(copy ?? page, write, dirty: write);
            if (copy is not null)
            {
                PageAddNewAnonRmap(copy, address);
            }
            else
            {
                _mapCount[page.Index].AddNow(1);
            }
        }

        mm.PageTableLock.UnlockNow();
        await page.Lock.Unlock();
        if (copy is not null && !mapped)
        {
            await PutPage(copy);
        }

        if (copy is not null || !mapped)
        {
            await PutPage(page);
        }

        return VmFault.Done;
    }

    /// <summary>
    /// copy_pte_range(): the child shares every page and entry from here. A swap entry puts the child on mmlist, behind its
    /// parent.
    /// </summary>
    private async KTask CopyPageRange(MmStruct dst, MmStruct src, Vma vma)
    {
        await dst.PageTableLock.Lock();
        await src.PageTableLock.LockNested();
        for (int address = vma.Start; address < vma.End; address++)
        {
            Cell<Pte> ptep = src.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsSwap)
            {
                await SwapDuplicate(pte.Entry);
                if (!_mmlist.Holds(dst))
                {
                    await _mmlistLock.Lock();
                    _mmlist.InsertAfter(src, dst);
                    _mmlistLock.UnlockNow();
                }

                dst.Pte(address).Value = pte;
            }
            else if (pte.IsPresent)
            {
                pte = pte.WriteProtect();
                ptep.Value = pte;
                Page page = M.Pages[pte.PageIndex];
                page.Count.AddNow(1);
                await _mapCount[page.Index].Add(1);
                dst.Pte(address).Value = pte.MakeClean().MakeOld();
            }
        }

        await src.PageTableLock.Unlock();
        await dst.PageTableLock.Unlock();
    }

    /// <summary>zap_pte_range() of one page, and what tlb_finish_mmu() does for it.</summary>
    private async KTask ZapPte(MmStruct mm, int address)
    {
        Cell<Pte> ptep = mm.Pte(address);
        await mm.PageTableLock.Lock();
        Pte pte = ptep.Value;
        if (pte.IsPresent)
        {
            Page page = M.Pages[pte.PageIndex];
            ptep.Value = default;
            _mapCount[page.Index].AddNow(-1);
            await mm.PageTableLock.Unlock();
            await FreePageAndSwapCache(page);
            return;
        }

        if (pte.IsSwap)
        {
            await FreeSwapAndCache(ptep);
        }

        await mm.PageTableLock.Unlock();
    }

    /// <summary>
    /// unmap_mapping_range(even_cows): zaps what every mapping of the file has from a page on, private copies too, present
    /// or swapped out. Nobody's mmap_sem is held.
    /// </summary>
    private async KTask UnmapMappingRange(Inode file, int from)
    {
        await _iMmapLock.DownWrite();
        for (Vma? vma = file.Mmap; vma is not null; vma = vma.NextShared)
        {
            for (int address = vma.Start + from; address < vma.End; address++)
            {
                await ZapPte(vma.Mm, address);
            }
        }

        await _iMmapLock.UpWrite();
    }
}
