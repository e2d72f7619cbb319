using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mprotect.c and mm/mlock.c, of one page</content>
public partial class Linux2_6_28
{
    /// <summary>sys_mprotect().</summary>
    private async KTask<int> SysMprotect(TaskStruct current, int address, VmFlags permission)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = Errno.NoMem;
        Vma? vma = FindVma(mm, address);
        if (vma is not null && vma.Start <= address)
        {
            error = await ChangeFlags(current, vma, address, (vma.Flags & ~VmFlags.Write) | permission);
        }

        await MmapWriteUnlock(mm);
        return error;
    }

    /// <summary>sys_mlock(): the pages are brought in at once.</summary>
    private async KTask<int> SysMlock(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = Errno.NoMem;
        Vma? vma = FindVma(mm, address);
        if (vma is not null && vma.Start <= address)
        {
            error = await ChangeFlags(current, vma, address, vma.Flags | VmFlags.Locked);
        }

        if (error == 0)
        {
            error = await MakePagePresent(current, mm, address);
        }

        await MmapWriteUnlock(mm);
        return error;
    }

    /// <summary>
    /// mprotect_fixup() and mlock_fixup(): a part of a vma gets other flags. A neighbour that has them already takes it
    /// over, or it is split off.
    /// </summary>
    private async KTask<int> ChangeFlags(TaskStruct current, Vma vma, int address, VmFlags flags)
    {
        MmStruct mm = vma.Mm;
        if (flags == vma.Flags)
        {
            return 0;
        }

        bool changesProtection = ((flags ^ vma.Flags) & VmFlags.Write) != 0;
        Vma? prev = vma.Start < address ? vma : FindPrev(mm, address);
        Vma? merged = await VmaMerge(mm, prev, address, address + 1, flags, vma);
        if (merged is null)
        {
            Vma? part = vma;
            if (part.Start < address)
            {
                part = await SplitVma(current, part, address, newBelow: true);
            }

            if (part is not null && address + 1 < part.End)
            {
                part = await SplitVma(current, part, address + 1, newBelow: false);
            }

            if (part is null)
            {
                return Errno.NoMem;
            }

            merged = part;
        }

        // "vm_flags and vm_page_prot are protected by the mmap_sem held in write mode."
        merged = await BeginChange(merged);
        merged.Flags = flags;
        if (changesProtection)
        {
            await ChangeProtection(mm, address);
        }

        await EndChange(merged);
        return 0;
    }

    /// <summary>change_protection(): a private page becomes read-only whatever the new protection; a fault makes it writable.</summary>
    private async KTask ChangeProtection(MmStruct mm, int address)
    {
        if (mm.Pmd(address).Once is not { } table)
        {
            return;
        }

        await table.Lock.Lock();
        Cell<Pte> ptep = table.Pte(address);
        if (ptep.Value.IsPresent)
        {
            ptep.Value = ptep.Value.WriteProtect();
        }

        await table.Lock.Unlock();

        // flush_tlb_range()
        Tlb.FlushPage(mm, address);
    }

    /// <summary>make_pages_present(): get_user_pages() with the mmap_sem that the caller has, for writing where it may.</summary>
    private async KTask<int> MakePagePresent(TaskStruct current, MmStruct mm, int address)
    {
        Vma vma = FindVma(mm, address)!;
        bool write = (vma.Flags & VmFlags.Write) != 0;
        while (mm.Pmd(address).Once is not { } table || !table.Pte(address).Once.IsPresent || (write && !table.Pte(address).Once.IsWritable))
        {
            VmFault fault = await HandleMmFault(new FaultContext(current, vma, address, write));
            if (fault is VmFault.Oom or VmFault.Sigbus)
            {
                return Errno.Again;
            }
        }

        return 0;
    }
}
