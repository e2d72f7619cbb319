using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Native;

namespace Variants.Harness.Workloads;

/// <summary>
/// Runs of a workload on real threads of this machine, one for each worker: real time, nothing deterministic, no checker.
/// The books are audited when all is quiet. A machine is built once, and switched on for each run.
/// </summary>
/// <remarks>
/// A run ends when its time is up (whoever times an operation looks) or all workers have done their share of operations, or
/// all have come to their end. Until then whoever has done its share goes on uncounted, so that the others find the machine
/// as busy as before. Each worker counts by itself. From the beginning on the disk takes a millisecond
/// (<see cref="Disk.IsInMemory"/>), unless the workload's is a RAM disk.
/// </remarks>
public sealed class NativeRun : WorkloadRun
{
    /// <summary>One operation in so many is timed, as reading the clock costs a good part of what a page fault does.</summary>
    private const int TimedShare = 16;

    private const long Untimed = long.MinValue;

    /// <summary>Pages of each CPU, at least, where memory is not short: for lists of its own of the usual length.</summary>
    private const int PagesOfEachCpu = 1536;

    private readonly Func<Machine, Failure?> _audit;
    private readonly Worker[] _workers;
    private readonly object _gate = new();
    private bool _isReady;
    private volatile bool _isOpen;
    private volatile bool _isCutShort;
    private long _limitNs;
    private long _share;
    private int _arriving;
    private int _waking;
    private int _working;
    private long _begin;
    private long _end;

    /// <summary>
    /// A machine of threads for the workload at this size. What is left when all is quiet is shown to
    /// <paramref name="audit"/>, which answers what is wrong with it.
    /// </summary>
    public NativeRun(Workload workload, Func<Machine, IKernel> kernel, int size, Func<Machine, Failure?> audit)
        : base(workload, new Machine(Capacity(workload, size), kernel), size, seed: 0)
    {
        _audit = audit;
        _workers = new Worker[Workers];
        for (int worker = 0; worker < Workers; worker++)
        {
            _workers[worker] = new Worker();
        }

        Machine.Smp.Native!.WhenFailed = End;
        Machine.Smp.Native.Progress = () => _workers.Sum(worker => Volatile.Read(ref worker.Done));
    }

    /// <inheritdoc/>
    public override long Now => NativeClock.Now;

    /// <inheritdoc/>
    public override long Begin(int worker)
    {
        Worker mine = _workers[worker];
        if (mine.Done % TimedShare != 0 || mine.IsDone)
        {
            return Untimed;
        }

        long now = Now;
        if (now - _begin >= _limitNs)
        {
            _isCutShort = true;
            End();
        }

        return now;
    }

