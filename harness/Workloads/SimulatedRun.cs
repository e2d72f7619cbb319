using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Harness.Workloads;

/// <summary>
/// A run in virtual time, until all CPUs together have done as many operations as the workload says, and for as long; then nobody goes on,
/// but to come to rest for an audit. Deterministic from the machine, the kernel, the size and the seed.
/// </summary>
internal sealed class SimulatedRun : WorkloadRun
{
    private const int MostDelayNs = 4096;

    /// <summary>Some three times what the longest workload takes, but for those that do many operations.</summary>
    private const long MostAwaits = 4_000_000;

    /// <summary>A page fault takes 20.</summary>
    private const long MostAwaitsOfOne = 64;

    private const long ManyOperations = 1 << 22;

    private readonly SimulatedClock _clock;
    private readonly LatencyHistogram _latencies = new();
    private readonly long[] _done;
    private readonly WaitQueue _start;
    private readonly Func<Machine, Failure?>? _audit;
    private readonly long _leastNs;
    private bool _hasBegun;
    private long _operations;
    private long _begin;
    private Outcome _outcome;

    internal SimulatedRun(
        Workload workload, CostModel costs, Func<Machine, IKernel> kernel, int size, ulong seed, Func<Machine, Failure?>? audit)
        : base(
            workload,
            new Machine(costs, workload.Capacity(size) with { Cpus = workload.CpusAt(size) + Daemons }, kernel),
            size,
            seed)
    {
        _audit = audit;
        _leastNs = workload.LeastNs(costs);
        _clock = Machine.Smp.Simulated!;
        _done = new long[Workers];
        _start = new WaitQueue(Machine.Smp, "start");
    }

    /// <inheritdoc/>
    public override long Now => _clock.Now;

    /// <inheritdoc/>
    public override long Begin(int worker) => _clock.Now;

    /// <inheritdoc/>
    public override void Did(int worker, long began, int operations = 1)
    {
        if (IsOver || !Workload.Counts(worker))
        {
            return;
        }

        _done[worker] += operations;
        _latencies.Add(_clock.Now - began);
        _operations += operations;
        if (_operations >= Workload.Operations(Size) && _clock.Now - _begin >= _leastNs)
        {
            End();
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        if (IsOver)
        {
            return;
        }

        IsOver = true;
        _outcome = new Outcome(_clock.Now, _clock.Awaits, _clock.WaitedByClass(), _clock.Fetching, SlotsPerRun());
        if (_audit is null)
        {
            _clock.Halt();
        }
    }

    /// <inheritdoc/>
    public override void EnterKernel() => _clock.Charge(_clock.Costs.SyscallNs);

    /// <inheritdoc/>
    public override async KTask Nap(int nanoseconds)
    {
        _clock.Charge(nanoseconds);
        await Machine.Smp.Schedule();
    }

    internal WorkloadResult Measure()
    {
        Smp smp = Machine.Smp;
        Machine.PowerOn(Workload.Machine(Size));
        Machine.Disk.IsInMemory = Workload.IsOnRamDisk;
        Workload.Boot(this);
        for (int worker = 0; worker < Workers; worker++)
        {
            smp.Spawn($"worker{worker}", cpu => Work(cpu.Id));
        }

        Machine.Kernel.Boot();
        Machine.Disk.Start();
        long operations = Workload.Operations(Size);
        _clock.MostAwaits = operations > ManyOperations ? MostAwaits : Math.Max(MostAwaits, MostAwaitsOfOne * operations);
        smp.Run(null);
        End();
        if (smp.Failure is null && _clock.Lost() is { } lost)
        {
            throw new InvalidOperationException($"simulated time does not add up: {lost}");
        }

        if (smp.Failure is null)
        {
            _audit?.Invoke(Machine);
        }

        return Result();
    }

    private protected override long DoneBy(int worker) => _done[worker];

    private protected override void Walked() => _clock.Charge(_clock.Costs.WalkNs);

    private protected override void Trapped() => _clock.Charge(_clock.Costs.TrapNs);

    private async KTask Work(int worker)
    {
        Smp smp = Machine.Smp;
        await smp.Point();
        if (!Workload.BeginsAtOnce)
        {
            if (worker == 0)
            {
                await Workload.SetUp(this);
                _begin = _clock.Now;
                _hasBegun = true;
                _clock.ForgetWaits();
                Machine.VmStat.PowerOn();
                _start.WakeUp();
            }
            else if (!_hasBegun)
            {
                await _start.Sleep();
            }
        }

        // Tasks begin at different times.
        _clock.Charge(Draw(worker, MostDelayNs));
        await smp.Point();
        await Workload.Work(this, worker);
    }

    private WorkloadResult Result()
    {
        long time = Math.Max(1, (_outcome.End - _begin) * Workers);
        return new WorkloadResult(
            _operations,
            _outcome.End - _begin,
            _outcome.Awaits,
            _latencies.Percentiles(),
            Shares(_outcome.Waits, time),
            (double)_outcome.Fetching / time,
            Jain(_done),
            _outcome.SlotsPerRun,
            Machine.Smp.Failure);
    }

    /// <summary>What there was to be measured when the run was over; what comes after is not.</summary>
    private readonly record struct Outcome(
        long End, long Awaits, IReadOnlyList<(string Class, long Nanoseconds)> Waits, long Fetching, double SlotsPerRun);
}
