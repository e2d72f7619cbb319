using BenchmarkDotNet.Attributes;
using Variants.Families.Classics;
using Variants.Harness.Programs;
using Variants.Properties.Verification;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// The same explorations as <see cref="ExplorationBenchmark"/> has, in parts, by one thread and by two; what it costs to
/// make the parts' machines is part of it.
/// </summary>
[Config(typeof(Config))]
public class SharedExplorationBenchmark
{
    [Params("lock-3x4", "lock-3x5", "fib_bench-5")]
    public string Program { get; set; } = "lock-3x4";

    [Params(1, 2)]
    public int Threads { get; set; } = 1;

    private static ConcurrentProgram Named(string name) => ClassicPrograms.All.Single(program => program.Name == $"classics/{name}");

    [Benchmark]
    public void Explore()
    {
        ConcurrentProgram program = Named(Program);
        ProgramOutcome outcome = new ProgramProof(program).Run(Threads, long.MaxValue, () => { }, CancellationToken.None);
        if (outcome.Executions != program.Traces)
        {
            throw new InvalidOperationException($"{outcome.Executions} executions instead of {program.Traces}");
        }
    }

    private sealed class Config : BenchConfig
    {
        public Config() => AddColumn(new RateColumn(
            "executions/s",
            benchmark => Named((string)benchmark.Parameters[nameof(Program)]).Traces!.Value));
    }
}