    /// <inheritdoc/>
    public override void Did(int worker, long began, int operations = 1)
    {
        Worker mine = _workers[worker];
        if (mine.IsDone || IsOver)
        {
            return;
        }

        mine.Done += operations;
        if (began != Untimed)
        {
            mine.Latencies.Add(Now - began);
        }

        if (mine.Done >= _share)
        {
            Retire(mine);
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        lock (_gate)
        {
            if (!IsOver)
            {
                _end = Now;
                IsOver = true;
            }
        }
    }

    /// <inheritdoc/>
    public override void EnterKernel()
    {
    }

    /// <inheritdoc/>
    public override async KTask Nap(int nanoseconds)
    {
        // A timer of the host is late by more than the longest nap of a workload: whoever naps gives way until it is over.
        for (long until = Now + nanoseconds; Now < until;)
        {
            await Machine.Smp.Schedule();
        }
    }

    /// <summary>
    /// Switches the machine on and makes the threads, which wait for <see cref="Go"/>: they will work until so much time has
    /// passed, or all have done <paramref name="share"/> operations, the seed saying which.
    /// </summary>
    public void Prepare(ulong seed, TimeSpan limit, long share = long.MaxValue)
    {
        Seed = seed;
        _limitNs = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : (long)limit.TotalNanoseconds;
        _share = share;
        _arriving = Workers;
        _waking = Workers - 1;
        _isReady = false;
        _isOpen = false;
        _isCutShort = false;
        Tasks.Clear();
        IsOver = false;
        Smp smp = Machine.Smp;
        Machine.PowerOn(Workload.Machine(Size) with { Pages = Machine.Capacity.Pages });

        // What comes before is not measured, and need not wait.
        Machine.Disk.IsInMemory = true;
        Workload.Boot(this);
        _working = 0;
        for (int worker = 0; worker < Workers; worker++)
        {
            _workers[worker].PowerOn(isDone: !Workload.Counts(worker));
            _working += Workload.Counts(worker) ? 1 : 0;
            smp.Spawn($"worker{worker}", cpu => Work(cpu.Id));
        }

        Machine.Kernel.Boot();
        Machine.Disk.Start();
    }

    /// <summary>Lets the threads go until all is quiet. What went wrong; null if nothing did, as far as they noticed.</summary>
    public Failure? Go()
    {
        Machine.Smp.Run(null);
        return Machine.Smp.Failure;
    }

    /// <summary>What went wrong, told by the threads or by the books; null if nothing did. For a machine that is quiet.</summary>
    public Failure? Audit() => Machine.Smp.Failure ?? _audit(Machine);

    /// <summary>
    /// Runs the workload for so long, what comes before and after included: once, if it goes on until its time is up, or else
    /// again and again. Measured is only what is between; of one that comes to an end by itself only whole runs, if there was
    /// time for one, as it may begin with what is easy.
    /// </summary>
    public WorkloadResult Measure(ulong seed, TimeSpan time)
    {
        long share = Workload.BeginsAnew ? Workload.Operations(Size) / Workers : long.MaxValue;
        var latencies = new LatencyHistogram();
        long[] done = new long[Workers];
        long nanoseconds = 0;
        Dictionary<string, long> waits = [];
        Failure? failure;
        long left = (long)time.TotalNanoseconds;
        for (long began = Now, end = began + left; ; left = end - Now)
        {
            Prepare(seed, TimeSpan.FromMicroseconds(left / 1000), share);
            Go();
            failure = Audit();
            if (nanoseconds == 0 || !_isCutShort)
            {
                nanoseconds += Math.Max(1, _end - _begin);
                foreach ((string name, long waited) in Machine.Smp.Native!.WaitedByClass(Workers))
                {
                    waits[name] = waits.GetValueOrDefault(name) + waited;
                }

                for (int worker = 0; worker < Workers; worker++)
                {
                    done[worker] += _workers[worker].Done;
                    latencies.Add(_workers[worker].Latencies);
                }
            }

            if (failure is not null || Now >= end)
            {
                break;
            }
        }

        return new WorkloadResult(
            done.Sum(), nanoseconds, Awaits: 0, latencies.Percentiles(), Shares(waits.Select(one => (one.Key, one.Value)), nanoseconds * Workers), FetchingShare: 0, Jain(done), SlotsPerRun(), failure);
    }

    private protected override long DoneBy(int worker) => Volatile.Read(ref _workers[worker].Done);

    private protected override void Walked()
    {
    }

    private protected override void Trapped()
    {
    }

    private static MachineCapacity Capacity(Workload workload, int size)
    {
        MachineCapacity simulated = workload.Capacity(size);
        int workers = workload.CpusAt(size);
        int cpus = workers + Daemons;
        return simulated with
        {
            Cpus = cpus,
            Pages = workload.IsShortOfMemory ? simulated.Pages : Math.Max(simulated.Pages, cpus * PagesOfEachCpu),
            Vmas = simulated.Vmas + (workers * workload.WaitingForReaders),
            Tables = simulated.Tables + (workers * workload.WaitingForReaders),
            AnonVmas = simulated.AnonVmas + (workers * workload.WaitingForReaders),
        };
    }

    private async KTask Work(int worker)
    {
        if (worker == 0)
        {
            await Workload.SetUp(this);
        }

        Arrive(worker);
        await Workload.Work(this, worker);
        Retire(_workers[worker]);
    }

    /// <summary>
    /// Waits until all are here and what comes before is done: they begin together, and time begins with them. Whoever was
    /// woken to begin would do so some microseconds late, when the others have done dozens of stores.
    /// </summary>
    private void Arrive(int worker)
    {
        Interlocked.Decrement(ref _arriving);
        if (worker != 0)
        {
            SleepUntilReady();
            Interlocked.Decrement(ref _waking);
            for (var patience = new Patience(Machine.Smp); !_isOpen;)
            {
                patience.Wait();
            }

            return;
        }

        WaitForAll(ref _arriving);
        lock (_gate)
        {
            _isReady = true;
            Monitor.PulseAll(_gate);
        }

        WaitForAll(ref _waking);
        Machine.VmStat.PowerOn();
        Machine.Disk.IsInMemory = Workload.IsOnRamDisk;
        Machine.Smp.Native!.ForgetWaits();
        _begin = Now;
        _isOpen = true;
    }

    private void SleepUntilReady()
    {
        // To notice, before long, that somebody will never come.
        const int MomentMs = 10;
        lock (_gate)
        {
            while (!_isReady)
            {
                Machine.Smp.Native!.StopIfFailed();
                Monitor.Wait(_gate, MomentMs);
            }
        }
    }

    private void WaitForAll(ref int missing)
    {
        for (var patience = new Patience(Machine.Smp); Volatile.Read(ref missing) > 0;)
        {
            patience.Wait();
        }
    }

    private void Retire(Worker worker)
    {
        if (!worker.IsDone)
        {
            worker.IsDone = true;
            if (Interlocked.Decrement(ref _working) == 0)
            {
                End();
            }
        }
    }

    /// <summary>What one worker counts. Its histogram lies between it and the next.</summary>
    private sealed class Worker : OwnLines
    {
        internal readonly LatencyHistogram Latencies = new();
        internal long Done;
        internal bool IsDone;

        internal void PowerOn(bool isDone)
        {
            Done = 0;
            IsDone = isDone;
            Latencies.Clear();
        }
    }
}
