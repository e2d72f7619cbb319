using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// page_fault2 of will-it-scale: as <see cref="FaultStorm"/>, of a private mapping of a file whose pages are in memory, so that
/// each store copies one. Each task has pages of the file for itself.
/// </summary>
/// <remarks>
/// will-it-scale has a file for each task; here they have one page cache in common, which is looked up without a lock.
/// Of page_fault3, shared mappings of a file, there is none: the kernels of this family have no shared mappings.
/// </remarks>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="InThreads">Threads of one address space, or a process each.</param>
public sealed record FileFaultStorm(string Id, string Title, bool InThreads) : FaultStorm(Id, Title, InThreads)
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [1, 2, 4, 8, 16];

    /// <inheritdoc/>
    public override bool BeginsAtOnce => false;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size)
    {
        MachineCapacity anonymous = base.Capacity(size);
        return anonymous with { Pages = anonymous.Pages + (size * Pages), FilePages = size * Pages };
    }

    /// <inheritdoc/>
    public override MachineSize Machine(int size) => base.Machine(size) with { FilePages = size * Pages };

    /// <inheritdoc/>
    public override async KTask SetUp(WorkloadRun run)
    {
        var ranges = (IMapsRanges)run.Machine.Kernel;
        for (int worker = 0; worker < run.Workers; worker++)
        {
            if (run.IsRefused("mmap", await Map(ranges, run.Tasks[0], worker, 0)))
            {
                return;
            }

            for (int address = 0; address < Pages; address++)
            {
                if (await run.Access(run.Tasks[0], address, write: false) != Fault.Handled)
                {
                    run.Fail($"page {address} of the file cannot be read");
                    return;
                }
            }

            if (run.IsRefused("munmap", await ranges.UnmapRange(run.Tasks[0], 0, Pages)))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override KTask<int> Map(IMapsRanges ranges, TaskStruct task, int worker, int start) =>
        ranges.MapFileRange(task, start, start + Pages, worker * Pages);
}
