using FsCheck;
using FsCheck.Fluent;
using Variants.Families.Classics;
using Variants.Harness.Exploration;
using Variants.Harness.Programs;
using Variants.Properties.Verification;
using Xunit.Abstractions;

namespace Variants.Tests.Exploration;

/// <summary>A search in parts finds what one that is alone finds, however it is shared out, and wherever it is put down.</summary>
public sealed class SharedSearchTests(ITestOutputHelper output)
{
    private const int Programs = 1_500;

    [Theory]
    [InlineData("classics/lock-3x3", 5)]
    [InlineData("classics/lastzero-10", 3)]
    [InlineData("classics/lastzero-10", 50)]
    [InlineData("classics/lastzero-10", 1)]
    [InlineData("classics/fib_bench-3", 1)]
    [InlineData("classics/fib_bench-4", 100)]
    public void Parts_explore_each_trace_of_the_classic_programs_once(string name, int turn)
    {
        ConcurrentProgram program = ClassicPrograms.All.Single(program => program.Name == name);
        var search = new SharedSearch(turn);
        ProgramMachine[] machines = [.. Enumerable.Range(0, SharedSearch.MostParts).Select(_ => new ProgramMachine(program))];
        var seen = new HashSet<ulong>();
        int most = 0;
        while (!search.IsDone)
        {
            foreach (int part in search.Working)
            {
                search.TakeTurn(part, dpor =>
                {
                    machines[part].Run(dpor);
                    Assert.True(dpor.LastWasRedundant || seen.Add(dpor.Signature), "a trace was explored twice");
                });
            }

            search.Meet();
            most = Math.Max(most, search.Working.Length);
        }

        output.WriteLine($"{most} parts at most, {search.Redundant} redundant");
        Assert.Equal((program.Traces!.Value, 0, 0), (search.Executions, search.Deadlocks, search.Redundant));
        Assert.InRange(most, 2, SharedSearch.MostParts);
    }

    [Fact]
    public void Parts_find_every_trace_of_random_programs()
    {
        int compared = 0;
        int shared = 0;
        long traces = 0;
        var wrong = new List<string>();
        foreach (Statement[][] statements in SmallProgram.Any(most: 6).Sample(Programs, new Rnd(11), 1))
        {
            var program = new SmallProgram(statements);
            SortedSet<string> alone = Alone(program);
            if (alone.Count is < 20 or > 400)
            {
                continue;
            }

            compared++;
            SortedSet<string> found = InParts(statements, out int most, out long explored);
            traces += alone.Count;
            shared += most > 1 ? 1 : 0;
            if (!alone.SetEquals(found) || explored != found.Count)
            {
                wrong.Add($"{program}\n{explored} explored, {found.Count} of {alone.Count} found");
            }
        }

        output.WriteLine($"{compared} programs, {shared} shared, {traces} traces");
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ: {wrong.MinBy(one => one.Length)}");
        Assert.InRange(shared, 50, compared);
    }

    [Fact]
    public void A_search_that_is_put_down_at_every_turn_goes_on_as_if_it_had_not_been()
    {
        ConcurrentProgram program = ClassicPrograms.All.Single(program => program.Name == "classics/fib_bench-4");
        string told = Told(new ProgramProof(program).Run(jobs: 1, long.MaxValue, () => { }, CancellationToken.None));

        var proof = new ProgramProof(program);
        int times = 0;
        ProgramOutcome outcome;
        do
        {
            using var cancel = new CancellationTokenSource();
            outcome = proof.Run(jobs: 2, long.MaxValue, cancel.Cancel, cancel.Token);
            string written = Written(proof);
            proof = ProgramProof.Read(program, new StringReader(written));
            Assert.Equal(written, Written(proof));
            times++;
        }
        while (!outcome.IsComplete);

        Assert.Equal(told, Told(outcome));
        Assert.InRange(times, 3, 100);
    }

    [Fact]
    public void How_many_threads_there_are_makes_no_difference()
    {
        ConcurrentProgram program = ClassicPrograms.All.Single(program => program.Name == "classics/fib_bench-4");
        string[] written = [.. new[] { 1, 3 }.Select(jobs =>
        {
            var proof = new ProgramProof(program);
            proof.Run(jobs, most: 15_000, () => { }, CancellationToken.None);
            return Written(proof);
        })];

        Assert.Equal(written[0], written[1]);
    }

    [Fact]
    public void What_is_no_frontier_is_refused()
    {
        ConcurrentProgram program = ClassicPrograms.All[0];
        string written = Written(new ProgramProof(program));
        string[] messages = [.. new[] { "", "{}", written[..^20], $"{written} 7", written.Replace(program.Name, "other/one", StringComparison.Ordinal) }
            .Select(text => Assert.Throws<InvalidDataException>(() => ProgramProof.Read(program, new StringReader(text))).Message)];

        Assert.Equal("its first line says nothing", messages[1]);
        Assert.Equal("it ends in the middle, or has something that is no number", messages[2]);
        Assert.Equal("there is more than was written", messages[3]);
        Assert.Equal("it is of other/one, and not of classics/lock-2x5", messages[4]);
    }

    private static SortedSet<string> Alone(SmallProgram program)
    {
        var outcomes = new SortedSet<string>(StringComparer.Ordinal);
        var dpor = new OptimalDpor();
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

    private static SortedSet<string> InParts(Statement[][] statements, out int most, out long explored)
    {
        var outcomes = new SortedSet<string>(StringComparer.Ordinal);
        var machines = new SmallProgram?[SharedSearch.MostParts];
        var search = new SharedSearch(turn: 1);
        most = 0;
        while (!search.IsDone)
        {
            most = Math.Max(most, search.Working.Length);
            foreach (int part in search.Working)
            {
                SmallProgram machine = machines[part] ??= new SmallProgram(statements);
                search.TakeTurn(part, dpor =>
                {
                    string end = machine.Execute(dpor);
                    if (!dpor.LastWasRedundant)
                    {
                        outcomes.Add($"{dpor.Signature:x16} {end}");
                    }
                });
            }

            search.Meet();
        }

        explored = search.Executions + search.Deadlocks;
        return outcomes;
    }

    private static string Written(ProgramProof proof)
    {
        var text = new StringWriter { NewLine = "\n" };
        proof.Write(text);
        return text.ToString();
    }

    private static string Told(ProgramOutcome outcome) =>
        $"{outcome.Executions} {outcome.Deadlocks} {outcome.Redundant} {outcome.Cut} {outcome.IsComplete} {string.Join(' ', outcome.Failures)}";
}
