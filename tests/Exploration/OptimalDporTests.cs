using Variants.Families.Classics;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;
using Variants.Harness.Strategies;

namespace Variants.Tests.Exploration;

/// <summary>What waits, spins, fails or deadlocks, explored.</summary>
public sealed class OptimalDporTests
{
    [Fact]
    public void A_deadlock_is_reported_as_one_and_is_no_complete_execution()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        program.On("A", () => Nest(a, b)).On("B", () => Nest(b, a));

        (OptimalDpor dpor, SortedSet<string> ends) = Explore(program, () => Failure(program.Smp));

        Assert.Equal((2, 1, 0), (dpor.Executions, dpor.Deadlocks, dpor.Redundant));
        Assert.Equal(
            ["Deadlock: A waits for b_lock, held by B; B waits for a_lock, held by A", "passes"],
            ends);
    }

    [Fact]
    public void A_wake_up_that_comes_too_early_is_found()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "wait");
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                await queue.Sleep();
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                queue.WakeUp();
            });

        (OptimalDpor dpor, SortedSet<string> ends) = Explore(program, () => Failure(program.Smp));

        Assert.Equal((1, 1, 0), (dpor.Executions, dpor.Deadlocks, dpor.Redundant));
        Assert.Equal(["HungTask: A waits for wait", "passes"], ends);
    }

    [Fact]
    public void Whoever_spins_goes_round_once_for_each_change_of_what_it_looks_at()
    {
        // The first look comes before the first, the second or the third store, or after. Round again it goes only
        // after another one: the looks are a rising sequence of what the word was, which ends with 3.
        var program = new TestProgram();
        var word = new AtomicInt(program.Thing, "flag");
        var seen = new List<int>();
        program.Before = () =>
        {
            word.Raw = 0;
            seen.Clear();
        };
        program
            .On("A", async () =>
            {
                for (int i = 1; i <= 3; i++)
                {
                    await word.Set(i);
                }
            })
            .On("B", async () =>
            {
                while (true)
                {
                    seen.Add(await word.Read());
                    if (seen[^1] == 3)
                    {
                        break;
                    }

                    await program.Smp.Relax();
                }
            });

        (OptimalDpor dpor, SortedSet<string> ends) = Explore(program, () => string.Join(",", seen));

        Assert.Equal(["0,1,2,3", "0,1,3", "0,2,3", "0,3", "1,2,3", "1,3", "2,3", "3"], ends);
        Assert.Equal(0, dpor.Deadlocks);
    }

    [Fact]
    public void A_spin_that_nobody_ends_is_a_livelock()
    {
        var program = new TestProgram();
        var word = new AtomicInt(program.Thing, "flag");
        program.Before = () => word.Raw = 0;
        program.On("A", async () =>
        {
            while (await word.Read() == 0)
            {
                await program.Smp.Relax();
            }
        });

        (OptimalDpor dpor, SortedSet<string> ends) = Explore(program, () => program.Smp.Failure?.Kind.ToString() ?? "passes");

        Assert.Equal(["Livelock"], ends);
        Assert.Equal(1, dpor.Executions);
    }

    [Fact]
    public void A_spin_that_counts_its_rounds_comes_to_its_end()
    {
        var program = new TestProgram();
        var word = new AtomicInt(program.Thing, "flag");
        program.Before = () => word.Raw = 0;
        program.On("A", async () =>
        {
            for (int i = 0; i < 10 && await word.Read() == 0; i++)
            {
                await program.Smp.Relax();
            }
        });

        (OptimalDpor dpor, SortedSet<string> ends) = Explore(program, () => Failure(program.Smp));

        Assert.Equal(["passes"], ends);
        Assert.Equal(1, dpor.Executions);
    }

    [Fact]
    public void A_data_race_is_found_in_whichever_order_it_comes()
    {
        var program = new TestProgram();
        program.On("A", Count).On("B", Count);

        (_, SortedSet<string> ends) = Explore(program, () => $"{program.Smp.Failure?.Kind} {program.Smp.Failure?.Cpu}");

        Assert.Equal(["DataRace 0", "DataRace 1"], ends);

        async KTask Count()
        {
            await program.Smp.Point();
            program.Word.Value++;
        }
    }

    [Fact]
    public void Steps_that_touch_nothing_in_common_are_run_in_one_order()
    {
        var program = new TestProgram();
        for (int cpu = 0; cpu < 5; cpu++)
        {
            var own = new SpinLock(program.Smp, $"lock{cpu}");
            program.On($"{cpu}", async () =>
            {
                await own.Lock();
                await own.Unlock();
            });
        }

        (OptimalDpor dpor, _) = Explore(program, () => "");

        Assert.Equal(1, dpor.Executions);
    }

    [Fact]
    public void Attempts_that_fail_may_change_places()
    {
        // Whoever has the lock keeps it. If it is A, B and C fail, in one execution for both orders. If it is B or C,
        // the other one fails and A waits for ever.
        var program = new TestProgram();
        var spinLock = new SpinLock(program.Smp, "lock");
        program.On("A", async () => await spinLock.Lock());
        program.On("B", Try).On("C", Try);

        (OptimalDpor dpor, _) = Explore(program, () => "");

        Assert.Equal((1, 2), (dpor.Executions, dpor.Deadlocks));

        async KTask Try() => await spinLock.TryLock();
    }

    [Fact]
    public void After_the_last_trace_it_says_so_and_begins_anew()
    {
        var program = new ProgramMachine(LockedCounter.Of(cpus: 2, sections: 2));
        var dpor = new OptimalDpor();
        foreach (int round in new[] { 1, 2 })
        {
            while (dpor.Begin(0, 0))
            {
                program.Run(dpor);
            }

            Assert.Equal(6 * round, dpor.Executions);
        }
    }

    [Fact]
    public void A_choice_that_is_replayed_gives_the_same_execution()
    {
        // What DPOR finds, a schedule shows: the lost update by its choices.
        var program = new TestProgram(Checks.None);
        var word = new AtomicInt(program.Thing, "x");
        program.Before = () => word.Raw = 0;
        program.On("A", Increment).On("B", Increment);

        (_, SortedSet<string> ends) = Explore(program, () => $"{word.Raw}");
        Assert.Equal(["1", "2"], ends);

        async KTask Increment()
        {
            int value = await word.Read();
            await word.Set(value + 1);
        }
    }

    [Theory]
    [InlineData(true, 9)]
    [InlineData(true, 0)]
    [InlineData(false, 33)]
    public void A_machine_has_as_many_CPUs_as_its_clocks_or_its_masks_have_room_for(bool races, int cpus) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cpus), () => new Smp(Checks.None with { Races = races }, cpus));

    [Fact]
    public void Random_walks_find_nothing_that_was_not_explored()
    {
        foreach (ProgramMachine program in new[] { new ProgramMachine(FibBench.Of(2)), new ProgramMachine(LastZero.Of(4)) })
        {
            var traces = new HashSet<ulong>();
            var dpor = new OptimalDpor();
            while (dpor.Begin(0, 0))
            {
                program.Run(dpor);
                traces.Add(dpor.Signature);
            }

            var walk = new Traced(new RandomWalk());
            for (ulong seed = 1; seed <= 2_000; seed++)
            {
                walk.Begin(seed, 0);
                program.Run(walk);
                Assert.Contains(walk.Signature, traces);
            }
        }
    }

    private static async KTask Nest(SpinLock first, SpinLock second)
    {
        await first.Lock();
        await second.Lock();
        await second.Unlock();
        await first.Unlock();
    }

    private static string Failure(Smp smp) => smp.Failure is { } failure ? $"{failure.Kind}: {failure.Message}" : "passes";

    private static (OptimalDpor Dpor, SortedSet<string> Ends) Explore(TestProgram program, Func<string> end)
    {
        var ends = new SortedSet<string>(StringComparer.Ordinal);
        var dpor = new OptimalDpor();
        while (dpor.Begin(0, 0))
        {
            program.Execute(dpor);
            if (!dpor.LastWasRedundant)
            {
                ends.Add(end());
            }
        }

        return (dpor, ends);
    }
}
