using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V14: Linux 5.1 (May 2019). swapoff no longer looks for the users of one slot after another: it pins each address
/// space that may have swap entries, takes its mmap_sem and brings in all that it has, then empties what is left of the
/// swap cache, and begins anew until the area is empty. An address space that is exiting is left to itself.
/// </summary>
/// <remarks>
/// One file for each of the kernel's. Ptes are guarded by the page table lock, vmas by the mmap_sem, page->private and
/// PG_swapcache by page lock and i_pages lock; page counts, mapcounts and flags are atomic. Lock order: mmap_sem,
/// PG_locked, anon_vma or i_mmap_rwsem, page table lock, then mmlist_lock, i_pages and si->lock, none of which is taken
/// with another but for mmlist_lock in swapoff. SWAP_HAS_CACHE is one of a slot's count, and a flag besides.
/// <para>Kept though it is broken: swapoff frees the swap_map and the swapper space while others, who hold nothing that
/// pins them, may be about to use them; and a fault that finds its slot freed, and the same entry in the pte again, calls the
/// OOM killer. 5.3, 5.16 and 6.9 closed that: see <see cref="Linux5_3"/> and <see cref="Linux6_9"/>.</para>
/// <para>Brought down to size: one page table lock for each address space; one anon_vma, task and i_mmap lock stands for
/// all of their kind; an allocation reclaims one page; active and inactive list are one, in the order of mem_map, on which
/// a page is as long as it is mapped or cached; page_referenced() looks at all ptes in one moment; swap_lock is part of
/// si->lock, and a section of a leaf lock is one moment. try_to_unmap() finds anonymous ptes in the mms' order instead of
/// the vmas', which is parent before child in both.</para>
/// <para>Left out, as no argument about swapoff turns on it: swap slot caches (inactive with so few slots; swapoff's
/// switching them off is kept), SWP_SYNCHRONOUS_IO, clusters, scan_swap_map()'s reuse of slots that only the cache
/// has, count continuations, frontswap, memcg, KSM, THP, shared memory, MADV_FREE, pagevecs, PG_referenced, rss,
/// page-table pages and TLBs (so a zapped page is freed as soon as its lock is dropped), ZERO_PAGE (a fresh page takes
/// its place), reading files from disk, I/O errors, the OOM killer (whoever finds no memory is killed), core dumps,
/// signals that interrupt swapoff, and CLONE_PID, which is a fork.</para>
/// <para>Not as it was: truncate zaps private copies that are swapped out. 5.1 means to, and leaves them; Peter Xu, "mm:
/// Don't skip swap entry even if zap_details specified", linux-mm, February 2022.</para>
/// <para>Source: mm/ of 5.0 to 5.10, and Hugh Dickins, "mm: swapoff: take notice of completion sooner" and its
/// neighbours, linux-mm, April 2019.</para>
/// </remarks>
public partial class Linux5_1 : Linux2_6, IKernel, ICountsSwapPages
{
    private readonly Globals _globals;
    private readonly SwapInfo _si;
    private readonly SwapperSpace _swapperSpace;
    private readonly MmList _mmlist;
    private readonly SpinLock _mmlistLock;
    private readonly SpinLock _lruLock;
    private readonly SpinLock _filePagesLock;
    private readonly RwSemaphore _anonVmaLock;
    private readonly RwSemaphore _iMmapLock;
    private readonly WaitQueue _writeback;

    /// <summary>The kernel of one machine.</summary>
    public Linux5_1(Machine machine)
        : base(machine)
    {
        _globals = new Globals(Smp);
        _si = new SwapInfo(machine);
        _swapperSpace = new SwapperSpace(Smp);
        _mmlist = new MmList(machine);
        _mmlistLock = new SpinLock(Smp, "mmlist_lock");
        _lruLock = new SpinLock(Smp, "lru_lock");
        _filePagesLock = new SpinLock(Smp, "mapping.i_pages", "i_pages");
        _anonVmaLock = new RwSemaphore(Smp, "anon_vma.rwsem");
        _iMmapLock = new RwSemaphore(Smp, "i_mmap_rwsem");
        _writeback = new WaitQueue(Smp, "PG_writeback");
        _mapCount = machine.PerPage(page => new AtomicInt(page, "_mapcount"));
        _pageAnon = machine.PerPage(page => new Cell<bool>(page, "PageAnon", false, marked: true));
    }

    int ICountsSwapPages.NrSwapPages => _globals.NrSwapPages.Raw;

