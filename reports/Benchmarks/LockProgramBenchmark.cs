using BenchmarkDotNet.Attributes;
using Variants.Harness.Engine;
using Variants.Harness.Strategies;
using SpinLock = Variants.Harness.Primitives.SpinLock;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What the engine itself costs: three CPUs, each five times <c>lock; counter++; unlock</c>, one schedule after the
/// other on one machine.
/// </summary>
[Config(typeof(Config))]
public class LockProgramBenchmark
{
    /// <summary>Every lock and every unlock is a step, whatever the schedule.</summary>
    private const int StepsPerSchedule = Cpus * Sections * 2;

    private const int Cpus = 3;
    private const int Sections = 5;
    private const int Batch = 100;

    private static readonly string[] s_names = ["A", "B", "C"];

    private Strategy _strategy = new RandomWalk();
    private Smp _smp = new(Checks.All);
    private SpinLock? _lock;
    private Cell<int>? _counter;
    private Func<Cpu, KTask>? _body;
    private ulong _seed;

    [Params("random", "pct3")]
    public string Strategy { get; set; } = "random";

    [Params("all", "none")]
    public string Checkers { get; set; } = "all";

    [GlobalSetup]
    public void BuildMachine()
    {
        _strategy = KnownStrategies.Create(Strategy);
        _smp = new Smp(Checkers == "all" ? Checks.All : Checks.None);
        _lock = new SpinLock(_smp, "lock");
        _counter = new Cell<int>(new BenchmarkWords(_smp), "counter", 0);
        _body = Increment;
        _seed = 0;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void Schedules()
    {
        for (int i = 0; i < Batch; i++)
        {
            RunOne();
        }
    }

    private void RunOne()
    {
        _strategy.Begin(++_seed, StepsPerSchedule);
        _smp.PowerOn();
        _counter!.Raw = 0;
        foreach (string name in s_names)
        {
            _smp.Spawn(name, _body!);
        }

        _smp.Run(_strategy);
        if (_smp.Failure is not null || _counter.Raw != Cpus * Sections || _smp.Explored.Steps != StepsPerSchedule)
        {
            throw new InvalidOperationException(
                $"{_smp.Failure?.Message ?? "passed"}, counter {_counter.Raw} after {_smp.Explored.Steps} steps");
        }
    }

    private async KTask Increment(Cpu cpu)
    {
        for (int i = 0; i < Sections; i++)
        {
            await _lock!.Lock();
            _counter!.Value++;
            await _lock.Unlock();
        }
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(
            new RateColumn("schedules/s", perOperation: 1),
            new RateColumn("steps/s", StepsPerSchedule));
    }
}
