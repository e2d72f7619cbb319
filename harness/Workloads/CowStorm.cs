using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// Processes that a fork has left with the same pages write to them, all in the same order: each store finds a page that
/// others are about to copy or take over.
/// </summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Pages">Pages that they share.</param>
public sealed record CowStorm(string Id, string Title, int Pages = 128) : Workload(Id, Title, "stores after fork")
{
    private static readonly Operation s_fork = new(Verbs.Fork, []);

    /// <inheritdoc/>
    public override int LeastCpus => 2;

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) => new(
        Pages: (Pages * (size + 1)) + 64,
        Mms: size + 2,
        Tasks: size + 2,
        Vmas: 2 * (size + 2),
        Addresses: Pages);

    /// <inheritdoc/>
    public override long Operations(int size) => (long)Pages * size;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run) => run.Tasks.Add(run.Machine.BootProcess("parent", Pages));

    /// <inheritdoc/>
    public override KTask SetUp(WorkloadRun run) => Share(run, run.Tasks[0], Pages);

    /// <inheritdoc/>
    public override KTask Work(WorkloadRun run, int worker) => Store(run, worker, Pages);

    /// <summary>The parent stores to all of its pages and forks, until there is a process for each worker.</summary>
    internal static async KTask Share(WorkloadRun run, TaskStruct parent, int pages)
    {
        for (int address = 0; address < pages; address++)
        {
            await run.Access(parent, address, write: true);
        }

        while (run.Tasks.Count < run.Workers)
        {
            if (run.IsRefused("fork", await run.Machine.Kernel.Call(parent, s_fork)))
            {
                return;
            }

            run.Tasks.Add(run.Woken!);
        }
    }

    /// <summary>The process of this number stores to each of its pages.</summary>
    internal static async KTask Store(WorkloadRun run, int worker, int pages)
    {
        for (int address = 0; address < pages; address++)
        {
            long began = run.Begin(worker);
            Fault fault = await run.Access(run.Tasks[worker], address, write: true);
            if (fault != Fault.Handled)
            {
                run.Fail($"process {worker} got {fault} at page {address}");
                return;
            }

            run.Did(worker, began);
        }
    }
}
