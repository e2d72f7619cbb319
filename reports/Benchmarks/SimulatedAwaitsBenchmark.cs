using BenchmarkDotNet.Attributes;
using Variants.Families.Faults;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using SpinLock = Variants.Harness.Primitives.SpinLock;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// How many awaits the simulated clock does in a second of this machine: of CPUs that take one lock or a lock each, and of
/// page faults of threads, as <c>throughput faults</c> measures them, with the machine that is built for each run.
/// </summary>
[Config(typeof(Config))]
public class SimulatedAwaitsBenchmark
{
    private const string OneLock = "one lock";
    private const string LockEach = "a lock each";

    /// <summary>Critical sections of all CPUs together.</summary>
    private const int Sections = 1 << 18;

    private static readonly FaultStorm s_storm = new("threads", "page faults", InThreads: true);
    private static readonly CostModel s_costs = CostModel.Named("epyc-2023")!;

    private Func<long> _run = () => 0;

    [Params(OneLock, LockEach, "2.6.28", "per-vma-6.4.3")]
    public string Program { get; set; } = OneLock;

    [Params(1, 8, 16, 64, 1024)]
    public int Cpus { get; set; } = 1;

    [GlobalSetup]
    public void Prepare() => _run = Runner(Program, Cpus);

    [Benchmark]
    public long Run() => _run();

    /// <summary>What runs the program once and says in how many awaits, which are the same each time.</summary>
    private static Func<long> Runner(string program, int cpus)
    {
        if (program is OneLock or LockEach)
        {
            var smp = new Smp(s_costs, cpus);
            SpinLock[] locks = [.. Enumerable.Range(0, program == OneLock ? 1 : cpus).Select(number => new SpinLock(smp, $"lock{number}", "lock"))];
            return () => Lock(smp, locks);
        }

        Variant variant = FaultsFamily.Family.Variants.Single(one => one.ShortName == program);
        return () =>
        {
            WorkloadResult result = WorkloadRun.Measure(s_storm, s_costs, variant.Build, cpus, seed: 1);
            return result.Failure is { } failure
                ? throw new InvalidOperationException($"{program} breaks at {cpus} CPUs: {failure.Message}")
                : result.Awaits;
        };
    }

    private static long Lock(Smp smp, SpinLock[] locks)
    {
        smp.PowerOn();
        int cpus = smp.CpuLimit;
        for (int number = 0; number < cpus; number++)
        {
            smp.Spawn($"cpu{number}", Rounds);
        }

        smp.Run(null);
        return smp.Failure is { } failure ? throw new InvalidOperationException(failure.Message) : smp.Simulated!.Awaits;

        async KTask Rounds(Cpu cpu)
        {
            SpinLock own = locks[cpu.Id % locks.Length];
            for (int round = 0; round < Sections / cpus; round++)
            {
                await own.Lock();
                await own.Unlock();
                await smp.Point();
            }
        }
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "awaits/s",
            benchmark => Runner((string)benchmark.Parameters[nameof(Program)], (int)benchmark.Parameters[nameof(Cpus)])()));
    }
}
