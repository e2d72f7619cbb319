using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/fork.c</content>
public partial class Linux2_4_10
{
    [Flags]
    private enum CloneFlags
    {
        None = 0,
        Vm = 1,
        Pid = 2,
    }

    /// <summary>do_fork(): returns the child's pid. CLONE_PID is only for the boot CPU's idle threads by now.</summary>
    private async KTask<int> DoFork(TaskStruct current, CloneFlags flags)
    {
        if (flags.HasFlag(CloneFlags.Pid))
        {
            return Errno.Perm;
        }

        await Smp.Sleep();
        TaskStruct? p = M.AllocTask(current);
        if (p is null)
        {
            return Errno.NoMem;
        }

        int error = await CopyMm(current, p, flags);
        if (error != 0)
        {
            return error;
        }

        M.WakeUpProcess(p);
        return p.Pid;
    }

    /// <summary>copy_mm(): gives the child its address space.</summary>
    private async KTask<int> CopyMm(TaskStruct current, TaskStruct tsk, CloneFlags flags)
    {
        MmStruct old = current.Mm!;
        if (flags.HasFlag(CloneFlags.Vm))
        {
            await old.Users.Add(1);
            tsk.Mm = old;
            return 0;
        }

        MmStruct? mm = await AllocateMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        tsk.Mm = mm;
        await old.MmapRwSem.DownWrite();
        int error = await DupMmap(current, mm);
        await old.MmapRwSem.UpWrite();
        if (error != 0)
        {
            tsk.Mm = null;
            await MmPut(mm);
        }

        return error;
    }

    /// <summary>allocate_mm() and mm_init(): not on the list yet.</summary>
    private async KTask<MmStruct?> AllocateMm(TaskStruct current)
    {
        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is not null)
        {
            _swapAddress[mm.Index].Raw = 0;
        }

        return mm;
    }

    /// <summary>
    /// dup_mmap(): the child is linked right behind its parent before anything is copied, and each mapping before its
    /// entries are: so swapoff, which visits a parent before its children, finds an entry in the one or in the other.
    /// Called with the parent's mmap_sem, held for writing.
    /// </summary>
    private async KTask<int> DupMmap(TaskStruct current, MmStruct mm)
    {
        MmStruct old = current.Mm!;
        await _mmListLock.Lock();
        _mmList.InsertAfter(old, mm);
        _globals.MmListCount.Value++;
        await _mmListLock.Unlock();
        Vma? last = null;
        for (Vma? mpnt = old.Mmap; mpnt is not null; mpnt = mpnt.Next)
        {
            Vma? tmp = await AllocVma(current);
            if (tmp is null)
            {
                return Errno.NoMem;
            }

            tmp.Mm = mm;
            tmp.Start = mpnt.Start;
            tmp.End = mpnt.End;
            tmp.File = mpnt.File;
            if (tmp.File is { } file)
            {
                // Just after the parent's, so that truncate comes to the child after the parent, too.
                await file.SharedLock.Lock();
                tmp.NextShared = mpnt.NextShared;
                mpnt.NextShared = tmp;
                await file.SharedLock.Unlock();
            }

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
            await CopyPageRange(mm, old, tmp);
            await mm.PageTableLock.Unlock();
        }

        return 0;
    }

    /// <summary>
    /// mmput(): the last user takes the address space off the list, in one moment with the count's becoming zero, and
    /// then down.
    /// </summary>
    private async KTask MmPut(MmStruct mm)
    {
        // atomic_dec_and_lock(): takes the lock only for the last user.
        if (!await mm.Users.AddUnless(-1, 1))
        {
            await MmPutLast(mm);
        }
    }

    private async KTask MmPutLast(MmStruct mm)
    {
        await _mmListLock.Lock();
        if (await mm.Users.Add(-1) != 0)
        {
            await _mmListLock.Unlock();
            return;
        }

        if (_globals.SwapMm.Value == mm)
        {
            _globals.SwapMm.Value = _mmList.After(mm);
        }

        _mmList.Delete(mm);
        _globals.MmListCount.Value--;
        await _mmListLock.Unlock();
        await ExitMmap(mm);
        mm.Free();
    }
}
