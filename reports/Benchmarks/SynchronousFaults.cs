using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// The fault of 2.6.28 in anonymous memory as one would write it for real threads alone: the same functions with the same
/// control flow and the same primitives, without <see cref="KTask"/>. What it does in less time is the price of the async form.
/// </summary>
/// <remarks>For addresses whose page table and anon_vma exist, as all but the first fault in a mapping find them.</remarks>
internal class SynchronousFaults(Machine machine) : Linux2_6_28(machine)
{
    internal Fault FaultNow(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        mm.MmapRwSem.DownRead().GetResult();
        Vma? vma = FindVma(mm, address);
        if (IsBadArea(vma, address, write))
        {
            mm.MmapRwSem.UpRead().GetResult();
            return Fault.SegmentationFault;
        }

        VmFault fault = HandleMmFaultNow(new FaultContext(current, vma!, address, write));
        mm.MmapRwSem.UpRead().GetResult();
        return SignalFor(fault);
    }

    /// <summary>pte_offset_map_lock()</summary>
    protected virtual PageTable? PteMapLockNow(FaultContext fault)
    {
        PageTable table = fault.Mm.Pmd(fault.Address).Once!;
        table.Touch("spin_lock of the ptl");
        table.Lock.Lock().GetResult();
        table.Touch("spin_lock of the ptl");
        return table;
    }

    private VmFault HandleMmFaultNow(FaultContext fault)
    {
        if (!PteAllocNow(fault.Mm, fault.Address))
        {
            return VmFault.Oom;
        }

        Cell<PageTable?> pmd = fault.Mm.Pmd(fault.Address);
        return HandlePteFaultNow(fault, pmd.Once!.Pte(fault.Address).Value);
    }

    private static bool PteAllocNow(MmStruct mm, int address) => mm.Pmd(address).Once is not null;

    private VmFault HandlePteFaultNow(FaultContext fault, Pte entry) =>
        !entry.IsPresent && fault.Vma.File is null ? DoAnonymousPageNow(fault) : throw new InvalidOperationException("the page is there");

    private VmFault DoAnonymousPageNow(FaultContext fault)
    {
        if (!AnonVmaPrepareNow(fault.Vma))
        {
            return VmFault.Oom;
        }

        Page? page = AllocPageNow(fault.Task);
        if (page is null)
        {
            return VmFault.Oom;
        }

        page.Content = 0;
        Pte entry = MkPte(page, fault);
        PageTable? table = PteMapLockNow(fault);
        VmFault lost = table is null ? VmFault.Retry : Validate(fault);
        if (lost != VmFault.Done)
        {
            throw new InvalidOperationException("nobody else is here");
        }

        Cell<Pte> ptep = table!.Pte(fault.Address);
        bool isFree = ptep.Value.IsNone;
        if (isFree)
        {
            PageAddNewAnonRmap(page, fault.Vma);
            ptep.Value = entry;
        }

        table.Lock.Unlock().GetResult();
        return isFree ? VmFault.Done : throw new InvalidOperationException("nobody else is here");
    }

    private bool AnonVmaPrepareNow(Vma vma) => Anon.Of(vma).Once is not null;

    private Page? AllocPageNow(TaskStruct current)
    {
        Smp.Sleep().GetResult();
        return M.AllocPage(current);
    }
}
