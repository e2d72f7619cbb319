using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>fs/exec.c</content>
public partial class Linux2_6_7
{
    /// <summary>do_execve(): on mmlist from the beginning, so that its mappings are made with the locks of any others.</summary>
    private protected override async KTask<int> DoExecve(TaskStruct current)
    {
        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        await _mmlistLock.Lock();
        _mmlist.Insert(mm);
        _mmlistLock.UnlockNow();
        await ExecMmap(current, mm);
        await SetupArgPages(mm);
        return 0;
    }

    /// <summary>
    /// What the program loader maps: one anonymous page at 0 and one at 1. Past the point of no return there is no
    /// error to return, so these allocations do not fail.
    /// </summary>
    private async KTask SetupArgPages(MmStruct mm)
    {
        for (int address = 0; address < 2; address++)
        {
            await Smp.Sleep();
            Vma vma = AllocVmaForSure();
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            await mm.MmapRwSem.DownWrite();
            await InsertVma(mm, vma);
            await mm.MmapRwSem.UpWrite();
        }
    }
}
