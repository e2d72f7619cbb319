using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V2: Linux 2.6.37 (January 2011). A fault that finds the page of a file locked, because the disk is reading it, drops
/// the mmap_sem, waits, and begins anew, once; whoever wants to change the address space meanwhile can
/// (Michel Lespinasse, "mm: retry page fault when blocking on disk transfer", d065bd810b6d).
/// </summary>
/// <remarks>On the tree of 2.6.28, of which nothing else here had changed.</remarks>
public class Linux2_6_37 : Linux2_6_28
{
    /// <summary>The kernel of one machine. Threads count pages for themselves (SPLIT_RSS_COUNTING).</summary>
    public Linux2_6_37(Machine machine)
        : this(machine, new AccountingDesign(PagevecSize: 14, ReleaseBatch: 14, RssCounting.OfTasks))
    {
    }

    /// <summary>A kernel of another time on this tree.</summary>
    protected Linux2_6_37(Machine machine, AccountingDesign accounting)
        : base(machine, accounting)
    {
    }

    /// <summary>do_page_fault(): clears FAULT_FLAG_ALLOW_RETRY to avoid any risk of starvation.</summary>
    public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        MmStruct mm = current.Mm!;
        bool allowRetry = true;
    retry:
        await mm.MmapRwSem.DownRead();
        Vma? vma = FindVma(mm, address);
        if (IsBadArea(vma, address, write))
        {
            await mm.MmapRwSem.UpRead();
            return Fault.SegmentationFault;
        }

        VmFault fault = await HandleMmFault(new FaultContext(current, vma!, address, write, allowRetry));
        if (fault == VmFault.Retry)
        {
            allowRetry = false;
            goto retry;
        }

        await mm.MmapRwSem.UpRead();
        return SignalFor(fault);
    }

    /// <summary>lock_page_or_retry(): the vma may be gone once the mmap_sem is dropped.</summary>
    protected override async KTask<bool> LockPageOrRetry(FaultContext fault, Page page)
    {
        if (!fault.AllowRetry)
        {
            await page.Lock.Lock();
            return true;
        }

        if (await page.Lock.TryLock())
        {
            return true;
        }

        await fault.Mm.MmapRwSem.UpRead();
        await page.Lock.Wait();
        return false;
    }
}
