using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// Processes that go round and round in more memory than there is, one for each CPU, and kswapd on one more: pages are written
/// to swap and read again, with read-ahead.
/// </summary>
/// <remarks>
/// A process that finds memory short sleeps until kswapd has freed some: kernels of so few pages, which try once and kill, would
/// not last.
/// </remarks>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Share">How much of what they use fits in memory, in percent.</param>
public sealed record SwapChurn(string Id, string Title, int Share) : Workload(Id, Title, "stores")
{
    private const int PagesOfEach = 96;
    /// <summary>In the first, all pages are fresh; it takes some more until the disk has as much to do in each as in the next.</summary>
    private const int Rounds = 24;
    private const int NapNs = 50_000;
    private const int ReclaimedAtOnce = 16;

    /// <summary>Pages for each process that a store may take, read-ahead included.</summary>
    private const int Reserve = 6;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [1, 2, 4];

    /// <inheritdoc/>
    public override bool IsShortOfMemory => true;

    /// <inheritdoc/>
    public override int CpusAt(int size) => size + 1;

    /// <inheritdoc/>
    public override bool Counts(int worker) => worker > 0;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (PagesOfEach * size * Share / 100) + 8,
        Mms: size + 3,
        Tasks: size + 3,
        Vmas: 2 * (size + 3),
        Addresses: PagesOfEach,
        Slots: 2 * PagesOfEach * size);

    /// <inheritdoc/>
    public override MachineSize Machine(int size) => base.Machine(size) with { Low = 2, Readahead = 4 };

    /// <inheritdoc/>
    public override long Operations(int size) => (long)PagesOfEach * Rounds * size;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        run.Tasks.Add(run.Machine.BootProcess("kswapd", 1));
        for (int worker = 1; worker < run.Workers; worker++)
        {
            run.Tasks.Add(run.Machine.BootProcess($"process{worker}", PagesOfEach));
        }
    }

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => worker == 0 ? Kswapd(run) : Store(run, worker);

    private static async KTask Kswapd(WorkloadRun run)
    {
        int high = 2 * Reserve * run.Workers;
        while (!run.IsOver)
        {
            if (run.Machine.Zone.Free <= high)
            {
                await run.Machine.Kernel.Call(run.Tasks[0], Swapping.Reclaim(ReclaimedAtOnce));
            }

            await run.Nap(NapNs);
        }
    }

    private static async KTask Store(WorkloadRun run, int worker)
    {
        TaskStruct task = run.Tasks[worker];

        // Everybody goes round as often: one that has its pages in memory would otherwise do all that is counted.
        for (int store = 0; !run.IsOver; store++)
        {
            int address = store % PagesOfEach;
            while (address == 0 && run.IsAhead(worker) && !run.IsOver)
            {
                await run.Nap(NapNs);
            }

            long began = run.Begin(worker);
            while (run.Machine.Zone.Free <= Reserve * (run.Workers - 1))
            {
                if (run.IsOver)
                {
                    // Nor is kswapd there any more.
                    return;
                }

                await run.Nap(NapNs);
            }

            Fault fault = await run.Access(task, address, write: true);

            if (fault != Fault.Handled)
            {
                run.Fail($"process {worker} got {fault} at page {address}");
                return;
            }

            run.Did(worker, began);
        }
    }
}
