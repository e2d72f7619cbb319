using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V0: Linux 2.6.28 (December 2008), as far as a page fault can meet mmap, munmap, mprotect, mlock and fork. A fault
/// holds the mmap_sem for reading from the lookup of its vma to the end, a wait for the disk included; whoever changes
/// a vma holds it for writing.
/// </summary>
/// <remarks>
/// One file for each of the kernel's. Ptes are guarded by the ptl of their page table, pmds by the page_table_lock,
/// vmas by the mmap_sem, the members of an anon_vma by its lock. Lock order: mmap_sem, PG_locked, anon_vma->lock, ptl
/// or page_table_lock.
/// <para>Here, unlike in the kernels of the other families, ptes lie in page tables that are allocated and freed, CPUs
/// remember ptes in a TLB until they are flushed, and a file's page comes from a disk that takes its time. Words that
/// a fault reads of a vma are read as with READ_ONCE, because the variants that inherit this code read them without a
/// lock.</para>
/// <para>Brought down to size: vmas are a list without an rb-tree, and vma_adjust() changes it in one moment under
/// anon_vma->lock; histories map the first page of a file, by a process that has closed it since, so
/// that the mapping has the last reference; file mappings do not merge. vma_adjust() gives its anon_vma to the one that
/// expands whichever of the two expands, as 287d97ac0321 (2.6.35) has it.</para>
/// <para>Left out: swap (reclaim asks for references and unmaps nothing), stacks that grow, shared and huge mappings,
/// page_mkwrite(), nonlinear mappings, faults in kernel mode, get_user_pages() but for mlock, truncate, mremap, brk,
/// memory policies, accounting and limits (LRU lists, pagevecs and rss take time where time is measured, and do nothing
/// else), VM_LOCKED's unevictable list, hugetlb, and drivers.</para>
/// <para>Source: the context lines of the seed's patch and excerpts of mm/ as mails of the time quote them; what neither
/// shows was written from knowledge of the releases around it, not from the files of 2.6.28.</para>
/// </remarks>
public partial class Linux2_6_28 : Linux2_6, IKernel, IFindsMappings
{
    private readonly PageTables _pageTables;
    private readonly MmuGather[] _gathered;

    /// <summary>The kernel of one machine. An mm counts its pages in an atomic_long_t.</summary>
    public Linux2_6_28(Machine machine)
        : this(machine, new AccountingDesign(PagevecSize: 14, ReleaseBatch: 14, RssCounting.Shared))
    {
    }

    /// <summary>A kernel of another time on this tree.</summary>
    protected Linux2_6_28(Machine machine, AccountingDesign accounting)
        : base(machine)
    {
        machine.UseAccounting(accounting);
        _gathered = new MmuGather[machine.Capacity.Cpus];
        for (int cpu = 0; cpu < _gathered.Length; cpu++)
        {
            _gathered[cpu] = new MmuGather();
        }

        _pageTables = machine.UsePageTables();
        Tlb = machine.UseTlb();
        Anon = new AnonVmas(machine);
        Files = new Files(machine);
        _filePagesLock = new SpinLock(Smp, "mapping.tree_lock", "tree_lock");
        _rcu = new Rcu(Smp, "rcu");
        _mapCount = machine.PerPage(page => new AtomicInt(page, "_mapcount"));
    }

    /// <summary>What CPUs remember of page tables.</summary>
    protected Tlb Tlb { get; }

    /// <summary>vma->anon_vma and page->mapping of anonymous pages.</summary>
    protected AnonVmas Anon { get; }

    /// <summary>vma->vm_file.</summary>
    protected Files Files { get; }

    /// <inheritdoc/>
    public virtual void Boot()
    {
        Anon.Boot();
        Files.Boot();
        foreach (MmuGather gather in _gathered)
        {
            gather.Boot();
        }

        for (int index = 0; index < M.Size.Pages; index++)
        {
            _mapCount.Known(index)?.Raw = 0;
        }

        for (int index = 0; index < M.MmCount; index++)
        {
            for (Vma? vma = M.Mm(index).RawMmap; vma is not null; vma = vma.RawNext)
            {
                VmaInit(vma);
                VmaLinked(vma);
            }
        }
    }

    /// <inheritdoc/>
    public virtual KTask<int> Call(TaskStruct current, Operation operation) => operation.Verb.Code switch
    {
        VerbCode.Fork or VerbCode.ForkSamePid => DoFork(current, cloneVm: false),
        VerbCode.Clone => DoFork(current, cloneVm: true),
        VerbCode.Exec => DoExecve(current),
        VerbCode.Exit => DoExit(current),
        VerbCode.MapAnonymous => SysMmap(current, operation.Number, operation.Number + 1, null),
        VerbCode.MapAnonymousPair => SysMmap(current, operation.Number, operation.Number + 2, null),
        VerbCode.MapFile => SysMmap(current, operation.Number, operation.Number + 1, M.File),
        VerbCode.Unmap => SysMunmap(current, operation.Number, operation.Number + 1),
        VerbCode.UnmapPair => SysMunmap(current, operation.Number, operation.Number + 2),
        VerbCode.ProtectRead => SysMprotect(current, operation.Number, VmFlags.None),
        VerbCode.ProtectWrite => SysMprotect(current, operation.Number, VmFlags.Write),
        VerbCode.LockMemory => SysMlock(current, operation.Number),
        VerbCode.Reclaim => Kswapd(operation.Number),
        _ => throw new NotSupportedException($"Linux 2.6.28 has here no operation '{operation.Verb.Name}'"),
    };

    bool IFindsMappings.RawFinds(Page page, Vma vma) =>
        Anon.Of(page).Raw is not { } anonVma || (anonVma.IsAllocated && (anonVma.Members.Raw & Bit(vma)) != 0);

    /// <summary>mpage_end_io_read(): the file's page is there.</summary>
    public virtual void EndIo(DiskRequest request)
    {
        Page page = request.Page;
        page.Content = M.File.ContentOf(page.FileIndex);
        page.IsUptodate = true;
        page.Lock.UnlockByDevice();
    }
}
