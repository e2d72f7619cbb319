using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/fork.c</content>
public partial class Linux2_6_7
{
    /// <summary>
    /// dup_mmap(): the child is on mmlist, right behind its parent, before it holds anything, and each vma is linked
    /// before its ptes are copied: so that swapoff, which visits the parent first, misses no entry.
    /// </summary>
    private protected override async KTask<int> DupMmap(TaskStruct current, MmStruct mm, MmStruct oldmm)
    {
        await oldmm.MmapRwSem.DownWrite();
        await _mmlistLock.Lock();
        _mmlist.InsertAfter(oldmm, mm);
        _mmlistLock.UnlockNow();

        int error = 0;
        Vma? last = null;
        for (Vma? mpnt = oldmm.Mmap; mpnt is not null; mpnt = mpnt.Next)
        {
            Vma? tmp = await AllocVma(current);
            if (tmp is null)
            {
                error = Errno.NoMem;
                break;
            }

            tmp.Mm = mm;
            tmp.Start = mpnt.Start;
            tmp.End = mpnt.End;
            tmp.File = mpnt.File;
            if (tmp.File is { } file)
            {
                // Insert tmp into the share list, just after mpnt: truncate, which goes along that list, then zaps what
                // is copied from a pte before it gets there.
                await file.SharedLock.Lock();
                tmp.NextShared = mpnt.NextShared;
                mpnt.NextShared = tmp;
                file.SharedLock.UnlockNow();
            }

            // Link in the new vma and copy the page table entries: under the child's page_table_lock, as swapoff and
            // reclaim can see it already. Its mmap_sem is free.
            await mm.PageTableLock.Lock();
            if (last is null)
            {
                mm.Mmap = tmp;
            }
            else
            {
                last.Next = tmp;
            }

            mm.MapCount++;
            last = tmp;
            bool copied = await CopyPageRange(mm, oldmm, tmp);
            mm.PageTableLock.UnlockNow();
            if (!copied)
            {
                error = Errno.NoMem;
                break;
            }
        }

        await oldmm.MmapRwSem.UpWrite();
        return error;
    }

    /// <summary>
    /// mmput(): the last user takes the address space off mmlist, so that swapoff does not find it any more, and then
    /// takes it down. atomic_dec_and_lock() as lib/dec_and_lock.c has it.
    /// </summary>
    private protected override async KTask MmPut(MmStruct mm)
    {
        await _mmlistLock.Lock();
        int users = mm.Users.AddUnderLock(-1);
        if (users == 0)
        {
            _mmlist.Delete(mm);
        }

        _mmlistLock.UnlockNow();
        if (users == 0)
        {
            await ExitMmap(mm);
            mm.Free();
        }
    }

    /// <summary>get_task_mm(): the address space of another task, with a reference; null if it is exiting.</summary>
    private async KTask<MmStruct?> GetTaskMm(TaskStruct task)
    {
        await TaskLock.Lock();
        MmStruct? mm = task.Mm;
        if (mm is not null)
        {
            await _mmlistLock.Lock();
            if (mm.Users.Value == 0)
            {
                mm = null;
            }
            else
            {
                mm.Users.AddUnderLock(1);
            }

            _mmlistLock.UnlockNow();
        }

        TaskLock.UnlockNow();
        return mm;
    }
}
