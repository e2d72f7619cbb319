using BenchmarkDotNet.Attributes;
using Variants.Families.Classics;
using Variants.Harness.Exploration;
using Variants.Harness.Programs;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// Whole explorations of programs by which searches that reduce are measured: one execution for each Mazurkiewicz
/// trace. Nothing watches but the search itself.
/// </summary>
[Config(typeof(Config))]
public class ExplorationBenchmark
{
    private readonly OptimalDpor _dpor = new();
    private ProgramMachine _machine = new(LockedCounter.Of(3, 4));

    [ParamsSource(nameof(Counted))]
    public string Program { get; set; } = "lock-3x4";

    /// <summary>Those of which it is known how many traces they have.</summary>
    public static IEnumerable<string> Counted =>
        ClassicPrograms.All.Where(program => program.Traces is not null).Select(program => program.Name["classics/".Length..]);

    private static ConcurrentProgram Named(string name) => ClassicPrograms.All.Single(program => program.Name == $"classics/{name}");

    [GlobalSetup]
    public void BuildMachine() => _machine = new ProgramMachine(Named(Program));

    [Benchmark]
    public void Explore()
    {
        long before = _dpor.Executions;
        while (_dpor.Begin(0, 0))
        {
            _machine.Run(_dpor);
        }

        if (_dpor.Executions - before != Named(Program).Traces || _dpor.Redundant != 0)
        {
            throw new InvalidOperationException($"{_dpor.Executions - before} executions, {_dpor.Redundant} redundant");
        }
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "executions/s",
            benchmark => Named((string)benchmark.Parameters[nameof(Program)]).Traces!.Value));
    }
}
