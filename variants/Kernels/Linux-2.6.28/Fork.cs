using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/fork.c</content>
public partial class Linux2_6_28
{
    /// <summary>Called before anything of the parent's vma is copied, with its mmap_sem for writing.</summary>
    protected virtual KTask BeforeDuplicate(Vma mpnt) => KTask.Completed;

    /// <summary>Called before the ptes of the parent's vma are copied, with its mmap_sem for writing.</summary>
    protected virtual KTask BeforeCopy(Vma mpnt) => KTask.Completed;

    /// <summary>Called once every CPU knows that the parent's pages are read-only.</summary>
    protected virtual KTask AfterCopy(Vma mpnt) => KTask.Completed;

    /// <summary>do_fork(): returns the child's pid.</summary>
    private async KTask<int> DoFork(TaskStruct current, bool cloneVm)
    {
        TaskStruct? p = M.AllocTask(current);
        if (p is null)
        {
            return Errno.NoMem;
        }

        int error = await CopyMm(current, p, cloneVm);
        if (error != 0)
        {
            return error;
        }

        M.WakeUpProcess(p);
        return p.Pid;
    }

    private async KTask<int> CopyMm(TaskStruct current, TaskStruct tsk, bool cloneVm)
    {
        MmStruct oldmm = current.Mm!;
        if (cloneVm)
        {
            await oldmm.Users.Add(1);
            tsk.Mm = oldmm;
            return 0;
        }

        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        int error = await DupMmap(current, mm, oldmm);
        if (error != 0)
        {
            await MmPut(mm);
            return error;
        }

        tsk.Mm = mm;
        return 0;
    }

    /// <summary>
    /// dup_mmap(): the parent's pages become read-only one by one, and CPUs may go on storing to them until the flush at
    /// the end.
    /// </summary>
    private async KTask<int> DupMmap(TaskStruct current, MmStruct mm, MmStruct oldmm)
    {
        await oldmm.MmapRwSem.DownWrite();
        await mm.MmapRwSem.DownWriteNested();
        int error = 0;
        Vma? uncopied = oldmm.Mmap;
        for (Vma? mpnt = uncopied; mpnt is not null && error == 0; mpnt = mpnt.Next, uncopied = mpnt)
        {
            await BeforeDuplicate(mpnt);
            Vma? tmp = await AllocVma(current);
            if (tmp is null)
            {
                error = Errno.NoMem;
                break;
            }

            // *tmp = *mpnt
            tmp.Mm = mm;
            tmp.Start = mpnt.Start;
            tmp.End = mpnt.End;
            tmp.File = mpnt.File;
            tmp.Flags = mpnt.Flags & ~VmFlags.Locked;
            Anon.Of(tmp).Value = Anon.Of(mpnt).Value;
            Files.Of(tmp).Value = Files.Of(mpnt).Value;

            // mpol_dup() comes between the copy of the vma and that of its ptes.
            await Smp.Point();
            await AnonVmaLink(tmp);
            if (Files.Of(tmp).Value is { } file)
            {
                await file.Count.Add(1);
            }

            VmaLink(mm, tmp);
            await BeforeCopy(mpnt);
            if (!await CopyPageRange(current, mm, oldmm, mpnt))
            {
                error = Errno.NoMem;
            }
        }

        await mm.MmapRwSem.UpWrite();
        Tlb.FlushMm(oldmm);
        for (Vma? mpnt = oldmm.Mmap; mpnt != uncopied; mpnt = mpnt!.Next)
        {
            await AfterCopy(mpnt!);
        }

        await MmapWriteUnlock(oldmm);
        return error;
    }

    /// <summary>mmput().</summary>
    private async KTask MmPut(MmStruct mm)
    {
        if (await mm.Users.Add(-1) == 0)
        {
            await ExitMmap(mm);
            mm.Free();
        }
    }
}
