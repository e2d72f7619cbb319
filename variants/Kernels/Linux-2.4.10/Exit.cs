using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>kernel/exit.c and fs/exec.c</content>
public partial class Linux2_4_10
{
    /// <summary>do_exit() and __exit_mm(): the task lets go of the address space before that is emptied.</summary>
    private async KTask<int> DoExit(TaskStruct current)
    {
        if (current.Mm is { } mm)
        {
            await AllocLock(current).Lock();
            current.Mm = null;
            await AllocLock(current).Unlock();
            await MmPut(mm);
        }

        return 0;
    }

    /// <summary>do_execve(): a fresh address space with the two mappings that a program starts with.</summary>
    private async KTask<int> DoExecve(TaskStruct current)
    {
        int error = await ExecMmap(current);
        if (error == 0)
        {
            await SetupArgPages(current);
        }

        return error;
    }

    /// <summary>
    /// exec_mmap(): the only user empties its address space in place, without the mmap_sem, and it stays on the list; one
    /// of several gets a new one, linked behind init_mm.
    /// </summary>
    private async KTask<int> ExecMmap(TaskStruct current)
    {
        MmStruct old = current.Mm!;
        if (await old.Users.Read() == 1)
        {
            await ExitMmap(old);
            return 0;
        }

        MmStruct? mm = await AllocateMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        await _mmListLock.Lock();
        _mmList.Insert(mm);
        _globals.MmListCount.Value++;
        await _mmListLock.Unlock();
        await AllocLock(current).Lock();
        current.Mm = mm;
        await AllocLock(current).Unlock();
        await MmPut(old);
        return 0;
    }

    /// <summary>
    /// setup_arg_pages() and what the program loader maps: one anonymous page at 0 and one at 1. Past the point of no
    /// return there is no error to return, so these allocations do not fail.
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
            await mm.MmapRwSem.DownWrite();
            await VmaLink(mm, vma);
            await mm.MmapRwSem.UpWrite();
        }
    }
}
