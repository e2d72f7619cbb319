using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// One swapoff of an area that processes have filled: how long it takes, against how many slots are in use, or by how many
/// processes. Nobody else does anything, and there is memory for everything.
/// </summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Processes">How many share the slots between them, if the size does not say.</param>
/// <param name="OnRamDisk">True if the area lies on a disk that costs nothing, so that what is left is the walk.</param>
public sealed record SwapoffOfArea(string Id, string Title, int Processes, bool OnRamDisk)
    : Workload(Id, Title, "slots")
{
    /// <summary>Slots in use, where the size is the number of processes; null where the size is the number of slots.</summary>
    public int? AgainstProcesses { get; init; }

    /// <inheritdoc/>
    public override string Axis => AgainstProcesses is null ? "slots in use" : "processes";

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes => AgainstProcesses is null ? [64, 128, 256, 512, 1024] : [4, 16, 64, 256];

    /// <inheritdoc/>
    public override int CpusAt(int size) => 1;

    /// <inheritdoc/>
    public override bool IsOnRamDisk => OnRamDisk;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (2 * SlotsAt(size)) + 64,
        Mms: ProcessesAt(size) + 2,
        Tasks: ProcessesAt(size) + 2,
        Vmas: ProcessesAt(size) + 2,
        Addresses: PagesOfEach(size),
        Slots: 2 * SlotsAt(size));

    /// <inheritdoc/>
    public override long Operations(int size) => SlotsAt(size);

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        for (int process = 0; process < ProcessesAt(run.Size); process++)
        {
            run.Tasks.Add(run.Machine.BootProcess($"process{process}", PagesOfEach(run.Size)));
        }

        run.Tasks.Add(run.Machine.BootProcess("swapoff", 1));
    }

    /// <inheritdoc/>
    public override KTask SetUp(WorkloadRun run) => Swapping.FillSwap(run, PagesOfEach(run.Size), ProcessesAt(run.Size));

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => Swapping.SwapOff(run, worker);

    private int ProcessesAt(int size) => AgainstProcesses is null ? Processes : size;

    private int SlotsAt(int size) => AgainstProcesses ?? size;

    private int PagesOfEach(int size) => SlotsAt(size) / ProcessesAt(size);
}
