using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests.Strategies;

/// <summary>
/// What delay bounding and chaos are for: one CPU must stand still between a look and the act that relies on it while
/// another does a lot.
/// </summary>
public sealed class HoldingBackTests
{
    private const int Long = 24;

    /// <summary>Of 48 steps the one delay must come at B's second: 1 in 96, by who begins. Not once in 2,000: 1e-9.</summary>
    [Fact]
    public void One_delay_at_the_right_step_is_enough() =>
        Assert.InRange(Found(new DelayBounded(1), 2_000), 5, 100);

    /// <summary>
    /// B goes first 1 time in 4 or so, is held back at its next step 1 time in 16, and for 24 steps or more 1 time in 3:
    /// some 30 in 10,000. Not five: 1e-8.
    /// </summary>
    [Fact]
    public void Chaos_holds_a_CPU_back_for_long() =>
        Assert.InRange(Found(new Chaos(), 10_000), 5, 300);

    /// <summary>It would have to choose the same CPU 24 times: 1 in 16 million.</summary>
    [Fact]
    public void A_random_walk_cannot_hold_a_CPU_back_for_long() => Assert.Equal(0, Found(new RandomWalk(), 2_000));

    /// <summary>
    /// Where the CPU that does a lot sleeps 24 times on the way, PCT lets the other one go on 999 times in 1,000, and delays
    /// do not.
    /// </summary>
    [Fact]
    public void A_CPU_that_sleeps_on_the_way_goes_on_in_its_turn()
    {
        Assert.Equal(0, Found(new Pct(2), 2_000, sleeps: true));
        Assert.InRange(Found(new DelayBounded(1), 2_000, sleeps: true), 5, 100);
    }

    [Fact]
    public void The_same_seed_makes_the_same_choices()
    {
        foreach (string name in new[] { "delay1", "delay3", "chaos" })
        {
            Assert.Equal(Choices(name, 7), Choices(name, 7));
            Assert.NotEqual(Enumerable.Range(0, 50).Select(seed => Choices(name, 100)), Enumerable.Range(0, 50).Select(seed => Choices(name, (ulong)seed)));
        }
    }

    private static int Found(Strategy strategy, int executions, bool sleeps = false)
    {
        bool found = false;
        TestProgram program = LookAndAct(() => found = true, sleeps);
        program.Before = () => found = false;
        program.ExpectedSteps = Long * 2;
        return program.Count(strategy, executions, () => found);
    }

    /// <summary>A walks a long way; B looks where A is, and acts on it: it is in trouble if A has gone all the way between.</summary>
    private static TestProgram LookAndAct(Action trouble, bool sleeps)
    {
        int at = 0;
        var program = new TestProgram();
        return program
            .On("A", async () =>
            {
                at = 0;
                for (int i = 0; i < Long; i++)
                {
                    if (sleeps)
                    {
                        await program.Smp.Sleep();
                    }
                    else
                    {
                        await program.Smp.Point();
                    }

                    at++;
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                bool before = at == 0;
                await program.Smp.Point();
                if (before && at == Long)
                {
                    trouble();
                }
            });
    }

    private static string Choices(string name, ulong seed)
    {
        var recording = new Recording(KnownStrategies.Create(name));
        TestProgram program = LookAndAct(() => { }, sleeps: false);
        program.ExpectedSteps = Long * 2;
        _ = program.Run(recording, seed);
        return string.Join(' ', recording.Choices);
    }
}
