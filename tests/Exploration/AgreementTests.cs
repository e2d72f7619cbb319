using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Strategies;
using Xunit.Abstractions;

namespace Variants.Tests.Exploration;

/// <summary>The check that finds every mistake: a search that reduces against one that does not.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int Programs = 2_000;

    [Fact]
    public void Every_trace_final_state_and_failure_is_found_and_each_trace_once()
    {
        int disagreeing = 0;
        int deadlocking = 0;
        int redundant = 0;
        int failing = 0;
        long schedules = 0;
        long traces = 0;
        string first = "";
        foreach (Statement[][] statements in SmallProgram.Any(most: 4).Sample(Programs, new Rnd(5), 1))
        {
            var program = new SmallProgram(statements);
            SortedSet<string> expected = Exhausted(program, ref schedules, out bool deadlocks, out bool fails);
            SortedSet<string> found = Explored(program, out OptimalDpor dpor);
            traces += dpor.Executions + dpor.Deadlocks;
            deadlocking += deadlocks ? 1 : 0;
            failing += fails ? 1 : 0;
            redundant += dpor.Redundant > 0 ? 1 : 0;
            if (!expected.SetEquals(found) || dpor.Executions + dpor.Deadlocks != expected.Count)
            {
                disagreeing++;
                if (first.Length == 0 || program.ToString().Length < first.IndexOf('\n', StringComparison.Ordinal))
                {
                    first = $"{program}\n{dpor.Executions} + {dpor.Deadlocks} explored, {found.Count} found of {expected.Count}\n"
                        + $"missing: {string.Join("\n  ", expected.Except(found))}\nmade up: {string.Join("\n  ", found.Except(expected))}";
                }
            }
        }

        output.WriteLine(
            $"{Programs} programs, {deadlocking} can deadlock, {failing} can fail otherwise; {schedules} schedules, {traces} traces; "
            + $"{redundant} programs with redundant executions");
        Assert.True(disagreeing == 0, $"{disagreeing} disagree, the shortest: {first}");
        Assert.InRange(deadlocking, Programs / 5, Programs);
    }

    private static SortedSet<string> Exhausted(SmallProgram program, ref long schedules, out bool deadlocks, out bool fails)
    {
        var outcomes = new SortedSet<string>(StringComparer.Ordinal);
        var traced = new Traced(new Exhaustive());
        deadlocks = false;
        fails = false;
        while (traced.Begin(0, 0))
        {
            string end = program.Execute(traced);
            outcomes.Add($"{traced.Signature:x16} {end}");
            bool stuck = program.Smp.Failure?.Kind is FailureKind.Deadlock or FailureKind.HungTask;
            deadlocks |= stuck;
            fails |= program.Smp.Failure is not null && !stuck;
            schedules++;
        }

        return outcomes;
    }

    private static SortedSet<string> Explored(SmallProgram program, out OptimalDpor dpor)
    {
        var outcomes = new SortedSet<string>(StringComparer.Ordinal);
        dpor = new OptimalDpor();
        while (dpor.Begin(0, 0))
        {
            string end = program.Execute(dpor);
            if (!dpor.LastWasRedundant)
            {
                outcomes.Add($"{dpor.Signature:x16} {end}");
            }
        }

        return outcomes;
    }
}
