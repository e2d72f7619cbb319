using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mmap.c and kernel/ptrace.c</content>
public partial class Linux5_1
{
    /// <summary>
    /// exit_mmap(): mm_users is 0, so nobody faults, forks or unuses here any more; but reclaim and truncate may still
    /// find the address space, until its vmas are off their lists. Takes no mmap_sem.
    /// </summary>
    private async KTask ExitMmap(MmStruct mm)
    {
        bool hadAnonVma = false;
        for (Vma? mapped = mm.Mmap; mapped is not null; mapped = mapped.Next)
        {
            await UnmapVma(mapped);
            hadAnonVma |= mapped.HasAnonVma;
        }

        if (hadAnonVma)
        {
            // One lock stands for all, so once will do.
            await UnlinkAnonVmas();
        }

        Vma? vma = mm.Mmap;
        while (vma is not null)
        {
            Vma? next = vma.Next;
            await UnlinkFile(vma);
            vma.Free();
            vma = next;
        }

        mm.Mmap = null;
        mm.MapCount = 0;
    }

    /// <summary>unlink_anon_vmas(): whoever is in try_to_unmap(), and may have found a vma of ours, gets out first.</summary>
    private async KTask UnlinkAnonVmas()
    {
        await _anonVmaLock.DownWrite();
        await _anonVmaLock.UpWrite();
    }

    /// <summary>unmap_single_vma(): a vma that never was faulted in has no page table.</summary>
    private async KTask UnmapVma(Vma vma)
    {
        if (!vma.HasAnonVma && vma.File is null)
        {
            return;
        }

        for (int address = vma.Start; address < vma.End; address++)
        {
            await ZapPte(vma.Mm, address);
        }
    }

    /// <summary>__vma_link_file(): under i_mmap_rwsem.</summary>
    private async KTask LinkFile(Vma vma)
    {
        if (vma.File is { } file)
        {
            await _iMmapLock.DownWrite();
            file.Link(vma);
            await _iMmapLock.UpWrite();
        }
    }

    /// <summary>unlink_file_vma(): under i_mmap_rwsem.</summary>
    private async KTask UnlinkFile(Vma vma)
    {
        if (vma.File is not { } file)
        {
            return;
        }

        await _iMmapLock.DownWrite();
        file.Unlink(vma);
        await _iMmapLock.UpWrite();
    }

    /// <summary>mmap_region(MAP_PRIVATE | MAP_FIXED) of one page: clears old maps first, whatever becomes of the new.</summary>
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
            VmaLink(mm, vma);
            await LinkFile(vma);
        }

        await mm.MmapRwSem.UpWrite();
        return vma is null ? Errno.NoMem : 0;
    }

    /// <summary>__vm_munmap() of one page.</summary>
    private async KTask<int> SysMunmap(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        await DoMunmap(mm, address);
        await mm.MmapRwSem.UpWrite();
        return 0;
    }

    /// <summary>
    /// __do_munmap(): takes the mapping off the list, then zaps it. A mapping is one page here, so nothing of it
    /// remains. Called with the mmap_sem for writing, which keeps swapoff's walk out.
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
        await UnmapVma(vma);

        // free_pgtables().
        if (vma.HasAnonVma)
        {
            await UnlinkAnonVmas();
        }

        await UnlinkFile(vma);
        vma.Free();
    }

    /// <summary>
    /// ptrace_access_vm() and get_user_pages_remote(): as a fault of the tracee's, with its mmap_sem and a reference to
    /// its address space; the page is read with no lock but a reference.
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
            await PutPage(page);
        }

        await mm.MmapRwSem.UpRead();
        await MmPut(mm);
        return page is null ? Errno.Io : 0;
    }

    /// <summary>__get_user_pages() of one page, to read it: null if it cannot be had.</summary>
    private async KTask<Page?> GetUserPage(TaskStruct current, MmStruct mm, int address)
    {
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            return null;
        }

        while (true)
        {
            // follow_page_pte()
            await mm.PageTableLock.Lock();
            Pte pte = mm.Pte(address).Value;
            Page? page = pte.IsPresent ? M.Pages[pte.PageIndex] : null;
            page?.Count.AddNow(1);
            mm.PageTableLock.UnlockNow();
            if (page is not null)
            {
                return page;
            }

            if (await HandleMmFault(current, vma, address, write: false, allowRetry: false) != VmFault.Done)
            {
                return null;
            }
        }
    }
}
