using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>What handle_mm_fault() and those below it return.</summary>
public enum VmFault
{
    /// <summary>The access may be tried again.</summary>
    Done,

    /// <summary>VM_FAULT_RETRY: whatever kept the vma has been given up, or never was there; begin anew.</summary>
    Retry,

    /// <summary>VM_FAULT_SIGBUS.</summary>
    Sigbus,

    /// <summary>VM_FAULT_OOM.</summary>
    Oom,
}

/// <summary>A page fault under way: struct vm_fault, before it had that name.</summary>
/// <param name="Task">Whose.</param>
/// <param name="Vma">In which mapping, as it was found.</param>
/// <param name="Address">At which page.</param>
/// <param name="Write">FAULT_FLAG_WRITE.</param>
/// <param name="AllowRetry">FAULT_FLAG_ALLOW_RETRY: the mmap_sem may be dropped to wait for a page, and then Retry is returned.</param>
/// <param name="Speculative">Nothing keeps the vma: it must be validated before anything is believed.</param>
/// <param name="Sequence">What vm_sequence was when the vma was found, of a speculative fault.</param>
/// <param name="Flags">What vm_flags were then, of a speculative fault.</param>
/// <param name="Table">The page table that was found then, of a speculative fault.</param>
public readonly record struct FaultContext(
    TaskStruct Task,
    Vma Vma,
    int Address,
    bool Write,
    bool AllowRetry = false,
    bool Speculative = false,
    int Sequence = 0,
    VmFlags Flags = VmFlags.None,
    PageTable? Table = null)
{
    /// <summary>vma->vm_mm.</summary>
    public MmStruct Mm => Vma.Mm;

    /// <summary>vma->vm_flags, or what they were when they were looked at.</summary>
    public VmFlags VmaFlags => Speculative ? Flags : Vma.FlagsOnce;
}

/// <content>mm/memory.c</content>
public partial class Linux2_6_28
{
    /// <summary>False if a fault that lost its vma returns with what it had allocated and locked.</summary>
    protected virtual bool CleansUpAfterLostRace => true;

    /// <summary>
    /// Called with the ptl, before a pte is installed or changed: Done if the vma is what it was when the fault began.
    /// With the mmap_sem it always is.
    /// </summary>
    protected virtual VmFault Validate(FaultContext fault) => VmFault.Done;

    /// <summary>pte_offset_map_lock(): finds the table anew and takes its ptl. Null if the fault must begin anew.</summary>
    protected virtual async KTask<PageTable?> PteMapLock(FaultContext fault)
    {
        PageTable table = fault.Mm.Pmd(fault.Address).Once!;
        table.Touch("spin_lock of the ptl");
        await table.Lock.Lock();
        table.Touch("spin_lock of the ptl");
        return table;
    }

    /// <summary>Called with the ptl before do_wp_page() drops it to allocate.</summary>
    protected virtual KTask VmaGet(Vma vma) => KTask.Completed;

    /// <summary>Called once do_wp_page() has the ptl again.</summary>
    protected virtual KTask VmaPut(Vma vma) => KTask.Completed;

    /// <summary>handle_mm_fault(): allocates what page tables are missing.</summary>
    protected async KTask<VmFault> HandleMmFault(FaultContext fault)
    {
        if (!await PteAlloc(fault.Task, fault.Mm, fault.Address))
        {
            return VmFault.Oom;
        }

        // pte_offset_map()
        Cell<PageTable?> pmd = fault.Mm.Pmd(fault.Address);
        return await HandlePteFault(fault, pmd.Once!.Pte(fault.Address).Value);
    }

    /// <summary>handle_pte_fault(): goes by the pte that was found without a lock, and looks again with it.</summary>
    protected async KTask<VmFault> HandlePteFault(FaultContext fault, Pte entry)
    {
        if (!entry.IsPresent)
        {
            return fault.Vma.File is null ? await DoAnonymousPage(fault) : await DoFault(fault);
        }

        PageTable? table = await PteMapLock(fault);
        if (table is null)
        {
            return VmFault.Retry;
        }

        VmFault lost = Validate(fault);
        if (lost != VmFault.Done)
        {
            await table.Lock.Unlock();
            return lost;
        }

        Cell<Pte> ptep = table.Pte(fault.Address);
        if (ptep.Value == entry)
        {
            if (fault.Write && !entry.IsWritable)
            {
                return await DoWpPage(fault, table, entry);
            }

            ptep.Value = fault.Write ? entry.MakeYoung().MakeDirty() : entry.MakeYoung();
        }

        await table.Lock.Unlock();
        return VmFault.Done;
    }

