using System.Diagnostics;
using Variants.Harness.Exploration;
using Xunit.Abstractions;

namespace Variants.Tests.Exploration;

/// <summary>As many executions as the literature counts traces: not one less, not one more.</summary>
public sealed class ClassicProgramTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 6)]
    [InlineData(2, 3, 20)]
    [InlineData(2, 4, 70)]
    [InlineData(2, 5, 252)]
    [InlineData(3, 1, 6)]
    [InlineData(3, 2, 90)]
    [InlineData(3, 3, 1_680)]
    [InlineData(3, 4, 34_650)]
    public void Lock_increment_unlock(int cpus, int sections, long executions) =>
        Explores(ClassicPrograms.Lock(cpus, sections), executions);

    [Theory]
    [InlineData(8, 256)]
    [InlineData(13, 8_192)]
    public void Readers(int n, long executions) => Explores(ClassicPrograms.Readers(n), executions);

    [Theory]
    [InlineData(5, 64)]
    [InlineData(10, 3_328)]
    [InlineData(15, 147_456)]
    public void Last_zero(int n, long executions) => Explores(ClassicPrograms.LastZero(n), executions);

    [Theory]
    [InlineData(12, 8)]
    [InlineData(13, 64)]
    [InlineData(14, 512)]
    [InlineData(15, 4_096)]
    public void Indexer(int n, long executions) => Explores(ClassicPrograms.Indexer(n), executions);

    [Theory]
    [InlineData(14, 2)]
    [InlineData(16, 8)]
    [InlineData(18, 32)]
    public void File_system(int n, long executions) => Explores(ClassicPrograms.FileSystem(n), executions);

    [Theory]
    [InlineData(3, 1_698)]
    [InlineData(4, 19_605)]
    [InlineData(5, 218_243)]
    public void Fib_bench(int n, long executions) => Explores(ClassicPrograms.FibBench(n), executions);

    [Fact]
    public void Unlocked_load_and_store() => Explores(ClassicPrograms.Unlocked(cpus: 2, times: 2), 34);

    private void Explores(ClassicProgram program, long executions)
    {
        var watch = Stopwatch.StartNew();
        OptimalDpor dpor = ClassicPrograms.Explore(program);
        output.WriteLine($"{dpor.Executions} executions, {dpor.StepsTaken} steps, {watch.ElapsedMilliseconds} ms, {dpor.Executions * 1e3 / watch.Elapsed.TotalMilliseconds:F0}k/s");

        Assert.Equal((executions, 0, 0), (dpor.Executions, dpor.Deadlocks, dpor.Redundant));
    }
}
