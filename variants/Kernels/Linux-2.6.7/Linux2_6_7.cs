using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V9: Linux 2.6.7 (June 2004). All address spaces are on a list under a spin lock; swapoff pins one, drops the lock,
/// walks it and takes it up again, until the area is empty. The page stays locked in the swap cache during the walk,
/// so that reclaim does not undo it. From 2.6.7-rc1 on the walk takes the mmap_sem as well, with the page locked: a
/// fault holds the mmap_sem and waits for the page.
/// </summary>
/// <remarks>
/// One file for each of the kernel's. No big kernel lock: ptes are guarded by page_table_lock, vmas by the mmap_sem,
/// PG_swapcache and page->private by page lock and tree_lock, page->mapcount by PG_maplock; page->count and the other
/// page flags are atomic. Lock order: mmap_sem, PG_locked (swapoff takes them the other way round: that is the bug),
/// i_mmap_lock, page_table_lock, swap_list_lock, swap_device_lock, tree_lock. Mappers take PG_maplock under the
/// page_table_lock; reclaim holds it while it looks for ptes, so it only tries the page_table_lock and i_mmap_lock.
/// <para>Brought down to size: SWAP_CLUSTER_MAX is 4; the active and inactive lists are one, in the order of mem_map,
/// on which a page is as long as it is mapped or cached; putting it there, or freeing it, is one moment. One
/// anon_vma->lock, alloc_lock and swap_device_lock stands for all of their kind, and rmap finds the ptes of a page in
/// the order of the mms instead of the vmas'. page_referenced() looks at all ptes in one moment.</para>
/// <para>Spin locks are released within the step, and a count that is used together with a lock is used in the step that
/// takes it: see <see cref="AtomicInt"/>. No execution is lost by that.</para>
/// <para>Left out, as no argument about swapoff turns on it: PG_referenced and priorities, pagevecs, page-table pages,
/// the batch of an mmu_gather (TLBs do not exist), bad and overflowed swap counts, reading files from disk, ZERO_PAGE
/// (a fresh page takes its place), shared memory, signals that interrupt swapoff, overcommit, and CLONE_PID, which 2.6
/// does not have: it is a fork.</para>
/// <para>Kept, as it was so: do_swap_page() compares the pte and nothing else. An entry that was freed and given out
/// again, as after swapoff and swapon, compares equal, and a fault that slept meanwhile maps the old page, or is told
/// that there is no memory. "mm: further fix swapin race condition" cured the former in 2.6.36.</para>
/// <para>Source: 2.6.6 to 2.6.11 and the patches between them; "rmap 11 mremap moves", linux-mm, 22 May 2004;
/// "rmaplock 5/6 unuse_process mmap_sem", linux-kernel, 12 July 2004.</para>
/// </remarks>
public partial class Linux2_6_7 : Linux2_6, IKernel, ICountsSwapPages
{
    private readonly Globals _globals;
    private readonly MmList _mmlist;
    private readonly SpinLock _mmlistLock;
    private readonly SpinLock _swapListLock;
    private readonly SpinLock _swapDeviceLock;
    private protected readonly SpinLock _swapperTreeLock;
    private readonly SpinLock _fileTreeLock;
    private protected readonly SpinLock _anonVmaLock;
    private readonly SpinLock _lruLock;
    private readonly Each<SpinLock> _pageMapLocks;
    private readonly WaitQueue _writebacks;

    /// <summary>The kernel of one machine.</summary>
    public Linux2_6_7(Machine machine)
        : base(machine)
    {
        _globals = new Globals(Smp);
        _mmlist = new MmList(machine);
        _mmlistLock = new SpinLock(Smp, "mmlist_lock");
        _swapListLock = new SpinLock(Smp, "swap_list_lock");
        _swapDeviceLock = new SpinLock(Smp, "swap_device_lock");
        _swapperTreeLock = new SpinLock(Smp, "swapper_space.tree_lock", "tree_lock");
        _fileTreeLock = new SpinLock(Smp, "mapping.tree_lock", "tree_lock");
        _anonVmaLock = new SpinLock(Smp, "anon_vma.lock");
        _lruLock = new SpinLock(Smp, "lru_lock");
        _pageMapLocks = machine.PerPage(page => new SpinLock(machine.Smp, $"{page.Name}.PG_maplock", "PG_maplock"));
        _writebacks = new WaitQueue(Smp, "PG_writeback");
    }

