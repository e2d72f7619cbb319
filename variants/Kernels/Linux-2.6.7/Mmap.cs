using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mmap.c and kernel/ptrace.c</content>
public partial class Linux2_6_7
{
    /// <summary>
    /// exit_mmap(): nobody else uses the address space, but reclaim may still find its pages, until anon_vma_unlink().
    /// Takes no mmap_sem.
    /// </summary>
    private async KTask ExitMmap(MmStruct mm)
    {
        await mm.PageTableLock.Lock();
        for (Vma? mapped = mm.Mmap; mapped is not null; mapped = mapped.Next)
        {
            await ZapPteRange(mm, mapped.Start, mapped.End);
        }

        Vma? vma = mm.Mmap;
        mm.Mmap = null;
        mm.MapCount = 0;
        mm.Rss = 0;
        mm.PageTableLock.UnlockNow();

        // Walk the list again, actually closing and freeing it without holding any MM locks.
        while (vma is not null)
        {
            Vma? next = vma.Next;
            await RemoveVmStruct(vma);
            vma = next;
        }

        // The last anon_vma_unlink(): whoever is in try_to_unmap() gets out first. One lock stands for all, so once will do.
        await _anonVmaLock.Lock();
        _anonVmaLock.UnlockNow();
    }

    /// <summary>remove_vm_struct(): closes a mapping that is on no list of the address space any more.</summary>
    private async KTask RemoveVmStruct(Vma vma)
    {
        if (vma.File is { } file)
        {
            await file.SharedLock.Lock();
            file.Unlink(vma);
            file.SharedLock.UnlockNow();

            // fput() may be the last.
            await Smp.Sleep();
        }

        vma.Free();
    }

    /// <summary>vma_link(): puts a mapping into the list, by address, and into its file's. Called with the mmap_sem.</summary>
    private async KTask InsertVma(MmStruct mm, Vma vma)
    {
        VmaLink(mm, vma);
        if (vma.File is { } file)
        {
            await file.SharedLock.Lock();
            file.Link(vma);
            file.SharedLock.UnlockNow();
        }
    }

    /// <summary>do_mmap_pgoff(MAP_PRIVATE | MAP_FIXED) of one page: clears old maps first, whatever becomes of the new.</summary>
    private async KTask<int> SysMmap(TaskStruct current, int address, Inode? file)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        await DoMunmap(mm, address);
        Vma? vma = await AllocVma(current);
        if (vma is not null)
        {
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            vma.File = file;
            await InsertVma(mm, vma);
        }

        await mm.MmapRwSem.UpWrite();
        return vma is null ? Errno.NoMem : 0;
    }

    /// <summary>sys_munmap() of one page.</summary>
    private async KTask<int> SysMunmap(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        await DoMunmap(mm, address);
        await mm.MmapRwSem.UpWrite();
        return 0;
    }

    /// <summary>
    /// do_munmap(): takes the mapping off the list, then zaps it. A mapping is one page here, so nothing of it remains.
    /// Called with the mmap_sem for writing, which keeps swapoff's walk out.
    /// </summary>
    private async KTask DoMunmap(MmStruct mm, int address)
    {
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            return;
        }

        mm.Unlink(vma);
        mm.MapCount--;
        await mm.PageTableLock.Lock();
        await ZapPteRange(mm, vma.Start, vma.End);
        mm.PageTableLock.UnlockNow();
        await RemoveVmStruct(vma);
    }

    /// <summary>
    /// sys_ptrace(PTRACE_PEEKDATA), access_process_vm() and get_user_pages(): as a fault of the tracee's, with its
    /// mmap_sem and a reference to its address space; the page is read with no lock but a reference.
    /// </summary>
    private async KTask<int> SysPtracePeek(TaskStruct current, TaskStruct tracee, int address)
    {
        MmStruct? mm = tracee == current ? null : await GetTaskMm(tracee);
        if (mm is null)
        {
            return Errno.Srch;
        }

        await mm.MmapRwSem.DownRead();
        Page? page = await GetUserPage(current, mm, address);
        if (page is not null)
        {
            current.Peeked = page.Content;
            await PageCacheRelease(page);
        }

        await mm.MmapRwSem.UpRead();
        await MmPut(mm);
        return page is null ? Errno.Io : 0;
    }

    /// <summary>get_user_pages() of one page, to read it: null if it cannot be had.</summary>
    private async KTask<Page?> GetUserPage(TaskStruct current, MmStruct mm, int address)
    {
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            return null;
        }

        await mm.PageTableLock.Lock();
        while (!mm.Pte(address).Value.IsPresent)
        {
            mm.PageTableLock.UnlockNow();
            if (await HandleMmFault(current, mm, vma, address, write: false) != Fault.Handled)
            {
                return null;
            }

            await mm.PageTableLock.Lock();
        }

        Page page = M.Pages[mm.Pte(address).Value.PageIndex];
        page.Count.AddNow(1);
        mm.PageTableLock.UnlockNow();
        return page;
    }
}
