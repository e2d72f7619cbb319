using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Faults;

/// <summary>
/// V1: "another crazy idea to get rid of mmap_sem in faults" as posted (Peter Zijlstra, linux-mm, 28 November 2008). A
/// fault holds no mmap_sem. A vma is marked dead before its ptes are zapped, so that a fault which has the ptl and finds
/// its vma alive installs a pte that will be zapped; one that finds it dead gives up. Vmas are freed through SRCU.
/// </summary>
/// <remarks>
/// The patch does not compile. Decided here, where it leaves something open:
/// <list type="bullet">
/// <item>call_srcu(), "Yeah, I know, this doesn't exist", exists.</item>
/// <item>"XXX should we re-do the lookup": no, SIGBUS, as the code has it. <see cref="RfcRetry"/> does.</item>
/// <item>"XXX might need to be a blocking wait?": no, cpu_relax(), as the code has it.</item>
/// <item>find_vma() takes and drops the mmap_sem, as in the patch: it stands for a lookup without locks.</item>
/// <item>The SIGBUS exits unlock <c>pte</c> where the variable is <c>page_table</c>; meant is the ptl. They free and unlock
/// nothing else, and this is kept.</item>
/// <item>do_wp_page() that finds no memory does not come to its vma_put(): kept.</item>
/// </list>
/// expand_stack(), page_mkwrite() and faults in kernel mode, of which the patch speaks too, do not exist here.
/// </remarks>
public class RfcAsPosted : Linux2_6_28
{
    private readonly Rcu _mmSrcu;
    private readonly Each<AtomicInt> _vmUsage;

    /// <summary>The kernel of one machine.</summary>
    public RfcAsPosted(Machine machine)
        : base(machine)
    {
        _mmSrcu = new Rcu(Smp, "mm_srcu", maySleep: true);
        _vmUsage = machine.PerVma(vma => new AtomicInt(vma, "vm_usage"));
    }

    /// <summary>The exits of a lost race leave the new page, and the file's page locked.</summary>
    protected override bool CleansUpAfterLostRace => false;

    /// <summary>What a fault returns that finds its vma dead.</summary>
    protected virtual VmFault LostRace => VmFault.Sigbus;

    /// <summary>do_page_fault(), of arch/x86/mm/fault.c.</summary>
    public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
    again:
        _mmSrcu.ReadLock();
    retry:
        await mm.MmapRwSem.DownRead();
        Vma? vma = FindVma(mm, address);
        await mm.MmapRwSem.UpRead();
        if (vma is null)
        {
            _mmSrcu.ReadUnlock();
            return Fault.SegmentationFault;
        }

        if (await IsDead(vma))
        {
            // "We lost a race against an concurrent modification. Retry the lookup which should now obtain a NULL or valid vma."
            goto retry;
        }

        if (IsBadArea(vma, address, write))
        {
            _mmSrcu.ReadUnlock();
            return Fault.SegmentationFault;
        }

        VmFault fault = await HandleMmFault(new FaultContext(current, vma, address, write));
        _mmSrcu.ReadUnlock();
        if (fault == VmFault.Retry)
        {
            goto again;
        }

        return SignalFor(fault);
    }

    /// <summary>vma_is_dead(), within the current step.</summary>
    protected bool IsDeadNow(Vma vma) => _vmUsage[vma.Index].Glance == 0;

    /// <summary>vma_is_dead().</summary>
    protected async KTask<bool> IsDead(Vma vma) => await _vmUsage[vma.Index].Read() == 0;

    /// <inheritdoc/>
    protected override VmFault Validate(FaultContext fault) => IsDeadNow(fault.Vma) ? LostRace : VmFault.Done;

    /// <summary>vma_get().</summary>
    protected override async KTask VmaGet(Vma vma)
    {
        if (await IsDead(vma))
        {
            Smp.Bug("vm_usage", $"kernel BUG in vma_get: BUG_ON(vma_is_dead({vma.Name}))");
        }

        await _vmUsage[vma.Index].Add(1);
    }

    /// <summary>vma_put(): "we should never free a vma through here!"</summary>
    protected override async KTask VmaPut(Vma vma)
    {
        if (await _vmUsage[vma.Index].Add(-1) == 0)
        {
            Smp.Bug("vm_usage", $"kernel BUG in __vma_put: {vma.Name} was marked dead beside a vma_get()");
        }
    }

    /// <inheritdoc/>
    protected override void VmaInit(Vma vma)
    {
        base.VmaInit(vma);
        _vmUsage[vma.Index].Raw = 0;
    }

    /// <summary>__vma_link_rb().</summary>
    protected override void VmaLinked(Vma vma) => _vmUsage[vma.Index].Raw = 1;

    /// <summary>vma_remove().</summary>
    protected override async KTask VmaUnlinked(Vma vma)
    {
        // while (atomic_cmpxchg(&vma->vm_usage, 1, 0)) cpu_relax(): goes round once more when it has succeeded.
        int usage;
        while ((usage = await _vmUsage[vma.Index].Read()) != 0)
        {
            if (usage == 1)
            {
                // The comparison and the exchange are one: nobody has come between.
                _vmUsage[vma.Index].AddNow(-1);
            }
            else
            {
                // Whom it waits for may be asleep, and __vma_unlink() is called with anon_vma->lock.
                Smp.MightSleep("vma_remove");
            }

            await Smp.Relax();
        }
    }

    /// <summary>vma_free().</summary>
    protected override void VmaFree(Vma vma)
    {
        if (!IsDeadNow(vma))
        {
            Smp.Bug("vma", $"kernel BUG in vma_free: VM_BUG_ON(!vma_is_dead({vma.Name}))");
        }

        _mmSrcu.Free(vma);
    }
}
