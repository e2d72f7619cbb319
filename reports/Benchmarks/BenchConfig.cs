using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Variants.Reports.Benchmarks;

/// <summary>How everything here is measured. A benchmark derives its own, to add columns.</summary>
/// <remarks>
/// In this process: the default toolchain builds a project that is found by the assembly's name, and ours is called
/// <c>variants</c>. So measure a Release build, on a machine that does nothing else.
/// </remarks>
public abstract class BenchConfig : ManualConfig
{
    /// <summary>As most are measured, or with many short iterations, where the compiler must have done its best.</summary>
    /// <param name="warmups">Iterations that are not counted.</param>
    /// <param name="iterations">Iterations that are.</param>
    /// <param name="iterationMs">About how long one takes, in milliseconds.</param>
    protected BenchConfig(int warmups = 6, int iterations = 9, int iterationMs = 500)
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(warmups).WithIterationCount(iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(iterationMs)));
        AddColumnProvider(DefaultColumnProviders.Params);
        AddColumn(StatisticColumn.Median, StatisticColumn.StdDev);
        AddLogger(ConsoleLogger.Default);
    }
}
