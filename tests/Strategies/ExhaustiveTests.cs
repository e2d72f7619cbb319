using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>Every schedule, and each once: the counts are those of combinatorics.</summary>
public sealed class ExhaustiveTests
{
    [Theory]
    [InlineData(new[] { 1 }, 1)]
    [InlineData(new[] { 1, 1 }, 2)]
    [InlineData(new[] { 2, 2 }, 6)]
    [InlineData(new[] { 3, 4 }, 35)]
    [InlineData(new[] { 2, 2, 2 }, 90)]
    [InlineData(new[] { 3, 3, 3 }, 1_680)]
    [InlineData(new[] { 1, 2, 3, 4 }, 12_600)]
    public void Free_steps_have_as_many_schedules_as_the_multinomial_number(int[] steps, int schedules)
    {
        var track = new Track(steps);
        SortedDictionary<string, int> all = track.Program.Everything(() => track.Text);

        Assert.Equal(schedules, all.Count);
        Assert.All(all.Values, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 2)]
    public void Critical_sections_follow_each_other_in_every_order(int cpus, int sections, int stepsInside)
    {
        // A section is its lock, the steps inside and its unlock: 2 choices and more. Its steps cannot be
        // interleaved with another's, as those who want the lock wait: the orders of whole sections are left, and
        // there are multinomial(cpus * sections; sections, ...) of them.
        var program = new TestProgram();
        var spinLock = new SpinLock(program.Smp, "lock");
        var text = new List<char>();
        program.Before = text.Clear;
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            char name = (char)('A' + cpu);
            program.On($"{name}", async () =>
            {
                for (int i = 0; i < sections; i++)
                {
                    await spinLock.Lock();
                    for (int j = 0; j < stepsInside; j++)
                    {
                        await program.Smp.Point();
                    }

                    text.Add(name);
                    program.Word.Value++;
                    await spinLock.Unlock();
                }
            });
        }

        SortedDictionary<string, int> all = program.Everything(
            () => $"{string.Concat(text)} {program.Word.Raw} {program.Smp.Failure}");

        int orders = (int)(Factorial(cpus * sections) / Math.Pow(Factorial(sections), cpus));
        Assert.Equal(orders, all.Count);
        Assert.All(all.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public void The_lost_update_is_found_and_counted()
    {
        // Four sections, two of each CPU: 6 orders. An update is lost unless one CPU's two sections are together.
        LostUpdate update = new(stepsBefore: 0);

        Assert.Equal(
            new SortedDictionary<string, int> { ["count 1"] = 4, ["count 2"] = 2 },
            update.Program.Everything(() => $"count {update.Program.Word.Raw}"));
    }

    [Fact]
    public void A_deadlock_ends_a_schedule_early_and_the_search_goes_on()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        async KTask Body(SpinLock first, SpinLock second)
        {
            await first.Lock();
            await second.Lock();
            await second.Unlock();
            await first.Unlock();
        }

        program.On("A", () => Body(a, b)).On("B", () => Body(b, a));

        // After A's first step, B takes its first lock and both are stuck (1 schedule), or A takes both; then B may
        // come before or after A's last step (2). The same from B's first step.
        Assert.Equal(
            new SortedDictionary<string, int> { ["Deadlock"] = 2, ["passes"] = 4 },
            program.Everything(() => program.Smp.Failure?.Kind.ToString() ?? "passes"));
    }

    [Fact]
    public void After_the_last_schedule_it_says_so_and_begins_anew()
    {
        var track = new Track(2, 1);
        var exhaustive = new Exhaustive();
        foreach (int round in new[] { 1, 2 })
        {
            var seen = new List<string>();
            while (exhaustive.Begin(0, 3))
            {
                track.Program.Execute(exhaustive);
                seen.Add(track.Text);
            }

            Assert.Equal(["AAB", "ABA", "BAA"], seen);
            Assert.Equal(3 * round, exhaustive.Executions);
        }
    }

    [Fact]
    public void A_program_that_does_not_follow_from_its_schedule_is_refused()
    {
        int execution = 0;
        var program = new TestProgram();
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                if (execution % 2 == 0)
                {
                    await program.Smp.Point();
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                await program.Smp.Point();
            })
            .On("C", async () =>
            {
                await program.Smp.Point();
                await program.Smp.Point();
            });
        program.Before = () => execution++;

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => program.Everything(() => ""));
        Assert.Matches(
            "^exhaustive: choice \\d+ was among \\d CPUs, and is now among \\d after the same choices; "
            + "the program does not follow from its schedule alone$",
            thrown.Message);
    }

    private static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (product, i) => product * i);
}
