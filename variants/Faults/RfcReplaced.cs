using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Faults;

/// <summary>
/// V1r: what the thread of the RFC came to. A vma is never changed: it is marked dead, and another one that is as it
/// should be takes its place. A fault that has the ptl and finds its vma dead looks the address up again, and goes on if
/// the new vma would have it do the same.
/// </summary>
/// <remarks>
/// Decided here: "the same" is the same flags, file and anon_vma, otherwise the fault begins anew, with nothing
/// leaked. There is no vma_get(): do_wp_page() compares the pte, as a comment of the patch suggests. exit_mmap() marks its
/// vmas dead. The other vma is allocated without fail.
/// </remarks>
public class RfcReplaced : RfcAsPosted
{
    /// <summary>The kernel of one machine.</summary>
    public RfcReplaced(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool CleansUpAfterLostRace => true;

    /// <summary>validate_vma(): called with the ptl, and looks up without a lock.</summary>
    protected override VmFault Validate(FaultContext fault)
    {
        if (!IsDeadNow(fault.Vma))
        {
            return VmFault.Done;
        }

        Vma? now = FindVma(fault.Mm, fault.Address);
        bool isSame = now is not null && now.StartOnce <= fault.Address && now.FlagsOnce == fault.Vma.FlagsOnce
            && now.File == fault.Vma.File && Anon.Of(now).Once == Anon.Of(fault.Vma).Once;
        return isSame ? VmFault.Done : VmFault.Retry;
    }

    /// <inheritdoc/>
    protected override KTask VmaGet(Vma vma) => KTask.Completed;

    /// <inheritdoc/>
    protected override KTask VmaPut(Vma vma) => KTask.Completed;

    /// <summary>The vma that is to be changed is a new one, which nobody has found yet.</summary>
    protected override async KTask<Vma> BeginChange(Vma vma)
    {
        MmStruct mm = vma.Mm;
        Vma fresh = M.AllocVmaForSure();
        VmaInit(fresh);
        fresh.Mm = mm;
        fresh.Start = vma.Start;
        fresh.End = vma.End;
        fresh.File = vma.File;
        fresh.Offset = vma.Offset;
        fresh.Flags = vma.Flags;
        await VmaUnlinked(vma);
        Files.Of(fresh).Value = Files.Of(vma).Value;
        await TakeOverAnonVma(vma, fresh);
        VmaLinked(fresh);
        fresh.Next = vma.Next;
        if (ReferenceEquals(mm.Mmap, vma))
        {
            mm.Mmap = fresh;
        }
        else
        {
            Vma prev = mm.Mmap!;
            while (!ReferenceEquals(prev.Next, vma))
            {
                prev = prev.Next!;
            }

            prev.Next = fresh;
        }

        VmaFree(vma);
        return fresh;
    }

    /// <inheritdoc/>
    protected override async KTask ExitMmap(MmStruct mm)
    {
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            await VmaUnlinked(vma);
        }

        await base.ExitMmap(mm);
    }

    private async KTask TakeOverAnonVma(Vma vma, Vma fresh)
    {
        if (Anon.Of(vma).Once is not { } anonVma)
        {
            return;
        }

        Anon.Of(fresh).Value = anonVma;
        await anonVma.Lock.Lock();
        anonVma.Members.Value = (anonVma.Members.Value & ~(1ul << vma.Index)) | (1ul << fresh.Index);
        anonVma.Lock.UnlockNow();
    }
}
