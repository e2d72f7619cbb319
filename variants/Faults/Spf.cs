using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Faults;

/// <summary>
/// V3: speculative page faults, v11 and v12 (Laurent Dufour, 2018 and 2019, after Peter Zijlstra). A fault in anonymous
/// memory that has a page table takes no mmap_sem: each vma has a sequence count, which is odd while the vma or its ptes
/// are changed, and the fault, once it has the ptl, goes on only if the count has not moved. Any doubt leads to the fault
/// with the mmap_sem.
/// </summary>
/// <remarks>
/// The vma is found under mm_rb_lock, an rwlock_t, and pinned by a count (v9 and later; SRCU before). The ptl is only
/// tried, with interrupts off and after a look at the pmd: page tables are freed after an interrupt to every CPU, so not
/// while one has them off. On the tree of 2.6.37.
/// </remarks>
public class Spf : Linux2_6_37
{
    private readonly Rcu _irqs;
    private readonly RwSpinLock[] _mmRbLock;
    private readonly Each<SeqCount> _sequence;
    private readonly Each<AtomicInt> _refCount;
    private readonly Each<Cell<bool>> _isErased;

    /// <summary>The kernel of one machine. Pagevecs are those of 4.15, release_pages() that of 3.18.</summary>
    public Spf(Machine machine)
        : base(machine, new AccountingDesign(PagevecSize: 15, ReleaseBatch: 32, RssCounting.OfTasks))
    {
        _irqs = new Rcu(Smp, "interrupts off");
        _mmRbLock = new RwSpinLock[machine.Capacity.Mms];
        for (int index = 0; index < _mmRbLock.Length; index++)
        {
            _mmRbLock[index] = new RwSpinLock(Smp, $"mm{index}.mm_rb_lock", "mm_rb_lock");
            Smp.LeaveRoom();
        }

        _sequence = machine.PerVma(vma => new SeqCount(vma, "vm_sequence"));
        _refCount = machine.PerVma(vma => new AtomicInt(vma, "vm_ref_count"));
        _isErased = machine.PerVma(vma => new Cell<bool>(vma, "RB_EMPTY_NODE", false, marked: true));
    }

    /// <summary>Its tree has e86f15ee64d8.</summary>
    protected override bool ExpandsNextInCase8 => true;

    /// <summary>__do_page_fault(): speculates first.</summary>
    public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        // handle_speculative_fault(): "Try speculative page fault for multithreaded user space task only."
        if (current.Mm!.Users.Glance == 1)
        {
            return await base.PageFault(current, address, write);
        }