    /// <summary>do_anonymous_page().</summary>
    private async KTask<VmFault> DoAnonymousPage(FaultContext fault)
    {
        if (!await AnonVmaPrepare(fault.Task, fault.Vma))
        {
            return VmFault.Oom;
        }

        Page? page = await AllocPage(fault.Task);
        if (page is null)
        {
            return VmFault.Oom;
        }

        page.Content = 0;

        // The permissions go into the entry before the lock is taken.
        Pte entry = MkPte(page, fault);
        PageTable? table = await PteMapLock(fault);
        VmFault lost = table is null ? VmFault.Retry : Validate(fault);
        if (lost != VmFault.Done)
        {
            if (table is not null)
            {
                await table.Lock.Unlock();
            }

            if (CleansUpAfterLostRace)
            {
                await PutPage(page);
            }

            return lost;
        }

        Cell<Pte> ptep = table!.Pte(fault.Address);
        bool isFree = ptep.Value.IsNone;
        if (isFree)
        {
            IncMmCounter(fault);
            PageAddNewAnonRmap(page, fault.Vma);
            await LruCacheAdd(page);
            ptep.Value = entry;
        }

        await table.Lock.Unlock();
        if (!isFree)
        {
            await PutPage(page);
        }

        return VmFault.Done;
    }

    /// <summary>mk_pte() with vm_page_prot, and maybe_mkwrite().</summary>
    protected static Pte MkPte(Page page, FaultContext fault)
    {
        bool writable = (fault.VmaFlags & VmFlags.Write) != 0;
        return Pte.Map(page, writable, dirty: fault.Write);
    }

    /// <summary>__do_fault() of a private mapping: the file's page stays locked until it, or the copy, is mapped.</summary>
    private async KTask<VmFault> DoFault(FaultContext fault)
    {
        (Page? page, VmFault failed) = await FilemapFault(fault);
        if (page is null)
        {
            return failed;
        }

        Page? copy = null;
        if (fault.Write)
        {
            copy = await AnonVmaPrepare(fault.Task, fault.Vma) ? await AllocPage(fault.Task) : null;
            if (copy is null)
            {
                await page.Lock.Unlock();
                await PutPage(page);
                return VmFault.Oom;
            }

            copy.Content = page.Content;
        }

        PageTable table = (await PteMapLock(fault))!;
        VmFault lost = Validate(fault);
        if (lost != VmFault.Done)
        {
            await table.Lock.Unlock();
            if (CleansUpAfterLostRace)
            {
                await page.Lock.Unlock();
                await PutPage(page);
                if (copy is not null)
                {
                    await PutPage(copy);
                }
            }

            return lost;
        }

        Cell<Pte> ptep = table.Pte(fault.Address);
        bool isFree = ptep.Value.IsNone;
        if (isFree && copy is not null)
        {
            IncMmCounter(fault);
            PageAddNewAnonRmap(copy, fault.Vma);
            await LruCacheAdd(copy);
            ptep.Value = MkPte(copy, fault);
        }
        else if (isFree)
        {
            IncMmCounter(fault);
            _mapCount[page.Index].AddNow(1);
            ptep.Value = Pte.Map(page);
        }

        await table.Lock.Unlock();
        await page.Lock.Unlock();
        if (copy is not null && !isFree)
        {
            await PutPage(copy);
        }

        if (copy is not null || !isFree)
        {
            await PutPage(page);
        }

        return VmFault.Done;
    }

    /// <summary>
    /// do_wp_page(): a store to a page that is mapped read-only. Takes the page over if nobody else maps it, otherwise
    /// copies it. Called with the ptl, and drops it.
    /// </summary>
    private async KTask<VmFault> DoWpPage(FaultContext fault, PageTable table, Pte orig)
    {
        Page old = M.Pages[orig.PageIndex];
        if (PageAnon(old) && await old.Lock.TryLock())
        {
            // can_share_swap_page(), where there is no swap.
            bool reuse = await _mapCount[old.Index].Read() == 1;
            await old.Lock.Unlock();
            if (reuse)
            {
                Pte entry = orig.MakeYoung().MakeDirty();
                table.Pte(fault.Address).Value = (fault.VmaFlags & VmFlags.Write) != 0 ? entry.MakeWritable() : entry;
                await table.Lock.Unlock();
                return VmFault.Done;
            }
        }

        // Ok, we need to copy. Oh, well..
        await old.Count.Add(1);
        await VmaGet(fault.Vma);
        await table.Lock.Unlock();
        Page? fresh = await AnonVmaPrepare(fault.Task, fault.Vma) ? await AllocPage(fault.Task) : null;
        if (fresh is null)
        {
            await PutPage(old);
            return VmFault.Oom;
        }

        fresh.Content = old.Content;
        await Smp.Sleep();

        // The sleep is that of mem_cgroup_charge(). Re-check the pte - we dropped the lock.
        PageTable? again = await PteMapLock(fault);
        if (again is null)
        {
            await PutPage(fresh);
            await PutPage(old);
            return VmFault.Retry;
        }

        await VmaPut(fault.Vma);
        Page spare = fresh;
        Cell<Pte> ptep = again.Pte(fault.Address);
        if (ptep.Value == orig)
        {
            // ptep_clear_flush(): from here no CPU uses the old page, and only then may it lose its mapping.
            ptep.Value = default;
            Tlb.FlushPage(fault.Mm, fault.Address);
            PageAddNewAnonRmap(fresh, fault.Vma);
            await LruCacheAdd(fresh);
            ptep.Value = MkPte(fresh, fault);
            PageRemoveRmap(old);
            spare = old;
        }

        await again.Lock.Unlock();
        await PutPage(spare);
        await PutPage(old);
        return VmFault.Done;
    }

