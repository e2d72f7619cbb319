using BenchmarkDotNet.Attributes;
using Variants.Families.Swapoff;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// A campaign as compare runs it, on one worker and on two: random histories of the swapoff family as they come, every
/// checker, every promise watched.
/// </summary>
[Config(typeof(Config))]
public class CampaignBenchmark
{
    private const int Histories = 200;
    private const int Schedules = 100;

    private readonly Contender _contender =
        Contender.AllOf([SwapoffFamily.Family]).Single(contender => contender.Variant.ShortName == "kanoj-repaired");

    [Params(1, 2)]
    public int Jobs { get; set; } = 1;

    /// <summary>Counterexamples are not shrunk: see <see cref="ShrinkBenchmark"/>.</summary>
    [Benchmark(OperationsPerInvoke = Histories * Schedules)]
    public CampaignResult Executions() => Campaign.Run(
        [_contender], new CampaignOptions(1, Histories, Schedules, ["random", "pct3", "pos"], Jobs, ShrinkExecutions: 1));

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn("executions/s", perOperation: 1));
    }
}
