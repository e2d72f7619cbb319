using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>What does not end under fair scheduling is a livelock; what only its strategy kept from ending is none.</summary>
public sealed class LivelockTests
{
    public static TheoryData<string> EveryStrategy => [.. KnownStrategies.Names];

    [Theory]
    [MemberData(nameof(EveryStrategy))]
    public void A_spin_that_nobody_ends_is_a_livelock(string name)
    {
        var program = new TestProgram();
        program
            .On("A", async () =>
            {
                while (true)
                {
                    await program.Smp.Relax();
                }
            })
            .On("B", async () => await program.Smp.Point());

        Assert.Equal(
            new Failure(
                FailureKind.Livelock,
                "scheduler",
                "A still runs after 5000 steps, the last 3000 of them fairly scheduled (runnable: A)",
                Cpu: 0,
                Step: 5_000),
            program.Run(KnownStrategies.Create(name)));
    }

    [Theory]
    [MemberData(nameof(EveryStrategy))]
    public void A_spin_that_somebody_ends_is_none(string name)
    {
        TestProgram program = Spinning(p => p.Relax());

        Assert.Equal(500, program.Count(KnownStrategies.Create(name), 500, () => program.Smp.Failure is null));
    }

    [Theory]
    [MemberData(nameof(EveryStrategy))]
    public void A_spin_that_only_goes_on_ends_once_scheduling_is_fair(string name)
    {
        TestProgram program = Spinning(p => p.Point());

        Assert.Equal(50, program.Count(KnownStrategies.Create(name), 50, () => program.Smp.Failure is null));
    }

    [Theory]
    [InlineData("pct1")]
    [InlineData("pct3")]
    [InlineData("pos")]
    public void A_priority_does_not_make_a_spinning_CPU_wait_until_scheduling_is_fair(string name)
    {
        TestProgram program = Spinning(p => p.Relax());

        Assert.Equal(500, program.Count(KnownStrategies.Create(name), 500, () => program.Smp.Explored.Steps < 100));
    }

    [Theory]
    [InlineData("pct1")]
    [InlineData("pct3")]
    [InlineData("pos")]
    public void Nor_if_the_one_that_ends_the_spin_gives_way_itself(string name)
    {
        var program = new TestProgram();
        bool ready = false;
        program.Before = () => ready = false;
        program
            .On("A", async () =>
            {
                while (!ready)
                {
                    await program.Smp.Relax();
                }
            })
            .On("B", async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await program.Smp.Schedule();
                }

                ready = true;
            });

        Assert.Equal(500, program.Count(KnownStrategies.Create(name), 500, () => program.Smp.Explored.Steps < 100));
    }

    [Fact]
    public void Two_that_give_way_to_each_other_for_ever_are_a_livelock()
    {
        var program = new TestProgram(Checks.All with { FairAfter = 100, StepBound = 300 });
        async KTask Body()
        {
            while (true)
            {
                await program.Smp.Schedule();
            }
        }

        program.On("A", Body).On("B", Body);
        Failure failure = Assert.IsType<Failure>(program.Run());

        Assert.Equal((FailureKind.Livelock, 300), (failure.Kind, failure.Step));
        Assert.EndsWith("(runnable: A, B)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_execution_that_ends_is_none()
    {
        var program = new TestProgram();
        async KTask Body()
        {
            for (int i = 0; i < 2_000; i++)
            {
                await program.Smp.Point();
            }
        }

        program.On("A", Body).On("B", Body);
        Assert.Null(program.Run());
        Assert.Equal(4_000, program.Smp.Explored.Steps);
    }

    private static TestProgram Spinning(Func<Smp, Step<Smp.Going>> spin)
    {
        var program = new TestProgram();
        bool ready = false;
        program.Before = () => ready = false;
        return program
            .On("A", async () =>
            {
                while (!ready)
                {
                    await spin(program.Smp);
                }
            })
            .On("B", async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await program.Smp.Point();
                }

                ready = true;
            });
    }
}
