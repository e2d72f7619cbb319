using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Faults;

/// <summary>
/// V5: per-VMA locks as in Linux 6.4.0 (Suren Baghdasaryan, June 2023). A fault in anonymous memory finds its vma under
/// RCU and takes the vma's own lock for reading; whoever changes a vma, with the mmap_lock for writing, waits for its
/// readers and leaves it marked as locked until the mmap_lock is dropped, which unlocks all vmas at once. Any doubt leads
/// to the fault with the mmap_lock.
/// </summary>
/// <remarks>
/// As released, without vma_start_write() in dup_mmap(). On the tree of 2.6.37, with the list of vmas in the place of the
/// maple tree: each change of it is one moment. munmap() has the downgrade of the mmap_lock, dd2283f2605e (4.20).
/// </remarks>
public class PerVma640 : Linux2_6_37
{
    private readonly Rcu _vmaRcu;
    private readonly Each<RwSemaphore> _vmLock;
    private readonly Each<Cell<int>> _vmLockSeq;
    private readonly Each<Cell<bool>> _detached;
    private readonly Cell<int>[] _mmLockSeq;

    /// <summary>The kernel of one machine. Pages of an mm are counted by a percpu_counter.</summary>
    public PerVma640(Machine machine)
        : base(machine, new AccountingDesign(PagevecSize: 15, ReleaseBatch: 32, RssCounting.PerCpu))
    {
        _vmaRcu = new Rcu(Smp, "rcu of vmas");
        _vmLock = machine.PerVma(vma => new RwSemaphore(machine.Smp, $"{vma.Name}.vm_lock", "vm_lock"));
        _vmLockSeq = machine.PerVma(vma => new Cell<int>(vma, "vm_lock_seq", -1, marked: true));
        _detached = machine.PerVma(vma => new Cell<bool>(vma, "detached", false, marked: true));
        _mmLockSeq = new Cell<int>[machine.Capacity.Mms];
        for (int index = 0; index < _mmLockSeq.Length; index++)
        {
            _mmLockSeq[index] = new Cell<int>(machine.Mm(index), "mm_lock_seq", 0, marked: true);
        }
    }

    /// <inheritdoc/>
    public override void Boot()
    {
        foreach (Cell<int> sequence in _mmLockSeq)
        {
            sequence.Raw = 0;
        }

        base.Boot();
    }

    /// <summary>Its tree has e86f15ee64d8.</summary>
    protected override bool ExpandsNextInCase8 => true;

    /// <summary>do_user_addr_fault().</summary>
    public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        Vma? vma = await LockVmaUnderRcu(current.Mm!, address);
        if (vma is not null)
        {
            if (IsBadArea(vma, address, write))
            {
                await _vmLock[vma.Index].UpRead();
            }
            else
            {
                VmFault fault = await HandleMmFault(new FaultContext(current, vma, address, write));
                await _vmLock[vma.Index].UpRead();
                return SignalFor(fault);
            }
        }

        return await base.PageFault(current, address, write);
    }

    /// <summary>lock_vma_under_rcu(): null if the vma cannot be had so.</summary>
    private async KTask<Vma?> LockVmaUnderRcu(MmStruct mm, int address)
    {
        _vmaRcu.ReadLock();
    retry:
        await Smp.Point();
        Vma? vma = FindVma(mm, address);

        // Only anonymous vmas are supported for now; find_mergeable_anon_vma uses adjacent vmas which are not locked.
        if (vma is null || vma.StartOnce > address || vma.File is not null || Anon.Of(vma).Once is null || !await VmaStartRead(vma))
        {
            _vmaRcu.ReadUnlock();
            return null;
        }

        // Check since vm_start/vm_end might change before we lock the VMA.
        if (address < vma.StartOnce || address >= vma.EndOnce)
        {
            await _vmLock[vma.Index].UpRead();
            _vmaRcu.ReadUnlock();
            return null;
        }

        if (_detached[vma.Index].Value)
        {
            // The area was replaced with another one.
            await _vmLock[vma.Index].UpRead();
            goto retry;
        }

        _vmaRcu.ReadUnlock();
        return vma;
    }

    /// <summary>vma_start_read().</summary>
    private async KTask<bool> VmaStartRead(Vma vma)
    {
        if (IsWriteLocked(vma) || !await _vmLock[vma.Index].TryDownRead())
        {
            return false;
        }

        if (IsWriteLocked(vma))
        {
            await _vmLock[vma.Index].UpRead();
            return false;
        }

        return true;
    }

    /// <summary>vma_start_write().</summary>
    protected async KTask VmaStartWrite(Vma vma)
    {
        if (!IsWriteLocked(vma))
        {
            await _vmLock[vma.Index].DownWrite();
            _vmLockSeq[vma.Index].Value = _mmLockSeq[vma.Mm.Index].Value;
            await _vmLock[vma.Index].UpWrite();
        }
    }

    /// <summary>vma_prepare(), vm_flags_set() and their like.</summary>
    protected override async KTask<Vma> BeginChange(Vma vma)
    {
        await VmaStartWrite(vma);
        return vma;
    }

    /// <summary>vma_mark_detached().</summary>
    protected override KTask VmaUnlinked(Vma vma)
    {
        _detached[vma.Index].Value = true;
        return KTask.Completed;
    }

    /// <summary>do_vmi_align_munmap().</summary>
    protected override KTask BeforeDetach(Vma vma) => VmaStartWrite(vma);

    /// <summary>The vma is locked before it can be found, as its mmap_lock is held for writing.</summary>
    protected override void VmaLinked(Vma vma) => _vmLockSeq[vma.Index].Raw = vma.Mm.MmapRwSem.IsWriteLocked ? _mmLockSeq[vma.Mm.Index].Raw : -1;

    /// <inheritdoc/>
    protected override void VmaInit(Vma vma)
    {
        base.VmaInit(vma);
        _vmLock[vma.Index].Init();
        _vmLockSeq[vma.Index].Raw = -1;
        _detached[vma.Index].Raw = false;
    }

    /// <summary>mmap_write_unlock() and vma_end_write_all().</summary>
    protected override async KTask MmapWriteUnlock(MmStruct mm)
    {
        _mmLockSeq[mm.Index].Value++;
        await mm.MmapRwSem.UpWrite();
    }

    /// <summary>mmap_write_downgrade(): vma_end_write_all(), and downgrade_write().</summary>
    protected override async KTask<bool> MmapWriteDowngrade(MmStruct mm)
    {
        _mmLockSeq[mm.Index].Value++;
        await mm.MmapRwSem.DowngradeWrite();
        return true;
    }

    /// <summary>call_rcu(vma_free_rcu).</summary>
    protected override void VmaFree(Vma vma) => _vmaRcu.Free(vma);

    private bool IsWriteLocked(Vma vma) => _vmLockSeq[vma.Index].Value == _mmLockSeq[vma.Mm.Index].Value;
}
