using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Generation;
using Variants.Properties.Promises;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What exploration costs on a whole kernel: random histories of three actors with four operations each, or of one process
/// whose threads do as many, and nothing before them, under three strategies in rotation, with every checker and every
/// promise or with none.
/// </summary>
[Config(typeof(Config))]
public class FamilyBenchmark
{
    private const int Histories = 40;
    private const int Schedules = 30;
    private const int Actors = 3;
    private const int Length = 4;
    private const int ExpectedSteps = 150;

    /// <summary>Steps of an execution, by variant: known once a case has been set up.</summary>
    private static readonly ConcurrentDictionary<string, double> s_steps = new();

    private readonly Strategy[] _strategies = [.. new[] { "random", "pct3", "pos" }.Select(KnownStrategies.Create)];
    private History[] _histories = [];
    private Runner? _runner;

    [Params(
        "swapoff/2.3.8", "swapoff/kanoj-repaired", "swapoff/2.6.8", "swapoff/6.9", "swap-cache/2.4.8", "swap-cache/2.6.32",
        "cow-reuse/2.6.26", "cow-reuse/5.19", "faults/2.6.28", "faults/per-vma-6.4.3", "reclaim/2.2.0pre5", "swapout/deferred")]
    public string Variant { get; set; } = "swapoff/2.3.8";

    [Params("all", "none")]
    public string Checkers { get; set; } = "all";

    [GlobalSetup]
    public void BuildMachine()
    {
        (Family family, Variant variant) = Contender.AllOf(FamilyList.All).Single(one => one.Variant.Name == Variant);
        _histories =
        [
            .. Enumerable.Range(0, int.MaxValue)
                .Select(number => HistoryGenerator.Generate(family, seed: 1, number) with { Setup = [] })
                .Where(history => family.MostActors < Actors
                    ? history.Count == Actors * Length
                    : history.Actors.Length == Actors && history.Actors.All(list => list.Length == Length))
                .Take(Histories),
        ];
        var machine = new Machine(Checkers == "all" ? Checks.All : Checks.None, variant.Build);
        _runner = Checkers == "all" ? new Runner(machine, PropertyList.Watch(machine, family)) : new Runner(machine);
        s_steps[Variant] = Executions() / (double)(Histories * Schedules);
    }

    /// <summary>All of them; the steps they took.</summary>
    [Benchmark(OperationsPerInvoke = Histories * Schedules)]
    public long Executions()
    {
        long steps = 0;
        foreach (History history in _histories)
        {
            for (int schedule = 0; schedule < Schedules; schedule++)
            {
                Strategy strategy = _strategies[schedule % _strategies.Length];
                strategy.Begin((ulong)schedule, ExpectedSteps);
                _ = _runner!.Run(history, strategy);
                steps += _runner.Steps;
            }
        }

        return steps;
    }

    private static double? StepsOf(BenchmarkCase benchmark) =>
        s_steps.TryGetValue((string)benchmark.Parameters[nameof(Variant)], out double steps) ? steps : null;

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(
            new RateColumn("executions/s", perOperation: 1),
            new RateColumn("steps/s", StepsOf));
    }
}
