using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// One swapoff while processes fork children that exit at once, one process on each other CPU: what the address spaces that
/// come and go cost whoever looks for entries of the area, and what looking costs them. All pages were swapped out before.
/// </summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="CountsForks">True if forks are counted, each with its exit; false if slots are, of the one swapoff.</param>
public sealed record SwapoffBesideForks(string Id, string Title, bool CountsForks)
    : Workload(Id, Title, CountsForks ? "forks" : "slots")
{
    private const int Pages = 32;

    /// <summary>Processes that have most of the slots, and do nothing.</summary>
    private const int Idle = 8;

    /// <summary>Three times what one swapoff lasts for: task_structs are not used twice.</summary>
    private const int ForksOfEach = 2048;

    private const int NapNs = 10_000;

    private static readonly Operation s_fork = new(Verbs.Fork, []);
    private static readonly Operation s_exit = new(Verbs.Exit);

    /// <inheritdoc/>
    public override IReadOnlyList<int> Sizes { get; } = [2, 4, 8];

    /// <inheritdoc/>
    public override int LeastCpus => 2;

    /// <inheritdoc/>
    public override bool Counts(int worker) => CountsForks == (worker > 0);

    /// <inheritdoc/>
    public override bool IsOnRamDisk => true;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (2 * Pages * (Idle + size)) + 64,
        Mms: Idle + (4 * size),
        Tasks: Idle + (size * ForksOfEach),
        Vmas: 4 * (Idle + size),
        Addresses: Pages,
        Slots: 2 * Pages * (Idle + size));

    /// <inheritdoc/>
    public override long Operations(int size) => long.MaxValue;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        for (int process = 0; process < Idle + run.Workers; process++)
        {
            run.Tasks.Add(run.Machine.BootProcess($"process{process}", Pages));
        }
    }

    /// <inheritdoc/>
    public override KTask SetUp(WorkloadRun run) => Swapping.FillSwap(run, Pages, run.Tasks.Count - 1);

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => worker == 0 ? Swapping.SwapOff(run, worker) : ForkAndExit(run, worker);

    /// <summary>Nobody can fork any more: forks are no longer counted; a swapoff goes on undisturbed, to its end.</summary>
    private async KTask RunOut(WorkloadRun run)
    {
        if (CountsForks)
        {
            run.End();
        }

        while (!run.IsOver)
        {
            await run.Nap(NapNs);
        }
    }

    private async KTask ForkAndExit(WorkloadRun run, int worker)
    {
        TaskStruct parent = run.Tasks[Idle + worker - 1];
        while (!run.IsOver)
        {
            long began = run.Begin(worker);
            run.EnterKernel();
            int pid = await run.Machine.Kernel.Call(parent, s_fork);
            if (pid == Errno.NoMem && run.Machine.TaskCount == run.Machine.Capacity.Tasks)
            {
                // On real threads, where swapoff may lose its core for long.
                await RunOut(run);
                return;
            }

            if (run.IsRefused("fork", pid))
            {
                return;
            }

            TaskStruct child = run.Woken!;
            child.IsExiting = true;
            run.EnterKernel();
            await run.Machine.Kernel.Call(child, s_exit);
            run.Did(worker, began);
        }
    }
}