    /// <inheritdoc/>
    public virtual void Boot()
    {
        _globals.NrSwapPages.Raw = M.Areas[0].Slots;
        _globals.TotalSwapPages.Raw = M.Areas[0].Slots;
        _globals.SlotCacheEnabled.Raw = true;
        _globals.PrevOffset.Raw = 0;
        _globals.Isolated.Raw = default;
        _si.Boot(M.Areas[0].Slots);
        _swapperSpace.Allocate();
        _mmlist.Clear();
        for (int index = 0; index < M.RawSize.Pages; index++)
        {
            _mapCount[index].Raw = 0;
            _pageAnon[index].Raw = false;
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
        _ => throw new NotSupportedException($"Linux 5.1 has no operation '{operation.Verb.Name}'"),
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

        _writeback.WakeUp();
    }

    private sealed class Globals : TrackedObject
    {
        internal Globals(Smp smp)
            : base(smp, "global", "global")
        {
            NrSwapPages = new Cell<int>(this, "nr_swap_pages", 0, marked: true);
            TotalSwapPages = new Cell<int>(this, "total_swap_pages", 0, marked: true);
            SlotCacheEnabled = new Cell<bool>(this, "swap_slot_cache_enabled", true, marked: true);
            PrevOffset = new Cell<int>(this, "prev_offset", 0, marked: true);
            Isolated = new Cell<PageSet>(this, "isolated", default, marked: true);
        }

        /// <summary>Slots that may be given out. An atomic_long_t, changed under si->lock and read without.</summary>
        internal Cell<int> NrSwapPages { get; }

        /// <summary>Slots of all areas. As <see cref="NrSwapPages"/>.</summary>
        internal Cell<int> TotalSwapPages { get; }

        /// <summary>False during swapoff.</summary>
        internal Cell<bool> SlotCacheEnabled { get; }

        /// <summary>Where swapin_nr_pages() last was. A guess, without a lock.</summary>
        internal Cell<int> PrevOffset { get; }

        /// <summary>
        /// A bit for each page that reclaim has taken off its list: !PageLRU(). Changed under lru_lock, and looked at
        /// without.
        /// </summary>
        internal Cell<PageSet> Isolated { get; }
    }

    /// <summary>What struct swap_info_struct has besides the swap_map.</summary>
    private sealed class SwapInfo : TrackedObject
    {
        private readonly Each<Cell<bool>> _hasCache;

        internal SwapInfo(Machine machine)
            : base(machine.Smp, "swap_info", "si")
        {
            Lock = new SpinLock(machine.Smp, "si.lock");
            Max = new Cell<int>(this, "max", 0, marked: true);
            InusePages = new Cell<int>(this, "inuse_pages", 0, marked: true);
            Users = new AtomicInt(this, "users");
            UsersGone = new WaitQueue(machine.Smp, "si.comp");
            _hasCache = new Each<Cell<bool>>(
                machine.Smp, machine.Capacity.Slots, offset => new Cell<bool>(this, $"SWAP_HAS_CACHE[{offset}]", false));
        }

        /// <summary>Guards the swap_map, inuse_pages and flags.</summary>
        internal SpinLock Lock { get; }

        /// <summary>The number of slots, 0 once there is no swap_map. Read without the lock.</summary>
        internal Cell<int> Max { get; }

        /// <summary>Slots in use. Read without the lock.</summary>
        internal Cell<int> InusePages { get; }

        /// <summary>References to the area, of those who have no entry that pins it (6.9).</summary>
        internal AtomicInt Users { get; }

        /// <summary>Where swapoff waits for them.</summary>
        internal WaitQueue UsersGone { get; }

        /// <summary>SWAP_HAS_CACHE: one of the slot's count is the cache's, or that of whoever adds or removes it.</summary>
        internal Cell<bool> HasCache(int offset) => _hasCache[offset];

        internal void Boot(int slots)
        {
            Max.Raw = slots;
            InusePages.Raw = 0;
            Users.Raw = 0;
            foreach (Cell<bool> flag in _hasCache)
            {
                flag.Raw = false;
            }
        }
    }

    /// <summary>swapper_spaces[type]: allocated by swapon, freed by swapoff.</summary>
    private sealed class SwapperSpace : TrackedObject
    {
        internal SwapperSpace(Smp smp)
            : base(smp, "swapper_space", "swapper_space") => PagesLock = new SpinLock(smp, "swapper_space.i_pages", "i_pages");

        /// <summary>xa_lock of i_pages, which also stands for the speculative references that lookups take without it.</summary>
        internal SpinLock PagesLock { get; }
    }
}
