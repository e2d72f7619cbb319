using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>arch/x86/mm/fault.c</content>
public partial class Linux2_6_28
{
    /// <summary>do_page_fault(): holds the mmap_sem for reading all the while.</summary>
    public virtual async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownRead();
        Vma? vma = FindVma(mm, address);
        if (IsBadArea(vma, address, write))
        {
            await mm.MmapRwSem.UpRead();
            return Fault.SegmentationFault;
        }

        VmFault fault = await HandleMmFault(new FaultContext(current, vma!, address, write));
        await mm.MmapRwSem.UpRead();
        return SignalFor(fault);
    }

    /// <summary>bad_area, and access_error().</summary>
    protected static bool IsBadArea(Vma? vma, int address, bool write) =>
        vma is null || vma.StartOnce > address || (write && (vma.FlagsOnce & VmFlags.Write) == 0);

    /// <summary>do_sigbus and out_of_memory.</summary>
    protected static Fault SignalFor(VmFault fault) => fault switch
    {
        VmFault.Sigbus => Fault.BusError,
        VmFault.Oom => Fault.OutOfMemory,
        _ => Fault.Handled,
    };
}
