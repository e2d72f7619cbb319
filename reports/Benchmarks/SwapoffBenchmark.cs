using BenchmarkDotNet.Attributes;
using Variants.Families.Swapoff;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What exploration costs with everything in it: random histories of the swapoff family, every checker, every promise
/// watched, on one worker and on two.
/// </summary>
[Config(typeof(Config))]
public class SwapoffBenchmark
{
    private const int Histories = 200;
    private const int Schedules = 100;

    private Contender? _contender;

    [Params("2.3.8", "kanoj-repaired")]
    public string Variant { get; set; } = "2.3.8";

    [Params(1, 2)]
    public int Jobs { get; set; } = 1;

    [GlobalSetup]
    public void FindVariant() =>
        _contender = Contender.AllOf([SwapoffFamily.Family]).Single(contender => contender.Variant.ShortName == Variant);

    /// <summary>Counterexamples are not shrunk: see <see cref="ShrinkBenchmark"/>.</summary>
    [Benchmark(OperationsPerInvoke = Histories * Schedules)]
    public CampaignResult Executions() => Campaign.Run(
        [_contender!], new CampaignOptions(1, Histories, Schedules, ["random", "pct3", "pos"], Jobs, ShrinkExecutions: 1));

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn("executions/s", perOperation: 1));
    }
}
