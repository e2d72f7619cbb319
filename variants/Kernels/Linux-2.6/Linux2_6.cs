using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// How every kernel since 2.6 makes and leaves a process, as far as no argument turns on it: kernel/fork.c,
/// kernel/exit.c and fs/exec.c. What a child gets of its parent's mappings, and what the last user of an address space
/// has to do, is each kernel's own.
/// </summary>
public abstract class Linux2_6
{
    private protected Linux2_6(Machine machine)
    {
        M = machine;
        Smp = machine.Smp;
        TaskLock = new SpinLock(Smp, "task_lock");
    }

    /// <summary>The machine it runs on.</summary>
    protected Machine M { get; }

    /// <summary>The CPUs it runs on.</summary>
    protected Smp Smp { get; }

    /// <summary>task_lock(): one stands for all tasks'. Guards task->mm.</summary>
    private protected SpinLock TaskLock { get; }

    /// <summary>do_fork(), _do_fork() later: returns the child's pid.</summary>
    private protected async KTask<int> DoFork(TaskStruct current, bool cloneVm)
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

    /// <summary>copy_mm(): gives the child its address space. On an error the half-made one is torn down completely.</summary>
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

    /// <summary>do_exit() and exit_mm().</summary>
    private protected async KTask<int> DoExit(TaskStruct current)
    {
        if (current.Mm is { } mm)
        {
            await TaskLock.Lock();
            current.Mm = null;
            TaskLock.UnlockNow();
            await MmPut(mm);
        }

        return 0;
    }

    /// <summary>
    /// do_execve(): a fresh address space, with the two mappings that a program starts with, takes the place of the old
    /// one. Nobody else has seen it yet, so the loader takes no lock; and past the point of no return there is no error to
    /// return, so its allocations do not fail.
    /// </summary>
    private protected virtual async KTask<int> DoExecve(TaskStruct current)
    {
        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        for (int address = 0; address < 2; address++)
        {
            Vma vma = AllocVmaForSure();
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            VmaLink(mm, vma);
        }

        await ExecMmap(current, mm);
        return 0;
    }

    /// <summary>kmem_cache_alloc(vm_area_cachep) that cannot fail.</summary>
    private protected virtual Vma AllocVmaForSure() => M.AllocVmaForSure();

    /// <summary>__vma_link_list(): puts a mapping into the list, by address. Called with the mmap_sem for writing.</summary>
    private protected virtual void VmaLink(MmStruct mm, Vma vma)
    {
        mm.Link(vma);
        mm.MapCount++;
    }

    /// <summary>exec_mmap(): the new address space takes the place of the old one, which is given up.</summary>
    private protected async KTask ExecMmap(TaskStruct current, MmStruct mm)
    {
        MmStruct old = current.Mm!;
        await TaskLock.Lock();
        current.Mm = mm;
        TaskLock.UnlockNow();
        await MmPut(old);
    }

    /// <summary>dup_mmap(): copies the mappings of <paramref name="oldmm"/> to <paramref name="mm"/>; 0 or an error.</summary>
    private protected abstract KTask<int> DupMmap(TaskStruct current, MmStruct mm, MmStruct oldmm);

    /// <summary>mmput(): one user less; the last one takes the address space down.</summary>
    private protected abstract KTask MmPut(MmStruct mm);
}
