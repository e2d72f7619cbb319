using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Mine;

/// <summary>Processes that do nothing but exec(): a fresh address space, and the old one taken down.</summary>
public sealed record ExecStorm() : Workload("exec-storm", "each process calls exec() again and again", "calls of exec")
{
    private static readonly Operation s_exec = new(Verbs.Exec);

    /// <summary>What joins a measurement.</summary>
    public static OwnWorkload Workload { get; } = new(new ExecStorm()) { Families = ["faults"] };

    /// <inheritdoc/>
    public override MachineCapacity Capacity(int size) =>
        new(Pages: 16 * (size + 1), Mms: 64 * size, Tasks: size + 1, Vmas: 8 * (size + 1));

    /// <inheritdoc/>
    public override long Operations(int size) => 32L * size;

    /// <inheritdoc/>
    public override void Boot(WorkloadRun run)
    {
        for (int process = 0; process < run.Workers; process++)
        {
            run.Tasks.Add(run.Machine.BootTask($"process{process}", mm: null));
        }
    }

    /// <inheritdoc/>
    public override async KTask Work(WorkloadRun run, int worker)
    {
        while (!run.IsOver)
        {
            long began = run.Begin(worker);
            if (run.IsRefused("exec", await run.Machine.Kernel.Call(run.Tasks[worker], s_exec)))
            {
                return;
            }

            run.Did(worker, began);
        }
    }
}