    int ICountsSwapPages.NrSwapPages => _globals.NrSwapPages.Raw;

    /// <inheritdoc/>
    public virtual void Boot()
    {
        _globals.NrSwapPages.Raw = M.Areas[0].Slots;
        _globals.TotalSwapPages.Raw = M.Areas[0].Slots;
        _globals.TruncateCount.Raw = 0;
        _globals.Isolated.Raw = default;
        _mmlist.Clear();
        for (int index = 0; index < M.MmCount; index++)
        {
            _mmlist.Insert(M.Mm(index));
        }
    }

    /// <inheritdoc/>
    public virtual KTask<int> Call(TaskStruct current, Operation operation) => operation.Verb.Code switch
    {
        VerbCode.Fork or VerbCode.ForkSamePid => DoFork(current, cloneVm: false),
        VerbCode.Clone => DoFork(current, cloneVm: true),
        VerbCode.Exec => DoExecve(current),
        VerbCode.Exit => DoExit(current),
        VerbCode.MapAnonymous => SysMmap(current, operation.Number, null),
        VerbCode.MapFile => SysMmap(current, operation.Number, M.File),
        VerbCode.Unmap => SysMunmap(current, operation.Number),
        VerbCode.Truncate => SysTruncate(M.File, operation.Number),
        VerbCode.Peek => SysPtracePeek(current, M.Task(operation.Actor), operation.Number),
        VerbCode.Reclaim => TryToFreePages(operation.Number),
        VerbCode.SwapOff => SysSwapoff(current, M.Areas[0]),
        VerbCode.SwapOn => SysSwapon(M.Areas[0]),
        VerbCode.PinRead => SysPin(current, operation.Number, write: false),
        VerbCode.PinWrite => SysPin(current, operation.Number, write: true),
        VerbCode.Unpin => SysUnpin(current),
        VerbCode.Migrate => SysMovePages(current, operation.Number),
        _ => throw new NotSupportedException($"Linux 2.6.7 has no operation '{operation.Verb.Name}'"),
    };

    /// <summary>end_swap_bio_read() and end_swap_bio_write().</summary>
    public virtual void EndIo(DiskRequest request)
    {
        if (request.IsWrite)
        {
            request.Page.IsWriteback = false;
        }
        else
        {
            request.Page.Lock.UnlockByDevice();
        }

        _writebacks.WakeUp();
    }

    /// <summary>PG_maplock: guards page->mapcount, and keeps reclaim and mappers apart.</summary>
    private SpinLock PageMapLock(Page page) => _pageMapLocks[page.Index];

    private sealed class Globals : TrackedObject
    {
        internal Globals(Smp smp)
            : base(smp, "global", "global")
        {
            NrSwapPages = new Cell<int>(this, "nr_swap_pages", 0, marked: true);
            TotalSwapPages = new Cell<int>(this, "total_swap_pages", 0, marked: true);
            Isolated = new Cell<PageSet>(this, "isolated", default);
            TruncateCount = new AtomicInt(this, "truncate_count");
        }

        /// <summary>Free slots. Changed under swap_list_lock; vm_swap_full() reads it without.</summary>
        internal Cell<int> NrSwapPages { get; }

        /// <summary>Slots. As <see cref="NrSwapPages"/>.</summary>
        internal Cell<int> TotalSwapPages { get; }

        /// <summary>A bit for each page that reclaim has taken off its list: !PageLRU(). Under lru_lock.</summary>
        internal Cell<PageSet> Isolated { get; }

        /// <summary>mapping->truncate_count.</summary>
        internal AtomicInt TruncateCount { get; }
    }
}
