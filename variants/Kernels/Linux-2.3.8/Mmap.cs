using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mmap.c and arch/i386/kernel/ptrace.c</content>
public partial class Linux2_3_8
{
    /// <summary>
    /// exit_mmap(): takes the list of mappings away first and zaps them then, so that whoever looks for their entries
    /// meanwhile finds no mapping. Takes no mmap_sem.
    /// </summary>
    protected virtual async KTask ExitMmap(MmStruct mm)
    {
        Vma? mpnt = mm.Mmap;
        mm.Mmap = null;
        mm.Rss = 0;
        while (mpnt is not null)
        {
            Vma? next = mpnt.Next;
            mm.MapCount--;
            await Unmap(mpnt);
            RemoveSharedVma(mpnt);
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

    /// <summary>insert_vm_struct(): puts a mapping into the list, by address, and into its file's.</summary>
    protected static void InsertVma(MmStruct mm, Vma vma)
    {
        mm.Link(vma);
        mm.MapCount++;
        vma.File?.Link(vma);
    }

    /// <summary>remove_shared_vm_struct(): takes a mapping off its file's list.</summary>
    protected static void RemoveSharedVma(Vma vma) => vma.File?.Unlink(vma);

    /// <summary>vm_ops->unmap: what a file does with the mapping's pages before they are zapped. Nothing, for a private one.</summary>
    protected virtual KTask Unmap(Vma vma) => KTask.Completed;

    /// <summary>mmap(MAP_FIXED) of one page, private unless <paramref name="shared"/>.</summary>
    protected async KTask<int> SysMmap(TaskStruct current, int address, Inode? file, int offset = 0, bool shared = false)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapSem.Down();
        await Bkl.Lock();
        int error = Errno.NoMem;
        Vma? vma = await AllocVma(current);
        if (vma is not null)
        {
            await DoMunmap(mm, address);
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            vma.File = file;
            vma.Offset = offset;
            if (shared)
            {
                vma.Flags |= VmFlags.Shared;
            }

            InsertVma(mm, vma);
            error = 0;
        }

        await Bkl.Unlock();
        await mm.MmapSem.Up();
        return error;
    }

    /// <summary>munmap() of one page.</summary>
    private async KTask<int> SysMunmap(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapSem.Down();
        await Bkl.Lock();
        await DoMunmap(mm, address);
        await Bkl.Unlock();
        await mm.MmapSem.Up();
        return 0;
    }

    /// <summary>
    /// do_munmap(): takes the mapping off the list, then zaps it. Between the two its entries cannot be found. A
    /// mapping is one page here, so nothing of it remains to be put back.
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
        await Unmap(vma);
        RemoveSharedVma(vma);
        await ZapPageRange(mm, vma.Start, vma.End);
        vma.Free();
    }

    /// <summary>True if ptrace keeps the mmap_sem for the fault: 2.3.8 does not.</summary>
    protected virtual bool PtraceHoldsMmapSem => false;

    /// <summary>
    /// sys_ptrace(PTRACE_PEEKDATA): the tracee is stopped, other threads of its address space are not. The mmap_sem is
    /// held to find the vma, and not for the fault.
    /// </summary>
    private async KTask<int> SysPtracePeek(TaskStruct current, TaskStruct tracee, int address)
    {
        await Bkl.Lock();
        MmStruct? mm = tracee.Mm;
        if (mm is null || tracee == current)
        {
            await Bkl.Unlock();
            return Errno.Srch;
        }

        await mm.MmapSem.Down();
        Vma? vma = mm.FindVma(address);
        int error = Errno.Io;
        if (vma is not null && vma.Start <= address)
        {
            if (!PtraceHoldsMmapSem)
            {
                await mm.MmapSem.Up();
            }

            error = await GetLong(current, tracee, vma, address);
            if (PtraceHoldsMmapSem)
            {
                await mm.MmapSem.Up();
            }
        }
        else
        {
            await mm.MmapSem.Up();
        }

        await Bkl.Unlock();
        return error;
    }

    /// <summary>get_long(): faults until the page is there; nothing sleeps between the look and the read.</summary>
    private async KTask<int> GetLong(TaskStruct current, TaskStruct tracee, Vma vma, int address)
    {
        while (true)
        {
            Pte pte = vma.Mm.Pte(address).Value;
            if (pte.IsPresent)
            {
                current.Peeked = M.Pages[pte.PageIndex].Content;
                return 0;
            }

            if (!await HandleMmFault(tracee, vma, address, write: false) || tracee.IsKilled)
            {
                return Errno.Io;
            }
        }
    }
}
