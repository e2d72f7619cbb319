using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>What a workload came to.</summary>
/// <param name="Operations">Operations done: page faults, or map and unmap calls where nobody faults.</param>
/// <param name="Nanoseconds">From the beginning to the time of the CPU that ended last.</param>
/// <param name="Awaits">Awaits that were simulated.</param>
/// <param name="WaitedShare">The share of all CPUs' time that was spent waiting for locks.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
public sealed record WorkloadResult(long Operations, long Nanoseconds, long Awaits, double WaitedShare, Failure? Failure)
{
    /// <summary>Operations in a second of the simulated machine.</summary>
    public double PerSecond => Nanoseconds == 0 ? 0 : Operations * 1e9 / Nanoseconds;
}

/// <summary>
/// page_fault1 of will-it-scale, in small: each task maps anonymous memory, touches every page of it, unmaps it, and begins
/// again, in threads of one address space or in processes.
/// </summary>
/// <remarks>
/// Tasks of one address space have gaps between their memory, so that mappings do not merge. Each begins at another
/// time, drawn from the seed; and lasts until the horizon. With <see cref="Mappers"/>, that many of the tasks only map and
/// unmap, beside the others' faults.
/// </remarks>
public sealed class FaultStorm
{
    private readonly CostModel _costs;
    private readonly Func<Machine, IKernel> _kernel;
    private readonly List<(int Start, TaskStruct Task, bool Maps)> _work = [];
    private readonly Func<Cpu, KTask> _start;
    private Machine _machine = null!;
    private IMapsRanges _ranges = null!;
    private long _operations;
    private ulong _seed;

    /// <summary>A storm on a machine, of a kernel that can map ranges.</summary>
    public FaultStorm(CostModel costs, Func<Machine, IKernel> kernel)
    {
        _costs = costs;
        _kernel = kernel;
        _start = Storm;
    }

    /// <summary>Threads of one address space, or a process each.</summary>
    public bool InThreads { get; init; }

    /// <summary>How many tasks map and unmap instead of faulting.</summary>
    public int Mappers { get; init; }

    /// <summary>Pages that a task touches before it unmaps them. will-it-scale has 32,768.</summary>
    public int Pages { get; init; } = 64;

    /// <summary>How long each task goes on, in simulated nanoseconds.</summary>
    public long HorizonNs { get; init; } = 2_000_000;

    /// <summary>Runs it on so many CPUs, with one task each. Deterministic from the seed.</summary>
    public WorkloadResult Run(int cpus, ulong seed)
    {
        int stride = 2 * Pages;
        var capacity = new MachineCapacity(
            Cpus: cpus,
            Pages: (cpus * (Pages + 4)) + 32,
            Mms: InThreads ? 1 : cpus,
            Tasks: cpus,
            Vmas: 4 * cpus,
            Addresses: InThreads ? cpus * stride : stride,
            Tables: 4 * cpus,
            TableEntries: Pages,
            AnonVmas: 8 * cpus);
        _machine = new Machine(_costs, capacity, _kernel);
        _ranges = _machine.Kernel as IMapsRanges
            ?? throw new NotSupportedException($"{_machine.Kernel.GetType().Name} cannot map ranges yet, which the fault storm needs");
        _machine.PowerOn(new MachineSize(Pages: capacity.Pages));
        _work.Clear();
        _operations = 0;
        _seed = seed;
        MmStruct? shared = null;
        for (int index = 0; index < cpus; index++)
        {
            TaskStruct task = _machine.BootTask($"task{index}", InThreads ? shared : null);
            shared ??= task.RawMm;
            _work.Add((InThreads ? index * stride : 0, task, index < Mappers));
        }

        _machine.Kernel.Boot();
        Smp smp = _machine.Smp;
        for (int index = 0; index < cpus; index++)
        {
            smp.Spawn(_work[index].Task.Comm, _start);
        }

        smp.Run(null);
        SimulatedClock clock = smp.Simulated!;
        long end = 0;
        long total = 0;
        long waited = 0;
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            end = Math.Max(end, clock.TimeOf(cpu));
            total += clock.TimeOf(cpu);
            waited += clock.WaitedBy(cpu);
        }

        return new WorkloadResult(_operations, end, clock.Awaits, total == 0 ? 0 : (double)waited / total, smp.Failure);
    }

    private async KTask Storm(Cpu cpu)
    {
        Smp smp = _machine.Smp;
        SimulatedClock clock = smp.Simulated!;
        (int start, TaskStruct task, bool maps) = _work[cpu.Id];
        clock.Charge((int)(Mix(_seed + (ulong)cpu.Id) % 4096));
        await smp.Point();
        while (clock.Now < HorizonNs)
        {
            clock.Charge(_costs.SyscallNs);
            await _ranges.MapRange(task, start, start + Pages);
            for (int address = start; !maps && address < start + Pages; address++)
            {
                clock.Charge(_costs.TrapNs);
                Fault fault = await _machine.Kernel.PageFault(task, address, write: true);
                if (fault != Fault.Handled)
                {
                    smp.Bug("workload", $"{cpu.Name} got {fault} at page {address}, which it maps");
                    return;
                }

                _operations++;
            }

            clock.Charge(_costs.SyscallNs);
            await _ranges.UnmapRange(task, start, start + Pages);
        }
    }

    /// <summary>SplitMix64: tasks begin at different times.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
