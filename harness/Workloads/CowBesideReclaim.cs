using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// As <see cref="CowStorm"/>, on two CPUs more: kswapd takes pages away meanwhile, so that a store may find its page in the
/// swap cache, and another child pins the same pages for a device, one after another.
/// </summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
public sealed record CowBesideReclaim(string Id, string Title) : Workload(Id, Title, "stores after fork")
{
    private const int Pages = 128;
    private const int ReclaimedAtOnce = 8;

    /// <summary>kswapd looks again so soon because the stores are over soon.</summary>
    private const int NapNs = 1_000;

    /// <summary>The device's transfer, while which the page is pinned.</summary>
    private const int TransferNs = 10_000;

    private const int Kswapd = 0;
    private const int Pinner = 1;

    private static readonly Operation s_unpin = new(Verbs.Unpin);
    private static readonly Operation s_reclaim = Swapping.Reclaim(ReclaimedAtOnce);

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [2, 4, 8, 16];

    /// <inheritdoc/>
    public override bool IsShortOfMemory => true;

    /// <inheritdoc/>
    public override int CpusAt(int size) => size + 2;

    /// <inheritdoc/>
    public override bool Counts(int worker) => worker > Pinner;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (2 * Pages * (size + 2)) + 64,
        Mms: size + 4,
        Tasks: size + 4,
        Vmas: 2 * (size + 4),
        Addresses: Pages,
        Slots: 2 * Pages * (size + 2));

    /// <inheritdoc/>
    public override long Operations(int size) => (long)Pages * size;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        run.Tasks.Add(run.Machine.BootProcess("kswapd", 1));
        run.Tasks.Add(run.Machine.BootProcess("parent", Pages));
    }

    /// <inheritdoc/>
    public override KTask SetUp(WorkloadRun run) => CowStorm.Share(run, run.Tasks[1], Pages);

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => worker switch
    {
        Kswapd => Reclaim(run),
        Pinner => Pin(run),
        _ => CowStorm.Store(run, worker, Pages),
    };

    private static async KTask Reclaim(WorkloadRun run)
    {
        while (!run.IsOver)
        {
            await run.Machine.Kernel.Call(run.Tasks[Kswapd], s_reclaim);
            await run.Nap(NapNs);
        }
    }

    private static async KTask Pin(WorkloadRun run)
    {
        TaskStruct task = run.Tasks[Pinner];
        for (int pin = 0; !run.IsOver; pin++)
        {
            run.EnterKernel();
            var pinned = new Operation(pin % 2 == 0 ? Verbs.PinRead : Verbs.PinWrite, pin % Pages);
            if (run.IsRefused("pin", await run.Machine.Kernel.Call(task, pinned)))
            {
                return;
            }

            await run.Nap(TransferNs);
            run.EnterKernel();
            await run.Machine.Kernel.Call(task, s_unpin);
        }
    }
}
