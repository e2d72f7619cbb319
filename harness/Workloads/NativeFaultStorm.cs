using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// <see cref="FaultStorm"/> on real threads: each maps anonymous memory, touches every page of it and unmaps it, a number of
/// times. How long that takes is for the caller to measure, around <see cref="Go"/>.
/// </summary>
/// <remarks>
/// Checkers are off: whoever runs it audits <see cref="Machine"/> afterwards. All memory is given back, so that the next
/// <see cref="Prepare"/> finds the machine as the first one did.
/// </remarks>
public sealed class NativeFaultStorm
{
    /// <summary>
    /// Objects of each kind and CPU that may wait for readers under RCU: those of a thread that lost its core among them keep
    /// all that others free meanwhile.
    /// </summary>
    private const int Waiting = 128;

    private readonly bool _inThreads;
    private readonly int _pages;
    private readonly int _rounds;
    private readonly TaskStruct[] _tasks;
    private readonly IMapsRanges _ranges;
    private readonly Func<Cpu, KTask> _storm;

    /// <summary>A storm of so many threads on a kernel that can map ranges, in one address space or in one each.</summary>
    /// <exception cref="NotSupportedException">The kernel cannot map ranges.</exception>
    public NativeFaultStorm(Func<Machine, IKernel> kernel, int threads, bool inThreads, int pages = 256, int rounds = 100)
    {
        _inThreads = inThreads;
        _pages = pages;
        _rounds = rounds;
        _tasks = new TaskStruct[threads];
        _storm = Storm;
        var capacity = new MachineCapacity(
            Cpus: threads,
            Pages: threads * 2 * pages,
            Mms: inThreads ? 1 : threads,
            Tasks: threads,
            Vmas: threads * (4 + Waiting),
            Addresses: inThreads ? threads * Stride : Stride,
            Tables: threads * (4 + Waiting),
            TableEntries: pages,
            AnonVmas: threads * (4 + Waiting));
        Machine = new Machine(capacity, kernel);
        _ranges = Machine.Kernel as IMapsRanges
            ?? throw new NotSupportedException($"{Machine.Kernel.GetType().Name} cannot map ranges yet, which the fault storm needs");
    }

    /// <summary>The machine: at rest before <see cref="Prepare"/> and after <see cref="Go"/>.</summary>
    public Machine Machine { get; }

    /// <summary>Page faults of one storm.</summary>
    public long Operations => (long)_tasks.Length * _rounds * _pages;

    private int Stride => 2 * _pages;

    /// <summary>Switches the machine on and makes the threads, which wait for <see cref="Go"/>.</summary>
    public void Prepare()
    {
        Machine.PowerOn(new MachineSize(Pages: Machine.Capacity.Pages));
        for (int index = 0; index < _tasks.Length; index++)
        {
            _tasks[index] = Machine.BootTask($"task{index}", _inThreads && index > 0 ? _tasks[0].RawMm : null);
        }

        Machine.Kernel.Boot();
        foreach (TaskStruct task in _tasks)
        {
            Machine.Smp.Spawn(task.Comm, _storm);
        }
    }

    /// <summary>Lets the threads go until the last has done its rounds. What went wrong; null if nothing did.</summary>
    public Failure? Go()
    {
        Machine.Smp.Run(null);
        return Machine.Smp.Failure;
    }

    private async KTask Storm(Cpu cpu)
    {
        TaskStruct task = _tasks[cpu.Id];
        int start = _inThreads ? cpu.Id * Stride : 0;
        for (int round = 0; round < _rounds; round++)
        {
            await _ranges.MapRange(task, start, start + _pages);
            for (int address = start; address < start + _pages; address++)
            {
                Fault fault = await Machine.Kernel.PageFault(task, address, write: true);
                if (fault != Fault.Handled)
                {
                    Machine.Smp.Bug("workload", $"{cpu.Name} got {fault} at page {address}, which it maps");
                }
            }

            await _ranges.UnmapRange(task, start, start + _pages);
        }
    }
}
