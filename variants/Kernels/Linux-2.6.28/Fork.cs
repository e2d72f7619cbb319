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

    /// <summary>
    /// dup_mmap(): the parent's pages become read-only one by one, and CPUs may go on storing to them until the flush at
    /// the end.
    /// </summary>
    private protected override async KTask<int> DupMmap(TaskStruct current, MmStruct mm, MmStruct oldmm)
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
            tmp.Offset = mpnt.Offset;
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
    private protected override async KTask MmPut(MmStruct mm)
    {
        if (await mm.Users.Add(-1) == 0)
        {
            await ExitMmap(mm);
            mm.Free();
        }
    }
}
