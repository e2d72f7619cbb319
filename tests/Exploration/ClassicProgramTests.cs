using System.Diagnostics;
using Variants.Families.Classics;
using Variants.Harness.Exploration;
using Variants.Harness.Programs;
using Variants.Properties.Verification;
using Xunit.Abstractions;

namespace Variants.Tests.Exploration;

/// <summary>As many executions as the literature counts traces: not one less, not one more.</summary>
public sealed class ClassicProgramTests(ITestOutputHelper output)
{
    public static TheoryData<string, long> Published { get; } = new()
    {
        { "lock-2x1", 2 }, { "lock-2x2", 6 }, { "lock-2x3", 20 }, { "lock-2x4", 70 }, { "lock-2x5", 252 },
        { "lock-3x1", 6 }, { "lock-3x2", 90 }, { "lock-3x3", 1_680 }, { "lock-3x4", 34_650 },
        { "readers-8", 256 }, { "readers-13", 8_192 },
        { "lastzero-5", 64 }, { "lastzero-10", 3_328 }, { "lastzero-15", 147_456 },
        { "indexer-12", 8 }, { "indexer-13", 64 }, { "indexer-14", 512 }, { "indexer-15", 4_096 },
        { "filesystem-14", 2 }, { "filesystem-16", 8 }, { "filesystem-18", 32 },
        { "fib_bench-3", 1_698 }, { "fib_bench-4", 19_605 }, { "fib_bench-5", 218_243 },
        { "load-store-2x2", 34 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Explores_what_is_published(string name, long executions)
    {
        ConcurrentProgram program = Named($"classics/{name}");
        var machine = new ProgramMachine(program);
        var dpor = new OptimalDpor();
        var watch = Stopwatch.StartNew();
        while (dpor.Begin(0, 0))
        {
            Assert.Null(machine.Run(dpor));
        }

        output.WriteLine($"{dpor.Executions} executions, {dpor.StepsTaken} steps, {watch.ElapsedMilliseconds} ms, {dpor.Executions * 1e3 / watch.Elapsed.TotalMilliseconds:F0}k/s");

        Assert.Equal((executions, 0, 0), (dpor.Executions, dpor.Deadlocks, dpor.Redundant));
        Assert.Equal(executions, program.Traces);
    }

    [Fact]
    public void What_a_search_keeps_is_bounded_by_the_length_of_its_executions_and_not_by_their_number()
    {
        const int Batch = 50_000;
        var machine = new ProgramMachine(LockedCounter.Of(cpus: 3, sections: 5));
        var dpor = new OptimalDpor();
        var allocated = new List<long>();
        bool more = true;
        while (more)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int execution = 0; execution < Batch && (more = dpor.Begin(0, 0)); execution++)
            {
                machine.Run(dpor);
            }

            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // 15! / 5!^3 executions. Once all that is needed at any depth has been made, and the code is warm, it is used again and
        // again: the last sixth allocates less than a tenth of a byte an execution.
        Assert.Equal(756_756, dpor.Executions);
        Assert.All(Allocations.AreCounted ? allocated[^3..] : [], bytes => Assert.InRange(bytes, 0, Batch / 10));
    }

    [Fact]
    public void Each_of_the_others_ends_and_fails_as_it_says()
    {
        string[] told =
        [
            .. ClassicPrograms.All.Where(program => !program.Name.Contains("lock-", StringComparison.Ordinal) && Published.All(row => $"classics/{row[0]}" != program.Name))
                .Select(Told),
        ];

        Assert.Equal(
            [
                "classics/lost-update: 4 executions, 0 deadlocks; count=1 (2), count=2 (2); WrongResult after 1 preemption",
                "classics/abba: 2 executions, 1 deadlocks; ; LockOrder after 0 preemption, Deadlock after 1 preemption",
                "classics/sb: 3 executions, 0 deadlocks; 0:r0=0 1:r0=1 (1), 0:r0=1 1:r0=0 (1), 0:r0=1 1:r0=1 (1); ",
                "classics/peterson: 24 executions, 0 deadlocks; count=2 (24); ",
            ],
            told);
    }

    private static string Told(ConcurrentProgram program)
    {
        ProgramOutcome outcome = new ProgramProof(program).Run(jobs: 1, long.MaxValue, () => { }, CancellationToken.None);
        Assert.True(outcome.IsComplete);
        Assert.Equal(program.Fails.Order(), outcome.Failures.Select(failure => failure.Failure.Kind).Order());
        Assert.Equal(program.Traces ?? outcome.Executions, outcome.Executions);
        return $"{program.Name}: {outcome.Executions} executions, {outcome.Deadlocks} deadlocks; "
            + $"{string.Join(", ", outcome.States.Select(state => $"{state.Key} ({state.Value})"))}; "
            + string.Join(", ", outcome.Failures.Select(failure => $"{failure.Failure.Kind} after {failure.Preemptions} preemption"));
    }

    private static ConcurrentProgram Named(string name) =>
        ClassicPrograms.All.FirstOrDefault(program => program.Name == name) ?? LockedCounter.Of(name[^3] - '0', name[^1] - '0');
}
