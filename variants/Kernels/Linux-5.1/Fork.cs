using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/fork.c</content>
public partial class Linux5_1
{
    /// <summary>
    /// dup_mmap(): holds both mmap_sems, so that swapoff waits for it in either address space. The child is on no list
    /// until it gets a swap entry.
    /// </summary>
    private protected override async KTask<int> DupMmap(TaskStruct current, MmStruct mm, MmStruct oldmm)
    {
        await oldmm.MmapRwSem.DownWrite();
        await mm.MmapRwSem.DownWriteNested();
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

            // anon_vma_fork()
            tmp.HasAnonVma = mpnt.HasAnonVma;
            await LinkFile(tmp);
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
            if (mpnt.HasAnonVma)
            {
                // Don't copy ptes where a page fault will fill them correctly.
                await CopyPageRange(mm, oldmm, tmp);
            }
        }

        await mm.MmapRwSem.UpWrite();
        await oldmm.MmapRwSem.UpWrite();
        return error;
    }

    /// <summary>mmput(): swapoff may be the last user, too.</summary>
    private protected override async KTask MmPut(MmStruct mm)
    {
        if (await mm.Users.Add(-1) == 0)
        {
            await MmPutLast(mm);
        }
    }

    /// <summary>
    /// __mmput(): the address space goes off mmlist only after exit_mmap(), so that whoever walks the list must expect
    /// one without users.
    /// </summary>
    private async KTask MmPutLast(MmStruct mm)
    {
        await ExitMmap(mm);
        if (_mmlist.Holds(mm))
        {
            await _mmlistLock.Lock();
            if (_mmlist.Holds(mm))
            {
                // Otherwise drain_mmlist() was faster, and the list_del() does nothing.
                _mmlist.Delete(mm);
            }

            _mmlistLock.UnlockNow();
        }

        mm.Free();
    }

    /// <summary>get_task_mm(): the address space of another task, with a reference; null if it has exited.</summary>
    private async KTask<MmStruct?> GetTaskMm(TaskStruct task)
    {
        await TaskLock.Lock();
        MmStruct? mm = task.Mm;
        mm?.Users.AddNow(1);
        TaskLock.UnlockNow();
        return mm;
    }
}
