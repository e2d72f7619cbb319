using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// page_fault1 of will-it-scale: each task maps anonymous memory, touches every page of it, unmaps it, and begins again, in
/// threads of one address space or in processes. Beside them some tasks may only map and unmap.
/// </summary>
/// <remarks>
/// Tasks of one address space have gaps between their memory, so that mappings do not merge. The work is the same at every
/// number of CPUs for each of them, and is over before the slowest is.
/// </remarks>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="InThreads">Threads of one address space, or a process each.</param>
/// <param name="MapperShare">One task in so many maps and unmaps instead of faulting; 0 for none.</param>
/// <param name="Pages">Pages that a task touches before it unmaps them. will-it-scale has 32,768.</param>
public record FaultStorm(string Id, string Title, bool InThreads, int MapperShare = 0, int Pages = 64)
    : Workload(Id, Title, "page faults")
{
    /// <summary>Faults of each CPU, on average; more of them where CPUs are few.</summary>
    private const int FaultsOfEach = 128;

    private const int FaultsAtLeast = 4096;

    /// <summary>Ptes of a page table of x86-64.</summary>
    private const int MostEntries = 512;

    /// <summary>How often each task maps and unmaps, at the least. Page tables of the first four are touched for the first time.</summary>
    public int Rounds { get; init; } = 2;

    /// <inheritdoc/>
    public override bool BeginsAtOnce => true;

    /// <inheritdoc/>
    public override bool CanRun(IKernel kernel) => kernel is IMapsRanges;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (size * (Pages + 4)) + 32,
        Mms: InThreads ? 1 : size,
        Tasks: size,
        Vmas: 4 * size,
        Addresses: InThreads ? size * Stride : Stride,
        Tables: 4 * size * Math.Max(1, Pages / MostEntries),
        TableEntries: Math.Min(Pages, MostEntries),
        AnonVmas: 8 * size);

    /// <inheritdoc/>
    public override long Operations(int size) => Math.Max(FaultsAtLeast, (long)Math.Max(FaultsOfEach, Rounds * Pages) * size);

    /// <inheritdoc/>
    public override bool Counts(int worker) => MapperShare == 0 || worker % MapperShare != MapperShare - 1;

    /// <summary>Pages from the memory of one task to the next one's, in threads.</summary>
    protected int Stride => 2 * Pages;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        MmStruct? shared = null;
        for (int worker = 0; worker < run.Workers; worker++)
        {
            TaskStruct task = run.Machine.BootTask($"task{worker}", InThreads ? shared : null);
            shared ??= task.RawMm;
            run.Tasks.Add(task);
        }
    }

    /// <summary>What a task maps again and again.</summary>
    protected virtual KTask<int> Map(IMapsRanges ranges, TaskStruct task, int worker, int start) => ranges.MapRange(task, start, start + Pages);

    /// <inheritdoc/>
    public override async KTask Work(WorkloadRun run, int worker)
    {
        var ranges = (IMapsRanges)run.Machine.Kernel;
        TaskStruct task = run.Tasks[worker];
        int start = InThreads ? worker * Stride : 0;
        bool maps = !Counts(worker);
        while (!run.IsOver)
        {
            run.EnterKernel();
            if (run.IsRefused("mmap", await Map(ranges, task, worker, start)))
            {
                return;
            }

            for (int address = start; !maps && !run.IsOver && address < start + Pages; address++)
            {
                long began = run.Begin(worker);
                Fault fault = await run.Access(task, address, write: true);
                if (fault != Fault.Handled)
                {
                    run.Fail($"task{worker} got {fault} at page {address}, which it maps");
                    return;
                }

                run.Did(worker, began);
            }

            run.EnterKernel();
            if (run.IsRefused("munmap", await ranges.UnmapRange(task, start, start + Pages)))
            {
                return;
            }
        }
    }
}
