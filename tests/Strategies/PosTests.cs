using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests;

public sealed class PosTests
{
    private const int Executions = 20_000;

    [Fact]
    public void Steps_that_meet_nothing_do_not_make_an_order_unlikely()
    {
        // The shape of the paper's introduction: A and B meet at one word only, A after 20 steps of its own. That A is
        // first there needs B held back 21 times: 2^-21 for a random walk (found in 20,000 with probability below
        // 1 in 100), but only the least of 22 priorities for POS: 1/22, 909 of 20,000, standard deviation 29.
        var program = new TestProgram();
        var word = new AtomicInt(program.Thing, "users");
        bool first = false;
        program.Before = () => (word.Raw, first) = (0, false);
        program
            .On("A", async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    await program.Smp.Point();
                }

                first = await word.Add(1) == 1;
            })
            .On("B", async () => await word.Add(1));

        Assert.InRange(program.Count(new Pos(), Executions, () => first), 790, 1_030);
        Assert.Equal(0, program.Count(new RandomWalk(), Executions, () => first));
    }

    [Fact]
    public void What_comes_after_a_sleep_is_an_operation_like_any_other()
    {
        // B's only step comes after all of A's 4 sleeps if none puts A below everything, 1 in 8 as the first comes before
        // anything is chosen, and B has drawn the least of 5 priorities: 500 of 20,000, standard deviation 22. Were whoever
        // sleeps put below always, it never would.
        var program = new TestProgram();
        int slept = 0;
        bool last = false;
        program.Before = () => (slept, last) = (0, false);
        program
            .On("A", async () =>
            {
                for (int i = 0; i < 4; i++)
                {
                    await program.Smp.Sleep();
                    slept++;
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                last = slept == 4;
            });

        Assert.InRange(program.Count(new Pos(), Executions, () => last), 430, 570);
    }

    [Fact]
    public void A_CPU_that_has_spun_may_go_on_while_another_sleeps()
    {
        // B spins once and then looks whether A, which goes on after it, is asleep. What spins is below everything, so A gets
        // there first; it must be put below B then, 1 time in 2, and B must have begun before A sleeps, about 1 in 2.
        FoundAsleep found = new(smp => smp.Relax());

        Assert.InRange(found.Program.Count(new Pos(), Executions, () => found.IsFound), 3_000, 12_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_operation_draws_again_when_one_that_races_with_it_was_executed(bool reads)
    {
        // B is last if it loses 10 times. Reads do not race, B keeps its number and must have drawn the least of 11:
        // 1/11, 1,818 of 20,000, standard deviation 41. Changes do race, B draws anew each time: 2^-10, 20 of 20,000.
        var program = new TestProgram();
        var word = new AtomicInt(program.Thing, "users");
        int operationsOfA = 0;
        bool last = false;
        program.Before = () => (operationsOfA, last) = (0, false);
        async KTask Operation() => await (reads ? word.Read() : word.Add(1));
        program
            .On("A", async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await Operation();
                    operationsOfA++;
                }
            })
            .On("B", async () =>
            {
                await Operation();
                last = operationsOfA == 10;
            });

        Assert.InRange(program.Count(new Pos(), Executions, () => last), reads ? 1_650 : 5, reads ? 1_990 : 45);
    }

    [Fact]
    public void Each_order_of_two_operations_that_race_is_as_likely()
    {
        var track = new Track(1, 1);

        // Standard deviation 71.
        Assert.InRange(track.Program.Count(new Pos(), Executions, () => track.Text == "AB"), 9_700, 10_300);
    }

    [Fact]
    public void It_finds_a_lost_update_and_a_deadlock()
    {
        LostUpdate update = new(stepsBefore: 3);
        Assert.InRange(update.Program.Count(new Pos(), 1_000, () => update.Program.Word.Raw == 1), 50, 1_000);

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
        Assert.InRange(program.Count(new Pos(), 1_000, () => program.Smp.Failure is not null), 50, 1_000);
    }
}
