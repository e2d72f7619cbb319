using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// Allocation under a filesystem's locks: processes write to files, and between two writes store to memory of their own and
/// to shared mappings of the same files, at several memory pressures. Counted are the writes, which need buffers, blocks
/// and bitmaps with i_sem and the superblock's lock held.
/// </summary>
/// <remarks>
/// The size is how much of what is used fits in memory, in percent. Nobody reclaims but whoever allocates, and what kernels
/// have of their own. Who is killed for want of memory lives again a little later: kernels of so few pages, which try once and
/// kill, would not last.
/// </remarks>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="DirtyStores">Stores to shared mappings between two writes: what reclaim has to write through the filesystem.</param>
public sealed record ReclaimUnderLocks(string Id, string Title, int DirtyStores) : Workload(Id, Title, "writes")
{
    private const int Processes = 4;
    private const int FilePages = 28;
    private const int AllFilePages = FileSystem.FileCount * FilePages;
    private const int AnonymousPages = 32;
    private const int AnonymousStores = 4;
    private const int Rounds = 16;

    /// <summary>Before whoever was killed begins anew: twice as long each time, as an old disk may take 10 ms for each page that is to be freed.</summary>
    private const int FirstNapNs = 50_000;
    private const int LongestNapNs = 256 * FirstNapNs;

    /// <summary>Pages that may be in use at a time: memory, the page cache, and a buffer for each block.</summary>
    private const int MostInUse = (Processes * AnonymousPages) + (2 * AllFilePages);

    /// <inheritdoc/>
    public override string Axis => "memory, percent of what is used";

    /// <inheritdoc/>
    public override bool IsShortOfMemory => true;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [40, 60, 80, 120];

    /// <inheritdoc/>
    public override int CpusAt(int size) => Processes;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: MostInUse * size / 100,
        Vmas: Processes * (AllFilePages + 2),
        Addresses: AllFilePages + AnonymousPages,
        Slots: 2 * Processes * AnonymousPages,
        FilePages: FilePages);

    /// <inheritdoc/>
    public override MachineSize Machine(int size) => base.Machine(size) with { Low = 2 * Processes, FilePages = FilePages };

    /// <inheritdoc/>
    public override long Operations(int size) => Rounds * AllFilePages;

    /// <inheritdoc/>
    public override bool BeginsAnew => true;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        for (int process = 0; process < Processes; process++)
        {
            run.Tasks.Add(run.Machine.BootProcess($"process{process}", AnonymousPages, start: AllFilePages));
        }
    }

    /// <inheritdoc/>
    public override async KTask SetUp(WorkloadRun run)
    {
        for (int page = 0; page < AllFilePages && DirtyStores > 0; page++)
        {
            if (run.IsRefused("mmap", await run.Machine.Kernel.Call(run.Tasks[page % Processes], new Operation(Verbs.MapShared, page))))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override async KTask Work(WorkloadRun run, int worker)
    {
        TaskStruct task = run.Tasks[worker];
        int ownPages = AllFilePages / Processes;
        int dirtied = ownPages / 2;
        int stored = 0;
        for (int write = 0; !run.IsOver; write++)
        {
            long began = run.Begin(worker);
            run.EnterKernel();
            task.UserBuffer = write + 1;
            var writing = new Operation(Verbs.FileWrite, OwnPage(worker, write % ownPages));
            if (run.IsRefused("write", await run.Machine.Kernel.Call(task, writing)))
            {
                return;
            }

            run.Did(worker, began);
            for (int store = 0; store < DirtyStores; store++)
            {
                await Store(run, task, OwnPage(worker, dirtied++ % ownPages));
            }

            for (int store = 0; store < AnonymousStores; store++)
            {
                await Store(run, task, AllFilePages + (stored++ % AnonymousPages));
            }
        }
    }

    /// <summary>Pages of both files.</summary>
    private static int OwnPage(int worker, int index) => (index * Processes) + worker;

    private static async KTask Store(WorkloadRun run, TaskStruct task, int address)
    {
        for (int nap = FirstNapNs; !run.IsOver; nap = Math.Min(2 * nap, LongestNapNs))
        {
            Fault fault = await run.Access(task, address, write: true);
            if (fault == Fault.Handled)
            {
                return;
            }

            // 2.2's do_anonymous_page() answers SIGBUS where there is no page.
            if (fault != Fault.OutOfMemory && !task.SawAllocationFail)
            {
                run.Fail($"{task.Comm} got {fault} at page {address}");
                return;
            }

            LiveAgain(task, address);
            await run.Nap(nap);
        }
    }

    /// <summary>What was lost when it was killed is as if it had never been touched.</summary>
    private static void LiveAgain(TaskStruct task, int address)
    {
        task.IsKilled = false;
        task.SawAllocationFail = false;
        if (task.RawMm!.Walk(address) is { } entry && entry.LookByHardware().Kind == PteKind.Bad)
        {
            entry.SetByHardware(default);
        }
    }
}
