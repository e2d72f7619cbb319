using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Harness.Workloads;

/// <summary>
/// One run of a workload on a kernel: what it may use, and where it says what it has done. Deterministic from the machine,
/// the kernel, the size and the seed.
/// </summary>
public sealed class WorkloadRun
{
    /// <summary>The disk and a kernel's own threads have CPUs too, as nobody else runs on theirs meanwhile.</summary>
    private const int Daemons = 4;

    private const int MostDelayNs = 4096;

    /// <summary>Some three times what the longest workload takes.</summary>
    private const long MostAwaits = 4_000_000;

    private const int NapNs = 100_000;

    private readonly Workload _workload;
    private readonly LatencyHistogram _latencies = new();
    private readonly long[] _done;
    private readonly TaskStruct?[] _woken;
    private readonly WaitQueue _start;
    private readonly ulong _seed;
    private bool _hasBegun;
    private long _operations;
    private long _begin;
    private long _end;

    private WorkloadRun(Workload workload, CostModel costs, Func<Machine, IKernel> kernel, int size, ulong seed)
    {
        _workload = workload;
        _seed = seed;
        Size = size;
        Workers = workload.CpusAt(size);
        _done = new long[Workers];
        _woken = new TaskStruct?[Workers + Daemons];
        Machine = new Machine(workload.Costs(costs), workload.Capacity(size) with { Cpus = Workers + Daemons }, kernel)
        {
            ProcessWoken = Wake,
        };
        _start = new WaitQueue(Machine.Smp, "start");
    }

    /// <summary>The machine it runs on.</summary>
    public Machine Machine { get; }

    /// <summary>Its size, in what the workload is measured against.</summary>
    public int Size { get; }

    /// <summary>How many CPUs work.</summary>
    public int Workers { get; }

    /// <summary>The processes that the workload booted, in its order.</summary>
    public List<TaskStruct> Tasks { get; } = [];

    /// <summary>The child that the last fork of the CPU that runs has made. It runs on none until somebody calls for it.</summary>
    public TaskStruct? Woken => _woken[Machine.Smp.ProcessorId];

    /// <summary>The clock.</summary>
    public SimulatedClock Clock => Machine.Smp.Simulated!;

    /// <summary>True once nothing more is counted.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Runs the workload once.</summary>
    public static WorkloadResult Measure(Workload workload, CostModel costs, Func<Machine, IKernel> kernel, int size, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return new WorkloadRun(workload, costs, kernel, size, seed).Measure();
    }

    /// <summary>The worker has done an operation, which it began at <paramref name="began"/>.</summary>
    public void Did(int worker, long began)
    {
        if (IsOver)
        {
            return;
        }

        _done[worker]++;
        _latencies.Add(Clock.Now - began);
        if (++_operations >= _workload.Operations(Size))
        {
            End();
        }
    }

    /// <summary>Nothing more is counted, and nobody goes on.</summary>
    public void End()
    {
        IsOver = true;
        _end = Clock.Now;
        Clock.Halt();
    }

    /// <summary>A load or store by a user program: the page tables are asked, and the kernel until they say yes.</summary>
    public async KTask<Fault> Access(TaskStruct task, int address, bool write)
    {
        while (true)
        {
            Cell<Pte>? cell = task.RawMm!.Walk(address);
            Pte pte = cell is null ? default : cell.LookByHardware();
            if (pte.IsPresent && (!write || pte.IsWritable))
            {
                Clock.Charge(Clock.Costs.LocalNs);
                if (!pte.IsYoung || (write && !pte.IsDirty))
                {
                    cell!.SetByHardware(write ? pte.MakeYoung().MakeDirty() : pte.MakeYoung());
                }

                return Fault.Handled;
            }

            Clock.Charge(Clock.Costs.TrapNs);
            Fault fault = await Machine.Kernel.PageFault(task, address, write);
            if (fault != Fault.Handled)
            {
                return fault;
            }
        }
    }

    /// <summary>Entry and exit of a system call, which the caller makes next.</summary>
    public void EnterKernel() => Clock.Charge(Clock.Costs.SyscallNs);

    /// <summary>Waits until the disk has done all that it was asked to.</summary>
    public async KTask SyncDisk()
    {
        while (Machine.Disk.InFlight > 0)
        {
            await Nap(NapNs);
        }
    }

    /// <summary>Sleeps for so long.</summary>
    public async KTask Nap(int nanoseconds)
    {
        Clock.Charge(nanoseconds);
        await Machine.Smp.Schedule();
    }

    /// <summary>The workload cannot go on, for a reason that is the kernel's.</summary>
    public void Fail(string message) => Machine.Smp.Bug("workload", message);

    /// <summary>A number that follows from the seed, the worker and how much it has done: 0 or more, below <paramref name="limit"/>.</summary>
    public int Draw(int worker, int limit) =>
        (int)(Mix(_seed ^ Mix(((ulong)worker << 32) + (ulong)_done[worker])) % (ulong)limit);

    private void Wake(TaskStruct child) => _woken[Machine.Smp.ProcessorId] = child;

    private WorkloadResult Measure()
    {
        Smp smp = Machine.Smp;
        Machine.PowerOn(_workload.Machine(Size));
        _workload.Boot(this);
        for (int worker = 0; worker < Workers; worker++)
        {
            smp.Spawn($"worker{worker}", cpu => Begin(cpu.Id));
        }

        Machine.Kernel.Boot();
        Machine.Disk.Start();
        Clock.MostAwaits = MostAwaits;
        smp.Run(null);
        if (!IsOver)
        {
            _end = Clock.Now;
        }

        return Result();
    }

    private async KTask Begin(int worker)
    {
        Smp smp = Machine.Smp;
        await smp.Point();
        if (!_workload.BeginsAtOnce)
        {
            if (worker == 0)
            {
                await _workload.SetUp(this);
                _begin = Clock.Now;
                _hasBegun = true;
                Clock.ForgetWaits();
                Machine.VmStat.PowerOn();
                _start.WakeUp();
            }
            else if (!_hasBegun)
            {
                await _start.Sleep();
            }
        }

        // Tasks begin at different times.
        Clock.Charge(Draw(worker, MostDelayNs));
        await smp.Point();
        await _workload.Work(this, worker);
    }

    private WorkloadResult Result()
    {
        Failure? failure = Machine.Smp.Failure;
        long time = Math.Max(1, (_end - _begin) * Workers);
        ImmutableArray<LockWait> waits =
        [
            .. Clock.WaitedByClass().Select(one => new LockWait(one.Class, (double)one.Nanoseconds / time))
                .OrderByDescending(one => one.Share).ThenBy(one => one.Class, StringComparer.Ordinal),
        ];
        VmStat stat = Machine.VmStat;
        return new WorkloadResult(
            _operations,
            _end - _begin,
            Clock.Awaits,
            _latencies.Percentiles(),
            waits,
            (double)Clock.Fetching / time,
            Jain(),
            stat.RunsWritten == 0 ? 0 : (double)stat.SlotsWritten / stat.RunsWritten,
            failure);
    }

    /// <summary>Jain, Chiu and Hawe, 1984: the square of the sum over n times the sum of squares.</summary>
    private double Jain()
    {
        // Those that do no operations of their own are there to be in the way.
        long[] counts = [.. _done.Where((_, worker) => _workload.Counts(worker))];
        double squares = counts.Sum(count => (double)count * count);
        double sum = counts.Sum();
        return squares == 0 ? 1 : sum * sum / (counts.Length * squares);
    }

    /// <summary>SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
