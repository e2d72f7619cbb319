using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/memory.c and arch/i386/mm/fault.c</content>
public partial class Linux2_3_8
{
    /// <summary>do_page_fault().</summary>
    public virtual async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapSem.Down();
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            await mm.MmapSem.Up();
            return Fault.SegmentationFault;
        }

        bool handled = await HandleMmFault(current, vma, address, write);
        await mm.MmapSem.Up();
        if (current.IsKilled)
        {
            return Fault.OutOfMemory;
        }

        return handled ? Fault.Handled : Fault.BusError;
    }

    /// <summary>
    /// handle_mm_fault() and handle_pte_fault(): called with the mmap_sem held, but for ptrace. False means SIGBUS.
    /// </summary>
    protected async KTask<bool> HandleMmFault(TaskStruct tsk, Vma vma, int address, bool write)
    {
        await Bkl.Lock();
        Cell<Pte> ptep = vma.Mm.Pte(address);
        Pte entry = ptep.Value;
        if (!entry.IsPresent)
        {
            if (entry.IsNone)
            {
                return await DoNoPage(tsk, vma, ptep, address, write);
            }

            if (entry.IsSwap)
            {
                await SwapIn(tsk, vma, ptep, entry.Entry, write);
                await Bkl.Unlock();
                return true;
            }

            // BAD_PAGE: the page was lost, and the task has been killed for it.
            await Bkl.Unlock();
            tsk.IsKilled = true;
            return true;
        }

        entry = entry.MakeYoung();
        ptep.Value = entry;
        if (write)
        {
            if (!entry.IsWritable)
            {
                return await DoWpPage(tsk, vma, ptep, entry);
            }

            ptep.Value = entry.MakeDirty();
        }

        await Bkl.Unlock();
        return true;
    }

    /// <summary>
    /// do_no_page() and do_anonymous_page(): releases the big kernel lock. Looks again at what it found before it
    /// slept, for the sake of ptrace, which comes here without the mmap_sem: a vma that has gone is no longer its business.
    /// </summary>
    protected virtual async KTask<bool> DoNoPage(TaskStruct tsk, Vma vma, Cell<Pte> ptep, int address, bool write)
    {
        MmStruct mm = vma.Mm;
        Page? page;
        if (vma.File is null)
        {
            page = await GetFreePage(tsk);
            if (page is not null)
            {
                page.Content = 0;
            }
        }
        else
        {
            page = await FilemapNopage(tsk, vma, address, noShare: write);
        }

        bool handled = page is not null;
        if (page is not null)
        {
            handled = ReferenceEquals(mm.FindVma(address), vma);
            if (handled && ptep.Value.IsNone)
            {
                mm.Rss++;
                ptep.Value = Pte.Map(page, write, dirty: write);
            }
            else
            {
                FreePage(page);
            }
        }

        await Bkl.Unlock();
        return handled;
    }

    /// <summary>
    /// do_wp_page(): a write to a page that is mapped read-only. Takes the page over if nobody else has it, copies it
    /// if somebody does. Releases the big kernel lock.
    /// </summary>
    private async KTask<bool> DoWpPage(TaskStruct tsk, Vma vma, Cell<Pte> ptep, Pte pte)
    {
        Page? fresh = await GetFreePage(tsk);

        // Did swap_out() unmap the protected page while we slept? The accessed bit does not count here as it did in the
        // kernel: with a handful of pages, reclaim for our own page ages this very pte each time, and we'd never end.
        if (ptep.Value.MakeYoung() != pte)
        {
            goto end_wp_page;
        }

        Page page = M.Pages[pte.PageIndex];
        int count = page.Count.Value;
        if (count == 2 && page.IsSwapCache && SwapCount(page.Entry) == 1 && !page.Lock.IsLocked)
        {
            // Locked would mean a transfer, which counts as a user of page and slot.
            await DeleteFromSwapCache(page);
            count = 1;
        }

        if (count == 1)
        {
            ptep.Value = pte.MakeWritable().MakeDirty();
            goto end_wp_page;
        }

        if (fresh is null)
        {
            await Bkl.Unlock();
            return false;
        }

        fresh.Content = page.Content;
        ptep.Value = Pte.Map(fresh, write: true, dirty: true);
        await Bkl.Unlock();
        await FreePageUnlocked(page);
        return true;

    end_wp_page:
        if (fresh is not null)
        {
            FreePage(fresh);
        }

        await Bkl.Unlock();
        return true;
    }

    /// <summary>
    /// Copies the entries of one vma to the child, which shares every page from here. Called with the parent's
    /// mmap_sem and the big kernel lock; does not sleep here, as page-table pages are not modelled.
    /// </summary>
    protected void CopyPageRange(MmStruct dst, MmStruct src, Vma vma)
    {
        for (int address = vma.Start; address < vma.End; address++)
        {
            Pte pte = src.Pte(address).Value;
            if (pte.IsSwap)
            {
                SwapDuplicate(pte.Entry);
                dst.Pte(address).Value = pte;
            }
            else if (!pte.IsPresent)
            {
                dst.Pte(address).Value = pte;
            }
            else
            {
                pte = pte.WriteProtect();
                src.Pte(address).Value = pte;
                dst.Pte(address).Value = pte.MakeOld();
                M.Pages[pte.PageIndex].Count.AddUnderLock(1);
            }
        }
    }

    /// <summary>zap_page_range(): clears entries and lets go of what they held. Sleeps while a page is locked.</summary>
    protected async KTask ZapPageRange(MmStruct mm, int start, int end)
    {
        for (int address = start; address < end; address++)
        {
            Cell<Pte> ptep = mm.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsNone)
            {
                continue;
            }

            ptep.Value = default;
            if (pte.IsPresent)
            {
                mm.Rss--;
                await FreePageAndSwapCache(M.Pages[pte.PageIndex]);
            }
            else if (pte.IsSwap)
            {
                SwapFree(pte.Entry);
            }
        }
    }

    /// <summary>
    /// Zaps what every mapping of the file has beyond its new end, private copies too, present or swapped out. Nobody's
    /// mmap_sem is held.
    /// </summary>
    private async KTask Vmtruncate(Inode file, int size)
    {
        for (Vma? vma = file.Mmap; vma is not null; vma = vma.NextShared)
        {
            int first = Math.Min(vma.Start + size, vma.End);
            await ZapPageRange(vma.Mm, first, vma.End);
        }
    }
}
