using BenchmarkDotNet.Attributes;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Primitives;
using SpinLock = Variants.Harness.Primitives.SpinLock;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// Whole explorations of programs by which searches that reduce are measured: one execution for each Mazurkiewicz
/// trace. Nothing watches but the search itself.
/// </summary>
[Config(typeof(Config))]
public class ExplorationBenchmark
{
    private readonly OptimalDpor _dpor = new();
    private readonly List<Func<Cpu, KTask>> _cpus = [];
    private AtomicInt[] _words = [];
    private Smp _smp = new(Checks.None);
    private int _counter;

    [Params("lock 3x4", "lastzero 15", "fib_bench 5")]
    public string Program { get; set; } = "lock 3x4";

    private static long ExecutionsOf(string program) => program switch
    {
        "lock 3x4" => 34_650,
        "lastzero 15" => 147_456,
        _ => 218_243,
    };

    [GlobalSetup]
    public void BuildMachine()
    {
        _cpus.Clear();
        switch (Program)
        {
            case "lock 3x4":
                BuildLock(cpus: 3, sections: 4);
                break;
            case "lastzero 15":
                BuildLastZero(15);
                break;
            default:
                BuildFibBench(5);
                break;
        }
    }

    [Benchmark]
    public void Explore()
    {
        long before = _dpor.Executions;
        while (_dpor.Begin(0, 0))
        {
            _smp.PowerOn();
            foreach (AtomicInt word in _words)
            {
                word.Raw = 0;
            }

            foreach (Func<Cpu, KTask> cpu in _cpus)
            {
                _smp.Spawn("cpu", cpu);
            }

            _smp.Run(_dpor);
        }

        if (_dpor.Executions - before != ExecutionsOf(Program) || _dpor.Redundant != 0)
        {
            throw new InvalidOperationException($"{_dpor.Executions - before} executions, {_dpor.Redundant} redundant");
        }
    }

    private void BuildLock(int cpus, int sections)
    {
        _smp = new Smp(Checks.None, cpus);
        _words = [];
        var spinLock = new SpinLock(_smp, "lock");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _cpus.Add(async _ =>
            {
                for (int i = 0; i < sections; i++)
                {
                    await spinLock.Lock();
                    _counter++;
                    await spinLock.Unlock();
                }
            });
        }
    }

    private void BuildLastZero(int n)
    {
        _smp = new Smp(Checks.None, n + 1);
        _words = Words(n + 1);
        _cpus.Add(async _ =>
        {
            int i = n;
            while (await _words[i].Read() != 0)
            {
                i--;
            }
        });
        for (int cpu = 1; cpu <= n; cpu++)
        {
            int j = cpu;
            _cpus.Add(async _ =>
            {
                int before = await _words[j - 1].Read();
                await _words[j].Set(before + 1);
            });
        }
    }

    private void BuildFibBench(int n)
    {
        _smp = new Smp(Checks.None, 3);
        _words = Words(2);
        _cpus.Add(_ => AddUp(n, 0, 1));
        _cpus.Add(_ => AddUp(n, 1, 0));
        _cpus.Add(async _ =>
        {
            await _words[0].Read();
            await _words[1].Read();
        });
    }

    private async KTask AddUp(int times, int into, int from)
    {
        for (int i = 0; i < times; i++)
        {
            int before = await _words[into].Read();
            await _words[into].Set(before + await _words[from].Read());
        }
    }

    private AtomicInt[] Words(int count)
    {
        var shared = new Shared(_smp);
        return [.. Enumerable.Range(0, count).Select(i => new AtomicInt(shared, $"word{i}"))];
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "executions/s",
            benchmark => ExecutionsOf((string)benchmark.Parameters[nameof(Program)])));
    }

    private sealed class Shared(Smp smp) : TrackedObject(smp, "shared", "shared0");
}
