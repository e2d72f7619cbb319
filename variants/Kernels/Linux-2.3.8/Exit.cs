using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/exit.c and fs/exec.c</content>
public partial class Linux2_3_8
{
    /// <summary>do_exit() and __exit_mm(): the task lets go of the address space before that is emptied.</summary>
    protected async KTask<int> DoExit(TaskStruct current)
    {
        await Bkl.Lock();
        if (current.Mm is { } mm)
        {
            current.Mm = null;
            current.IsSwappable = false;
            await MmPut(mm);
        }

        await Bkl.Unlock();
        return 0;
    }

    /// <summary>do_execve(): a fresh address space with the two mappings that a program starts with.</summary>
    protected async KTask<int> DoExecve(TaskStruct current)
    {
        await Bkl.Lock();
        int error = await ExecMmap(current);
        if (error == 0)
        {
            await SetupArgPages(current);
        }

        await Bkl.Unlock();
        return error;
    }

    /// <summary>
    /// exec_mmap(): the only user empties its address space in place, without the mmap_sem; one of several gets a new
    /// one.
    /// </summary>
    protected virtual async KTask<int> ExecMmap(TaskStruct current)
    {
        MmStruct old = current.Mm!;
        if (await old.Users.Read() == 1)
        {
            await ExitMmap(old);
            return 0;
        }

        MmStruct? mm = await MmAlloc(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        mm.Rss = 0;
        current.Mm = mm;
        await mm.MmapSem.Up();
        await MmPut(old);
        return 0;
    }

    /// <summary>
    /// What the program loader maps: one anonymous page at 0 and one at 1. Past the point of no return there is no
    /// error to return, so these allocations do not fail.
    /// </summary>
    private async KTask SetupArgPages(TaskStruct current)
    {
        MmStruct mm = current.Mm!;
        for (int address = 0; address < 2; address++)
        {
            await Smp.Sleep();
            Vma vma = M.AllocVmaForSure();
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            await mm.MmapSem.Down();
            InsertVma(mm, vma);
            await mm.MmapSem.Up();
        }
    }
}
