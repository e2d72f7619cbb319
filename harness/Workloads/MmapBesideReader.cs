using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// The loop of d065bd810b6d: one thread reads pages of a big file that the disk must bring, others of its process map and unmap
/// memory that nobody touches. Counted are the pairs of mmap and munmap.
/// </summary>
/// <remarks>The file's page is no longer cached whenever the reader comes back, and lies elsewhere on the disk.</remarks>
public sealed record MmapBesideReader(string Id, string Title) : Workload(Id, Title, "pairs of mmap and munmap")
{
    private const int Pages = 2;

    /// <summary>Where the reader is in the way, one for each of its reads.</summary>
    private const int Pairs = 600;

    private const int Reads = 8;

    /// <summary>A reader may wait for the disk in its section, for milliseconds, in which others free thousands of vmas.</summary>
    private const int WaitingForReader = 12_288;

    private static readonly Operation s_map = new(Verbs.MapFile, 0);
    private static readonly Operation s_unmap = new(Verbs.Unmap, 0);

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [2, 4, 8];

    /// <inheritdoc/>
    public override bool CanRun(IKernel kernel) => kernel is IMapsRanges;

    /// <inheritdoc/>
    public override bool Counts(int worker) => worker > 0;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: 64,
        Mms: 1,
        Tasks: size,
        Vmas: (4 * size) + WaitingForReader,
        Addresses: 2 * Pages * size,
        Tables: 4 * size,
        AnonVmas: 4 * size);

    /// <inheritdoc/>
    public override long Operations(int size) => Pairs;

    /// <inheritdoc/>
    public override long LeastNs(CostModel costs) => Reads * ((long)costs.DiskLatencyNs + costs.DiskSeekNs + costs.DiskHalfTurnNs);

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        MmStruct? shared = null;
        for (int worker = 0; worker < run.Workers; worker++)
        {
            TaskStruct task = run.Machine.BootTask($"task{worker}", shared);
            shared ??= task.RawMm;
            run.Tasks.Add(task);
        }
    }

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => worker == 0 ? Read(run) : MapAndUnmap(run, worker);

    private static async KTask Read(WorkloadRun run)
    {
        while (!run.IsOver)
        {
            if (run.IsRefused("mmap", await run.Machine.Kernel.Call(run.Tasks[0], s_map)))
            {
                return;
            }

            Fault fault = await run.Access(run.Tasks[0], 0, write: false);
            if (fault != Fault.Handled)
            {
                run.Fail($"the reader got {fault}");
                return;
            }

            if (run.IsRefused("munmap", await run.Machine.Kernel.Call(run.Tasks[0], s_unmap)))
            {
                return;
            }

            Forget(run.Machine);
        }
    }

    private static async KTask MapAndUnmap(WorkloadRun run, int worker)
    {
        var ranges = (IMapsRanges)run.Machine.Kernel;
        int start = worker * 2 * Pages;
        while (!run.IsOver)
        {
            long began = run.Begin(worker);
            run.EnterKernel();
            if (run.IsRefused("mmap", await ranges.MapRange(run.Tasks[worker], start, start + Pages)))
            {
                return;
            }

            run.EnterKernel();
            if (run.IsRefused("munmap", await ranges.UnmapRange(run.Tasks[worker], start, start + Pages)))
            {
                return;
            }

            run.Did(worker, began);
        }
    }

    /// <summary>Other pages of the file have taken this one's place in memory, and the head of the disk is over them.</summary>
    private static void Forget(Machine machine)
    {
        Cell<Page?> cached = machine.File.CachedPage(0);
        if (cached.Raw is { } page && page.Count.Raw == 1)
        {
            cached.Raw = null;
            page.FileIndex = -1;
            page.Count.Raw = 0;
            machine.Zone.Put(page);
        }

        machine.Disk.MoveHeadAway();
    }
}