    /// <summary>copy_page_range(): the child shares every page from here. False if there is no memory for its tables.</summary>
    private async KTask<bool> CopyPageRange(TaskStruct tsk, MmStruct dst, MmStruct src, Vma vma)
    {
        // Don't copy ptes where a page fault will fill them correctly.
        if (Anon.Of(vma).Once is null)
        {
            return true;
        }

        int copied = 0;
        for (int address = vma.StartOnce; address < vma.EndOnce; address++)
        {
            PageTable? from = src.Pmd(address).Once;
            if (from is null)
            {
                continue;
            }

            if (!await PteAlloc(tsk, dst, address))
            {
                return false;
            }

            PageTable to = dst.Pmd(address).Once!;
            await to.Lock.Lock();
            await from.Lock.LockNested();
            Cell<Pte> ptep = from.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsPresent)
            {
                pte = pte.WriteProtect();
                ptep.Value = pte;
                Page page = M.Pages[pte.PageIndex];
                page.Count.AddNow(1);
                _mapCount[page.Index].AddNow(1);
                copied++;
                to.Pte(address).Value = pte.MakeClean().MakeOld();
            }

            from.Lock.UnlockNow();
            await to.Lock.Unlock();
        }

        AddMmRss(dst, copied);
        return true;
    }

    /// <summary>zap_page_range(): takes the pages out of the page tables; <see cref="FinishMmu"/> frees them.</summary>
    private async KTask ZapPageRange(MmStruct mm, int start, int end)
    {
        int address = start;
        while (address < end)
        {
            // pmd_addr_end()
            int next = Math.Min(end, (mm.TableOf(address) + 1) * mm.TableEntries);
            if (mm.Pmd(address).Once is { } table)
            {
                await ZapPteRange(mm, table, address, next);
            }

            address = next;
        }
    }

    /// <summary>zap_pte_range(): ptes of one table, under its lock.</summary>
    private async KTask ZapPteRange(MmStruct mm, PageTable table, int start, int end)
    {
        await table.Lock.Lock();
        int zapped = 0;
        for (int address = start; address < end; address++)
        {
            Cell<Pte> ptep = table.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsPresent)
            {
                Page page = M.Pages[pte.PageIndex];
                ptep.Value = default;
                PageRemoveRmap(page);
                _gathered[Smp.ProcessorId].Add(page);
                zapped++;
            }
        }

        AddMmRss(mm, -zapped);
        await table.Lock.Unlock();
    }

    /// <summary>
    /// free_pgtables(): takes away the tables that no mapping but those from <paramref name="start"/> to
    /// <paramref name="end"/> needs; <see cref="FinishMmu"/> frees them.
    /// </summary>
    private async KTask FreePgtables(MmStruct mm, int start, int end, int floor, int ceiling)
    {
        for (int table = mm.TableOf(start); table <= mm.TableOf(end - 1); table++)
        {
            int first = table * mm.TableEntries;
            if (first < floor || first + mm.TableEntries > ceiling || mm.Pmd(first).Once is null)
            {
                continue;
            }

            await mm.PageTableLock.Lock();
            _gathered[Smp.ProcessorId].Add(mm.Pmd(first).Value!);
            mm.Pmd(first).Value = null;
            await mm.PageTableLock.Unlock();
        }
    }

    /// <summary>tlb_finish_mmu(): no CPU remembers anything from here, so what was gathered is freed.</summary>
    private async KTask FinishMmu(MmStruct mm)
    {
        Tlb.FlushMm(mm);
        MmuGather gathered = _gathered[Smp.ProcessorId];
        while (gathered.NextTable() is { } table)
        {
            FreePageTable(table);
        }

        // release_pages()
        while (gathered.NextPage() is { } page)
        {
            await PutPage(page, inBatch: true);
        }

        await EndRelease();
    }

    /// <summary>pte_free_tlb(), after the flush.</summary>
    protected virtual void FreePageTable(PageTable table) => table.Free();

    /// <summary>pte_alloc_map(): the page table of an address, unless it is there already. False if there is no memory.</summary>
    private KTask<bool> PteAlloc(TaskStruct tsk, MmStruct mm, int address)
    {
        Cell<PageTable?> pmd = mm.Pmd(address);
        return pmd.Once is not null ? new(true) : PteAlloc(tsk, mm, pmd);
    }

    /// <summary>__pte_alloc().</summary>
    private async KTask<bool> PteAlloc(TaskStruct tsk, MmStruct mm, Cell<PageTable?> pmd)
    {
        await Smp.Sleep();
        if (!Machine.MayAllocate(tsk))
        {
            return false;
        }

        PageTable fresh = _pageTables.Take();
        await mm.PageTableLock.Lock();
        bool isMissing = pmd.Value is null;
        if (isMissing)
        {
            pmd.Value = fresh;
        }

        await mm.PageTableLock.Unlock();
        if (!isMissing)
        {
            fresh.Free();
        }

        return true;
    }
}
