using BenchmarkDotNet.Attributes;
using Variants.Families.Faults;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// Page faults on real threads of this machine, in one address space or in one each: the workloads that are simulated, with
/// more pages. The books are audited after every iteration, outside of what is measured; a variant that breaks ends its row.
/// Letting the threads go is measured with it.
/// </summary>
[Config(typeof(Config))]
public class NativeStormBenchmark
{
    private const int Pages = 256;
    private const int FaultsOfEach = 500 * Pages;

    private NativeRun? _run;

    [Params("2.6.28", "rfc-as-posted", "rfc-retry", "rfc-replaced", "2.6.37", "spf", "per-vma-6.4.0", "per-vma-6.4.3")]
    public string Variant { get; set; } = "2.6.28";

    [Params(1, 2)]
    public int Threads { get; set; } = 1;

    [Params(true, false)]
    public bool InThreads { get; set; } = true;

    [GlobalSetup]
    public void BuildMachine()
    {
        Variant variant = FaultsFamily.Family.Variants.Single(one => one.ShortName == Variant);
        var storm = new FaultStorm("storm", "page faults", InThreads, Pages: Pages);
        _run = new NativeRun(storm, variant.Build, Threads, PropertyList.Audit);
    }

    [IterationSetup]
    public void Prepare() => _run!.Prepare(seed: 1, Timeout.InfiniteTimeSpan, FaultsOfEach);

    [Benchmark]
    public Failure? Storm() => _run!.Go();

    [IterationCleanup]
    public void Audit()
    {
        if (_run!.Audit() is { } failure)
            throw new InvalidOperationException($"{Variant} breaks on {Threads} threads: {failure.Kind}: {failure.Message}");
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "faults/s",
            benchmark => (double)(int)benchmark.Parameters[nameof(Threads)] * FaultsOfEach));
    }
}
