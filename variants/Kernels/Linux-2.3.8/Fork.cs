using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/fork.c</content>
public partial class Linux2_3_8
{
    /// <summary>clone() flags.</summary>
    [Flags]
    protected enum CloneFlags
    {
        /// <summary>fork().</summary>
        None = 0,

        /// <summary>CLONE_VM: share the address space.</summary>
        Vm = 1,

        /// <summary>CLONE_PID: share the pid.</summary>
        Pid = 2,
    }

    /// <summary>True if do_fork() holds the parent's mmap_sem throughout; the seed's patch moves it into copy_mm.</summary>
    protected virtual bool ForkHoldsMmapSem => true;

    /// <summary>
    /// do_fork(): the child is visible to for_each_task only at the very end. Returns its pid.
    /// </summary>
    protected async KTask<int> DoFork(TaskStruct current, CloneFlags flags)
    {
        TaskStruct? p = M.AllocTask(current);
        if (p is null)
        {
            return Errno.NoMem;
        }

        MmStruct mm = current.Mm!;
        if (ForkHoldsMmapSem)
        {
            await mm.MmapSem.Down();
        }

        await Bkl.Lock();
        p.IsSwappable = false;
        if (flags.HasFlag(CloneFlags.Pid))
        {
            p.Pid = current.Pid;
        }

        int error = await CopyMm(current, p, flags);
        if (error == 0)
        {
            p.IsSwappable = true;
            await TasklistLock.WriteLock();
            SetLinks(p);
            await TasklistLock.WriteUnlock();
            M.WakeUpProcess(p);
        }

        await Bkl.Unlock();
        if (ForkHoldsMmapSem)
        {
            await mm.MmapSem.Up();
        }

        return error == 0 ? p.Pid : error;
    }

    /// <summary>mm_alloc(): a copy of the current one, without its mappings. Its mmap_sem is born locked.</summary>
    protected async KTask<MmStruct?> MmAlloc(TaskStruct current)
    {
        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is not null)
        {
            mm.MmapSem.InitLocked();
            mm.Rss = current.Mm!.Rss;
        }

        return mm;
    }

    /// <summary>copy_mm(): gives the child its address space.</summary>
    protected virtual async KTask<int> CopyMm(TaskStruct current, TaskStruct tsk, CloneFlags flags)
    {
        MmStruct old = current.Mm!;
        if (flags.HasFlag(CloneFlags.Vm))
        {
            await old.Users.Add(1);
            tsk.Mm = old;
            return 0;
        }

        MmStruct? mm = await MmAlloc(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        tsk.Mm = mm;
        int error = await DupMmap(current, mm);
        if (error != 0)
        {
            tsk.Mm = null;
            await MmPut(mm);
            return error;
        }

        await mm.MmapSem.Up();
        return 0;
    }

    /// <summary>
    /// dup_mmap(): copies the mappings one after another, and sleeps for each. Until the child is linked, nobody who
    /// looks for its entries finds them.
    /// </summary>
    protected async KTask<int> DupMmap(TaskStruct current, MmStruct mm)
    {
        MmStruct old = current.Mm!;
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
            mm.MapCount++;
            if (tmp.File is not null)
            {
                // Behind the parent's, so that truncate meets the parent first.
                tmp.NextShared = mpnt.NextShared;
                mpnt.NextShared = tmp;
            }

            CopyPageRange(mm, old, tmp);

            // Link in the new vma, after the copy.
            if (last is null)
            {
                mm.Mmap = tmp;
            }
            else
            {
                last.Next = tmp;
            }

            last = tmp;
        }

        return 0;
    }

    /// <summary>mmput(): the last user takes the address space down.</summary>
    protected virtual async KTask MmPut(MmStruct mm)
    {
        if (await mm.Users.Add(-1) == 0)
        {
            await ExitMmap(mm);
            mm.Free();
        }
    }
}
