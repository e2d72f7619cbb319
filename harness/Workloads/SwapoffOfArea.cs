using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// One swapoff of an area that processes have filled: how long it takes, against how many slots are in use. Nobody else does
/// anything, and there is memory for everything.
/// </summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Processes">How many share the slots between them.</param>
/// <param name="OnRamDisk">True if the area lies on a disk that costs nothing, so that what is left is the walk.</param>
public sealed record SwapoffOfArea(string Id, string Title, int Processes, bool OnRamDisk)
    : Workload(Id, Title, "slots")
{
    private static readonly Operation s_swapoff = new(Verbs.SwapOff);

    /// <inheritdoc/>
    public override string Axis => "slots in use";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [64, 128, 256, 512, 1024];

    /// <inheritdoc/>
    public override int CpusAt(int size) => 1;

    /// <inheritdoc/>
    public override CostModel Costs(CostModel machine) => OnRamDisk
        ? machine with { DiskLatencyNs = 0, DiskSeekNs = 0, DiskTrackNs = 0, DiskHalfTurnNs = 0, DiskPageNs = machine.PageNs }
        : machine;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (2 * size) + 64,
        Mms: Processes + 2,
        Tasks: Processes + 2,
        Vmas: Processes + 2,
        Addresses: size / Processes,
        Slots: 2 * size);

    /// <inheritdoc/>
    public override long Operations(int size) => size;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        for (int process = 0; process < Processes; process++)
        {
            run.Tasks.Add(run.Machine.BootProcess($"process{process}", run.Size / Processes));
        }

        run.Tasks.Add(run.Machine.BootProcess("swapoff", 1));
    }

    /// <inheritdoc/>
    public override KTask SetUp(WorkloadRun run) => Swapping.FillSwap(run, run.Size / Processes, Processes);

    /// <inheritdoc/>
    public override async KTask Work(WorkloadRun run, int worker)
    {
        int slots = Swapping.SlotsInUse(run.Machine.Areas[0]);
        long began = run.Clock.Now;
        run.EnterKernel();
        int result = await run.Machine.Kernel.Call(run.Tasks[^1], s_swapoff);
        if (result != 0)
        {
            run.Fail($"swapoff answered {Errno.Name(result)}");
            return;
        }

        for (int slot = 0; slot < slots; slot++)
        {
            run.Did(worker, began);
        }

        run.End();
    }
}
