using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V7: Linux 2.4.10 (September 2001, Hugh Dickins). All address spaces are on a list under a spin lock; swapoff takes
/// a page out of the swap cache, marks it dirty, walks the list without sleeping, and goes round the area until every
/// slot is free. Nothing is forced to zero.
/// </summary>
/// <remarks>
/// One file for each of the kernel's, as with <see cref="Linux2_3_8"/>; but this is another era, and shares no code
/// with it. The big kernel lock is left only around swap-in and in swapoff and swapon. Lock order: mmap_sem, then the
/// page lock, then i_shared_lock or mmlist_lock, then page_table_lock (a child's before its parent's), then
/// swap_list_lock, then the area's device lock, then pagecache_lock. Under page_table_lock a page is only ever
/// locked with TryLockPage.
/// <para>Left out, as no argument about swapoff turns on it: the lists of active and inactive pages and their lock
/// (reclaim looks at every page in order), page aging other than the young bit, buffers, page-table pages, ZERO_PAGE
/// (a fresh page takes its place), transfers of file pages (a file's page is read at once), shared memory, the task
/// list, swap counts that overflow, several areas, and the big kernel lock in ptrace, which drops it in each wait.
/// swap_info_get() makes its tests under the locks that it is about to take rather than before: whoever calls it has
/// a share in the slot, so they come out the same.</para>
/// <para>Source: 2.4.9 with the changes of 2.4.10-pre, as far as mails quote them, and the later 2.4 files where they
/// are unchanged. exclusive_swap_page() tests PageSwapCache, as it has done since 2.4.4 (Linus Torvalds, linux-mm,
/// 5 April 2001).</para>
/// <para>One hole of the kernel is kept. A fault that has waited compares the pte and nothing else, so an entry that
/// swapoff and swapon (or another thread) have freed, and that reclaim has given to the same pte again, passes for the
/// old one. If the slot was free when read_swap_cache_async() looked, it has said null, as it does for want of memory,
/// and the process is killed; if a page had been found before, it is mapped although it is another's by now, and a
/// store is lost. The latter was closed in September 2010 ("mm: fix swapin race condition", and Hugh Dickins on
/// linux-mm on the 19th: "could be reformulated to rely on ... swapoff+swapon").</para>
/// </remarks>
public partial class Linux2_4_10 : IKernel, ICountsSwapPages
{
    private protected readonly Machine M;
    private protected readonly Smp Smp;
    private protected readonly BigKernelLock Bkl;
    private protected readonly SpinLock SwapListLock;
    private protected readonly SpinLock SwapDeviceLock;
    private protected readonly SpinLock PagecacheLock;
    private readonly Globals _globals;
    private readonly MmList _mmList;
    private readonly SpinLock _mmListLock;
    private readonly SpinLock[] _allocLock;
    private readonly Cell<int>[] _swapAddress;

    /// <summary>The kernel of one machine.</summary>
    public Linux2_4_10(Machine machine)
    {
        M = machine;
        Smp = machine.Smp;
        Bkl = machine.Bkl;
        _globals = new Globals(Smp);
        _mmList = new MmList(machine);
        _mmListLock = new SpinLock(Smp, "mmlist_lock");
        SwapListLock = new SpinLock(Smp, "swaplock");
        SwapDeviceLock = new SpinLock(Smp, "sdev_lock");
        PagecacheLock = new SpinLock(Smp, "pagecache_lock");
        _allocLock = new SpinLock[machine.Capacity.Tasks];
        for (int index = 0; index < _allocLock.Length; index++)
        {
            _allocLock[index] = new SpinLock(Smp, $"{machine.Task(index).Name}.alloc_lock", "alloc_lock");
        }

        _swapAddress = new Cell<int>[machine.Capacity.Mms];
        for (int index = 0; index < _swapAddress.Length; index++)
        {
            _swapAddress[index] = new Cell<int>(machine.Mm(index), "swap_address", 0, marked: true);
        }
    }

    int ICountsSwapPages.NrSwapPages => _globals.NrSwapPages.Raw;

    /// <inheritdoc/>
    public virtual void Boot()
    {
        _mmList.Clear();
        _globals.MmListCount.Raw = M.MmCount;
        _globals.SwapMm.Raw = null;
        _globals.NrSwapPages.Raw = M.Areas[0].Slots;
        _globals.Max.Raw = M.Areas[0].Slots;
        for (int index = 0; index < M.MmCount; index++)
        {
            _swapAddress[index].Raw = 0;
            _mmList.Insert(M.Mm(index));
        }
    }

    /// <inheritdoc/>
    public virtual KTask<int> Call(TaskStruct current, Operation operation) => operation.Verb.Code switch
    {
        VerbCode.Fork => DoFork(current, CloneFlags.None),
        VerbCode.ForkSamePid => DoFork(current, CloneFlags.Pid),
        VerbCode.Clone => DoFork(current, CloneFlags.Vm),
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
        _ => throw new NotSupportedException($"Linux 2.4.10 has no operation '{operation.Verb.Name}'"),
    };

    /// <inheritdoc/>
    public virtual void EndIo(DiskRequest request) => request.Page.Lock.UnlockByDevice();

    /// <summary>task_lock(): guards task->mm against whoever looks at another task's.</summary>
    private SpinLock AllocLock(TaskStruct task) => _allocLock[task.Index];

    private sealed class Globals : TrackedObject
    {
        internal Globals(Smp smp)
            : base(smp, "global", "global")
        {
            NrSwapPages = new Cell<int>(this, "nr_swap_pages", 0);
            Max = new Cell<int>(this, "swap_info.max", 0);
            SwapMm = new Cell<MmStruct?>(this, "swap_mm", null, marked: true);
            MmListCount = new Cell<int>(this, "mmlist_nr", 0, marked: true);
        }

        /// <summary>nr_swap_pages: free slots of the areas on the swap list, under swap_list_lock.</summary>
        internal Cell<int> NrSwapPages { get; }

        /// <summary>p->max: no slot from here on exists, under the device lock.</summary>
        internal Cell<int> Max { get; }

        /// <summary>
        /// swap_mm: where reclaim goes on, null for init_mm. Set under mmlist_lock; swap_out_mm() looks without it, to see
        /// whether somebody else has moved it.
        /// </summary>
        internal Cell<MmStruct?> SwapMm { get; }

        /// <summary>mmlist_nr: set under mmlist_lock, read without it by swap_out(), which only wants a guess.</summary>
        internal Cell<int> MmListCount { get; }
    }
}