        VmFault fault = await HandleSpeculativeFault(current, address, write);
        return fault == VmFault.Retry ? await base.PageFault(current, address, write) : SignalFor(fault);
    }

    /// <summary>__handle_speculative_fault(): Retry wherever it is not sure.</summary>
    private async KTask<VmFault> HandleSpeculativeFault(TaskStruct current, int address, bool write)
    {
        Vma? vma = await GetVma(current.Mm!, address);
        if (vma is null)
        {
            return VmFault.Retry;
        }

        VmFault fault = await Speculate(current, vma, address, write);
        await PutVma(vma);
        return fault;
    }

    private async KTask<VmFault> Speculate(TaskStruct current, Vma vma, int address, bool write)
    {
        await Smp.Point();
        int sequence = _sequence[vma.Index].Read();

        // __anon_vma_prepare() requires the mmap_sem to be held because vm_next and vm_prev must be safe.
        if ((sequence & 1) != 0 || vma.File is not null || Anon.Of(vma).Once is null)
        {
            return VmFault.Retry;
        }

        await Smp.Point();
        VmFlags flags = vma.FlagsOnce;
        if (address < vma.StartOnce || address >= vma.EndOnce || (write && (flags & VmFlags.Write) == 0))
        {
            return VmFault.Retry;
        }

        // Do a speculative lookup of the PTE entry.
        await Smp.Point();
        _irqs.ReadLock();
        PageTable? table = vma.Mm.Pmd(address).Once;
        if (table is null)
        {
            _irqs.ReadUnlock();
            return VmFault.Retry;
        }

        await Smp.Point();
        Pte orig = table.Pte(address).Value;
        _irqs.ReadUnlock();

        // We need to re-validate the VMA after checking the bounds, otherwise we might have a false positive on the bounds.
        await Smp.Point();
        if (_sequence[vma.Index].HasMoved(sequence))
        {
            return VmFault.Retry;
        }

        return await HandlePteFault(
            new FaultContext(current, vma, address, write, Speculative: true, Sequence: sequence, Flags: flags, Table: table), orig);
    }

    /// <summary>pte_map_lock() and pte_spinlock().</summary>
    protected override async KTask<PageTable?> PteMapLock(FaultContext fault)
    {
        if (!fault.Speculative)
        {
            return await base.PteMapLock(fault);
        }

        await Smp.Point();
        _irqs.ReadLock();
        PageTable? locked = null;
        if (!HasChanged(fault) && fault.Mm.Pmd(fault.Address).Once == fault.Table)
        {
            PageTable table = fault.Table!;
            if (await table.Lock.TryLock())
            {
                table.Touch("spin_trylock of the ptl");
                if (HasChanged(fault))
                {
                    await table.Lock.Unlock();
                }
                else
                {
                    locked = table;
                }
            }
        }

        _irqs.ReadUnlock();
        return locked;
    }

    /// <summary>vma_has_changed().</summary>
    private bool HasChanged(FaultContext fault) =>
        _isErased[fault.Vma.Index].Value || _sequence[fault.Vma.Index].HasMoved(fault.Sequence);

    /// <summary>get_vma().</summary>
    private async KTask<Vma?> GetVma(MmStruct mm, int address)
    {
        RwSpinLock mmRbLock = _mmRbLock[mm.Index];
        await mmRbLock.ReadLock();
        Vma? vma = FindVma(mm, address);
        if (vma is not null && vma.StartOnce > address)
        {
            vma = null;
        }

        if (vma is not null)
        {
            _refCount[vma.Index].AddNow(1);
        }

        await mmRbLock.ReadUnlock();
        return vma;
    }

    /// <summary>put_vma().</summary>
    private async KTask PutVma(Vma vma)
    {
        if (await _refCount[vma.Index].Add(-1) == 0)
        {
            vma.Free();
        }
    }

    /// <summary>vm_write_begin().</summary>
    protected override async KTask<Vma> BeginChange(Vma vma)
    {
        await Smp.Point();
        _sequence[vma.Index].Advance();
        return vma;
    }

    /// <summary>vm_write_end().</summary>
    protected override async KTask EndChange(Vma vma)
    {
        await Smp.Point();
        _sequence[vma.Index].Advance();
    }

    /// <summary>dup_mmap(): "prevent the speculative page fault handler to process it until the TLB are flushed below".</summary>
    protected override async KTask BeforeCopy(Vma mpnt) => await BeginChange(mpnt);

    /// <inheritdoc/>
    protected override KTask AfterCopy(Vma mpnt) => EndChange(mpnt);

    /// <summary>__vma_rb_erase().</summary>
    protected override async KTask VmaUnlinked(Vma vma)
    {
        RwSpinLock mmRbLock = _mmRbLock[vma.Mm.Index];
        await mmRbLock.WriteLock();
        _isErased[vma.Index].Value = true;
        await mmRbLock.WriteUnlock();
    }

    /// <inheritdoc/>
    protected override void VmaInit(Vma vma)
    {
        base.VmaInit(vma);
        _sequence[vma.Index].Raw = 0;
        _refCount[vma.Index].Raw = 1;
        _isErased[vma.Index].Raw = false;
    }

    /// <summary>put_vma(): the list's reference.</summary>
    protected override void VmaFree(Vma vma)
    {
        if (_refCount[vma.Index].AddNow(-1) == 0)
        {
            vma.Free();
        }
    }

    /// <summary>A CPU with its interrupts off holds up the flush that comes before this.</summary>
    protected override void FreePageTable(PageTable table) => _irqs.Free(table);
}
