using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mmap.c and kernel/ptrace.c</content>
public partial class Linux2_4_10
{
    /// <summary>
    /// exit_mmap(): takes the list of mappings away first and zaps them then, so that whoever looks for their entries
    /// meanwhile finds no mapping. Takes no mmap_sem.
    /// </summary>
    private async KTask ExitMmap(MmStruct mm)
    {
        await mm.PageTableLock.Lock();
        Vma? mpnt = mm.Mmap;
        mm.Mmap = null;
        mm.Rss = 0;
        await mm.PageTableLock.Unlock();
        while (mpnt is not null)
        {
            Vma? next = mpnt.Next;
            mm.MapCount--;
            await RemoveSharedVma(mpnt);
            await ZapPageRange(mm, mpnt.Start, mpnt.End);
            if (mpnt.File is not null)
            {
                // fput() may be the last.
                await Smp.Sleep();
            }

            mpnt.Free();
            mpnt = next;
        }
    }

    /// <summary>
    /// vma_link(): puts a mapping into the list, by address, and into its file's. Called with the mmap_sem for writing;
    /// page_table_lock is for those who walk the list without it.
    /// </summary>
    private static async KTask VmaLink(MmStruct mm, Vma vma)
    {
        if (vma.File is { } file)
        {
            await file.SharedLock.Lock();
        }

        await mm.PageTableLock.Lock();
        mm.Link(vma);

        vma.File?.Link(vma);
        await mm.PageTableLock.Unlock();
        if (vma.File is not null)
        {
            await vma.File.SharedLock.Unlock();
        }

        mm.MapCount++;
    }

    /// <summary>remove_shared_vm_struct(): takes a mapping off its file's list.</summary>
    private static async KTask RemoveSharedVma(Vma vma)
    {
        if (vma.File is not { } file)
        {
            return;
        }

        await file.SharedLock.Lock();
        file.Unlink(vma);
        await file.SharedLock.Unlock();
    }

    /// <summary>do_mmap_pgoff(MAP_PRIVATE | MAP_FIXED) of one page: what was there goes, even if there is no memory then.</summary>
    private async KTask<int> SysMmap(TaskStruct current, int address, Inode? file)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = await DoMunmap(current, mm, address);
        if (error == 0)
        {
            Vma? vma = await AllocVma(current);
            if (vma is null)
            {
                error = Errno.NoMem;
            }
            else
            {
                vma.Mm = mm;
                vma.Start = address;
                vma.End = address + 1;
                vma.File = file;
                await VmaLink(mm, vma);
            }
        }

        await mm.MmapRwSem.UpWrite();
        return error;
    }

    /// <summary>munmap() of one page.</summary>
    private async KTask<int> SysMunmap(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = await DoMunmap(current, mm, address);
        await mm.MmapRwSem.UpWrite();
        return error;
    }

    /// <summary>
    /// do_munmap(): takes the mapping off the list under page_table_lock, then zaps it. Between the two its entries
    /// cannot be found, and swapoff comes round again. A mapping is one page here, so nothing of it remains to be put back,
    /// and the vma that is allocated for that is not needed.
    /// </summary>
    private async KTask<int> DoMunmap(TaskStruct current, MmStruct mm, int address)
    {
        Vma? mpnt = mm.FindVma(address);
        if (mpnt is null || mpnt.Start > address)
        {
            return 0;
        }

        Vma? extra = await AllocVma(current);
        if (extra is null)
        {
            return Errno.NoMem;
        }

        await mm.PageTableLock.Lock();
        mm.Unlink(mpnt);
        await mm.PageTableLock.Unlock();
        await RemoveSharedVma(mpnt);
        mm.MapCount--;
        await ZapPageRange(mm, mpnt.Start, mpnt.End);
        mpnt.Free();
        extra.Free();
        return 0;
    }

    /// <summary>
    /// sys_ptrace(PTRACE_PEEKDATA) and access_process_vm(): the address space is pinned and its mmap_sem held, for the
    /// fault too.
    /// </summary>
    private async KTask<int> SysPtracePeek(TaskStruct current, TaskStruct tracee, int address)
    {
        if (tracee == current)
        {
            return Errno.Srch;
        }

        // Worry about races with exit().
        await AllocLock(tracee).Lock();
        MmStruct? mm = tracee.Mm;
        if (mm is not null)
        {
            await mm.Users.Add(1);
        }

        await AllocLock(tracee).Unlock();
        if (mm is null)
        {
            return Errno.Srch;
        }

        await mm.MmapRwSem.DownRead();
        Vma? vma = mm.FindVma(address);
        bool copied = vma is not null && vma.Start <= address && await AccessOnePage(current, vma, address);
        await mm.MmapRwSem.UpRead();
        await MmPut(mm);
        return copied ? 0 : Errno.Io;
    }

    /// <summary>access_one_page(): faults until the page is there, and reads it through a reference of its own.</summary>
    private async KTask<bool> AccessOnePage(TaskStruct current, Vma vma, int address)
    {
        MmStruct mm = vma.Mm;
        while (true)
        {
            await mm.PageTableLock.Lock();
            Pte pte = mm.Pte(address).Value;
            if (pte.IsPresent)
            {
                Page page = M.Pages[pte.PageIndex];
                await page.Count.Add(1);
                await mm.PageTableLock.Unlock();
                current.Peeked = page.Content;
                await PageCacheRelease(page);
                return true;
            }

            await mm.PageTableLock.Unlock();
            if (await HandleMmFault(current, vma, address, write: false) <= FaultResult.Sigbus)
            {
                return false;
            }
        }
    }
}
