using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V0: Linux 2.3.8 (June 1999), the tree that the seed's patch applies to. swapoff walks the page tables of every
/// task under tasklist_lock, without their mmap_sem, and forces what is left of a slot's count to zero.
/// </summary>
/// <remarks>
/// One file for each of the kernel's: Memory is mm/memory.c, SwapFile is mm/swapfile.c, and so on. The big kernel
/// lock makes the stretches between two sleeps atomic; nearly everything here relies on that.
/// <para>Left out, as no argument about swapoff turns on it: page aging (PG_referenced), page-table pages, the count
/// that a transfer has on its page and slot (the page lock holds both), ZERO_PAGE (a fresh page takes its place),
/// and shared memory. do_anonymous_page and do_no_page look at the pte and the mapping again after they slept (2.2
/// looked at the pte; 2.3.7 lost even that): without it a debugger's fault overwrites a store or maps a page where
/// nothing is mapped any more, whatever swapoff does.</para>
/// <para>Source: 2.3.7 and the context lines of the seed's patch.</para>
/// </remarks>
public partial class Linux2_3_8 : IKernel, ICountsSwapPages
{
    private readonly Globals _globals;

    /// <summary>The kernel of one machine.</summary>
    public Linux2_3_8(Machine machine)
    {
        M = machine;
        Smp = machine.Smp;
        Bkl = machine.Bkl;
        TasklistLock = new RwSpinLock(Smp, "tasklist_lock");
        _globals = new Globals(Smp);
        _swapCount = new int[machine.Capacity.Mms];
        _swapCounts = new SharedFact(Smp);
    }

    int ICountsSwapPages.NrSwapPages => _globals.NrSwapPages.Raw;

    /// <summary>The machine it runs on.</summary>
    protected Machine M { get; }

    /// <summary>The CPUs it runs on.</summary>
    protected Smp Smp { get; }

    /// <summary>The big kernel lock.</summary>
    protected BigKernelLock Bkl { get; }

    /// <summary>Guards the list of tasks. A spin lock: nobody may sleep under it.</summary>
    protected RwSpinLock TasklistLock { get; }

    /// <summary>init_task.next_task: every task but init, the newest last.</summary>
    protected TaskStruct? FirstTask
    {
        get => _globals.FirstTask.Value;
        private set => _globals.FirstTask.Value = value;
    }

    /// <summary>nr_swap_pages: free slots of all areas, under the big kernel lock.</summary>
    protected int NrSwapPages
    {
        get => _globals.NrSwapPages.Value;
        set => _globals.NrSwapPages.Value = value;
    }

    /// <inheritdoc/>
    public virtual void Boot()
    {
        FirstTask = null;
        NrSwapPages = M.Areas[0].Slots;
        Array.Clear(_swapCount);
        for (int index = 0; index < M.TaskCount; index++)
        {
            SetLinks(M.Task(index));
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
        VerbCode.Reclaim => Kswapd(operation.Number),
        VerbCode.SwapOff => SysSwapoff(current, M.Areas[0]),
        VerbCode.SwapOn => SysSwapon(M.Areas[0]),
        _ => throw new NotSupportedException($"Linux 2.3.8 has no operation '{operation.Verb.Name}'"),
    };

    /// <inheritdoc/>
    public virtual void EndIo(DiskRequest request) => request.Page.Lock.UnlockByDevice();

    /// <summary>SET_LINKS(): puts a task at the end of the list. Called under tasklist_lock, held for writing.</summary>
    protected void SetLinks(TaskStruct task)
    {
        TaskStruct? last = FirstTask;
        if (last is null)
        {
            FirstTask = task;
            return;
        }

        while (last.Next is { } next)
        {
            last = next;
        }

        last.Next = task;
    }

    private sealed class Globals : TrackedObject
    {
        internal Globals(Smp smp)
            : base(smp, "global", "global")
        {
            FirstTask = new Cell<TaskStruct?>(this, "init_task.next_task", null);
            NrSwapPages = new Cell<int>(this, "nr_swap_pages", 0);
        }

        internal Cell<TaskStruct?> FirstTask { get; }

        internal Cell<int> NrSwapPages { get; }
    }
}
