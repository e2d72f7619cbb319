using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Variants.Reports.Benchmarks;

/// <summary>How everything here is measured. A benchmark derives its own, to add columns.</summary>
/// <remarks>
/// In this process: the default toolchain builds a project that is found by the assembly's name, and ours is called
/// <c>variants</c>. So measure a Release build, on a machine that does nothing else.
/// </remarks>
public abstract class BenchConfig : ManualConfig
{
    protected BenchConfig()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(9));
        AddColumnProvider(DefaultColumnProviders.Params);
        AddColumn(StatisticColumn.Median, StatisticColumn.StdDev);
        AddLogger(ConsoleLogger.Default);
    }
}
