using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Variants.Families;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What proving costs on a whole kernel, on one core: of every so many histories of three operations all executions, up to a
/// number, one for each Mazurkiewicz trace, with every checker and every promise.
/// </summary>
[Config(typeof(Config))]
public class FamilyProofBenchmark
{
    /// <summary>One history of so many: a prime, so that no kind of history is met more often than others.</summary>
    private const int Every = 17;

    private const int MostOfHistory = 2_000;

    /// <summary>Executions of all histories together, by variant: known once they have been explored.</summary>
    private static readonly ConcurrentDictionary<string, long> s_executions = new();

    private History[] _histories = [];
    private TestBed? _bed;

    [Params(
        "swapoff/2.3.8", "swapoff/2.6.8", "swapoff/6.9", "swap-cache/2.4.10", "swap-cache/2.6.32", "cow-reuse/2.6.26", "cow-reuse/5.19",
        "faults/2.6.28", "reclaim/2.2.0pre5", "swapout/deferred")]
    public string Variant { get; set; } = "swapoff/2.3.8";

    [GlobalSetup]
    public void BuildMachine()
    {
        Contender contender = Contender.AllOf(FamilyList.All).Single(one => one.Variant.Name == Variant);
        _bed = new TestBed(contender);
        _histories =
        [
            .. SmallHistories.Of(contender.Family, new Scope(Operations: 3, Actors: 2), MachineSize.Usual)
                .SkipWhile(history => history.Count < 3)
                .Where((_, number) => number % Every == 0),
        ];
        s_executions[Variant] = Explore();
    }

    /// <summary>All of them; the executions it took.</summary>
    [Benchmark]
    public long Explore()
    {
        var search = new OptimalDpor();
        long executions = 0;
        foreach (History history in _histories)
        {
            long before = search.Executions + search.Deadlocks;
            long explored = 0;
            bool isFinished = false;
            while (explored < MostOfHistory && !(isFinished = !search.Begin(0, 0)))
            {
                _ = _bed!.Run(history, search);
                explored = search.Executions + search.Deadlocks - before;
            }

            executions += explored;
            if (!isFinished)
            {
                // One that is left in the middle cannot turn to another history.
                search = new OptimalDpor();
            }
        }

        return executions;
    }

    private static double? ExecutionsOf(BenchmarkCase benchmark) =>
        s_executions.TryGetValue((string)benchmark.Parameters[nameof(Variant)], out long executions) ? executions : null;

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn("executions/s", ExecutionsOf));
    }
}
