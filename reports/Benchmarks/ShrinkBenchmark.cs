using BenchmarkDotNet.Attributes;
using Variants.Families.Swapoff;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Generation;
using Variants.Properties.Shrinking;

namespace Variants.Reports.Benchmarks;

/// <summary>How long it takes to make the first failure of Linux 2.3.8 small, with the proof that it is.</summary>
[Config(typeof(Config))]
public class ShrinkBenchmark
{
    private const int Limit = 200_000;
    private const int ExpectedSteps = 100;

    private readonly RandomWalk _random = new();
    private TestBed? _bed;
    private History? _history;
    private Failure? _failure;
    private ulong _seed;

    [GlobalSetup]
    public void FindFailure()
    {
        _bed = new TestBed(Contender.AllOf([SwapoffFamily.Family])[0]);
        for (_seed = 0; _failure is null; _seed++)
        {
            _history = HistoryGenerator.Generate(SwapoffFamily.Family, 1, (int)_seed);
            _random.Begin(_seed, ExpectedSteps);
            _failure = _bed.Run(_history, _random);
        }

        _seed--;
    }

    [Benchmark]
    public Counterexample Shrink()
    {
        _random.Begin(_seed, ExpectedSteps);
        return Shrinker.Shrink(_bed!, _history!, _random, _failure!, Limit, seed: 1, known: [], CancellationToken.None);
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn("shrinks/s", perOperation: 1));
    }
}
