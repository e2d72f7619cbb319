using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>fs/exec.c</content>
public partial class Linux2_6_28
{
    /// <summary>
    /// do_execve() and exec_mmap(): a fresh address space, with the two mappings that a program starts with, takes the
    /// place of the old one. Past the point of no return there is no error to return, so they do not fail.
    /// </summary>
    private async KTask<int> DoExecve(TaskStruct current)
    {
        await Smp.Sleep();
        MmStruct? mm = M.AllocMm(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        for (int address = 0; address < 2; address++)
        {
            Vma vma = M.AllocVmaForSure();
            VmaInit(vma);
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            VmaLink(mm, vma);
        }

        await ExecMmap(current, mm);
        return 0;
    }
}
