using BenchmarkDotNet.Attributes;
using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;
using Variants.Reports.Throughput;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// How many awaits the simulated clock does in a second of this machine in a whole family: each workload on each design that
/// it does not break, at 1 to 16 CPUs or at each size of its own, with the machine that is built for each run.
/// </summary>
[Config(typeof(Config))]
public class FamilyAwaitsBenchmark
{
    private const ulong Seed = 1;

    private static readonly int[] s_cpus = [1, 2, 4, 8, 16];
    private static readonly CostModel s_costs = CostModel.Named("epyc-2023")!;

    private IReadOnlyList<PlannedRun> _runs = [];

    public static IEnumerable<string> Families => FamilyList.All.Select(family => family.Name);

    [ParamsSource(nameof(Families))]
    public string Family { get; set; } = "faults";

    [GlobalSetup]
    public void Prepare() => _runs = RunsOf(Family);

    [Benchmark]
    public long Run() => AwaitsOf(_runs);

    private static long AwaitsOf(IReadOnlyList<PlannedRun> runs) => runs.Sum(run => Measure(run).Awaits);

    private static List<PlannedRun> RunsOf(string name)
    {
        Family family = FamilyList.All.Single(one => one.Name == name);
        Contender[] contenders = [.. family.Variants.Select(variant => new Contender(family, variant))];
        return [.. new ThroughputRun(s_costs, s_cpus, Seed, Seeds: 1, Jobs: 1).Plan(contenders).Runs.Where(run => Measure(run).Failure is null)];
    }

    private static WorkloadResult Measure(PlannedRun run) => WorkloadRun.Measure(run.Workload, s_costs, run.Contender.Variant.Build, run.Size, Seed);

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "awaits/s", benchmark => AwaitsOf(RunsOf((string)benchmark.Parameters[nameof(Family)]))));
    }
}
