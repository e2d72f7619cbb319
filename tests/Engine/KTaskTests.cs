using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>A kernel function returns, throws and nests as any async function does, suspended or not.</summary>
public sealed class KTaskTests
{
    private const string Foreign =
        "a kernel function or a primitive was awaited by a function that returns no KTask; make it return one";

    private readonly TestProgram _program = new();

    private Smp Smp => _program.Smp;

    [Fact]
    public void A_value_arrives_whether_or_not_the_call_was_suspended()
    {
        var seen = new List<int>();
        _program.On("A", async () =>
        {
            seen.Add(await AtOnce(1));
            seen.Add(await AfterAPoint(2));
            seen.Add(await Nested(3));
            seen.Add(await new KTask<int>(4));
            await KTask.Completed;
        });

        // Spawning suspends at the first await; staying on the CPU afterwards does not.
        Assert.Null(_program.Run());
        Assert.Equal([1, 2, 9, 4], seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Choices_are_counted_from_the_CPU_that_ran_last_whoever_waited_under_it(int first)
    {
        var queue = new WaitQueue(Smp, "wait");
        Smp.PowerOn();
        Smp.Spawn(
            "daemon",
            async _ =>
            {
                await Smp.Point();
                await queue.Sleep();
            },
            daemon: true);
        Smp.Spawn("A", async _ => await Smp.Point());

        // First the daemon: A goes on upon its stack, and it comes off that when A has ended.
        var choices = new Replay([first]);
        choices.Begin(0, 0);
        Smp.Run(choices);

        Assert.Equal(first == 0 ? "A" : "daemon", Smp.Current.Name);
    }

    [Fact]
    public void A_call_that_returns_tells_so_ahead_of_its_caller_suspended_or_not()
    {
        var told = new List<string>();
        _program.On("A", async () =>
        {
            told.Add($"has {await AtOnce(1).OnReturn(() => told.Add("at once"))}");
            told.Add($"has {await AfterAPoint(2).OnReturn(() => told.Add("later")).OnReturn(() => told.Add("again"))}");
        });

        // The first await suspends, as the CPU has just been put to work.
        Assert.Null(_program.Run());
        Assert.Equal(["at once", "has 1", "later", "again", "has 2"], told);
    }

    [Fact]
    public void Two_CPUs_in_the_same_functions_keep_their_own_frames()
    {
        var seen = new List<string>();
        _program
            .On("A", async () => seen.Add($"A {await Nested(1)}"))
            .On("B", async () => seen.Add($"B {await Nested(10)}"));

        Assert.Null(_program.Run(new RoundRobin()));
        Assert.Equal(["A 3", "B 30"], seen);
    }

    [Fact]
    public void An_exception_reaches_the_caller_through_suspended_frames()
    {
        var seen = new List<string>();
        _program.On("A", async () =>
        {
            foreach (bool suspended in new[] { false, true })
            {
                try
                {
                    await Throws(suspended);
                }
                catch (InvalidOperationException caught)
                {
                    seen.Add(caught.Message);
                }
            }
        });

        Assert.Null(_program.Run());
        Assert.Equal(["suspended False", "suspended True"], seen);
    }

    [Fact]
    public void A_loop_of_calls_does_not_deepen_the_stack()
    {
        int sum = 0;
        var program = new TestProgram(Checks.All with { FairAfter = 1_000_000, StepBound = 2_000_000 });
        program.On("A", async () =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                sum += await One(program.Smp);
            }
        });
        program.On("B", async () => await program.Smp.Point());

        Assert.Null(program.Run(new RoundRobin()));
        Assert.Equal(100_000, sum);
    }

    [Fact]
    public void A_kernel_function_that_awaits_a_Task_says_so()
    {
        _program.On("A", async () => await Task.Yield());

        Failure failure = Assert.IsType<Failure>(_program.Run());
        Assert.Equal(FailureKind.Oops, failure.Kind);
        Assert.Equal("NotSupportedException", failure.Subject);
        Assert.Contains(
            "it may await only kernel functions (KTask) and primitives of the machine",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Task_that_awaits_a_suspended_kernel_function_says_so()
    {
        Smp.PowerOn();
        NotSupportedException thrown = await Assert.ThrowsAsync<NotSupportedException>(async () => await Suspended());
        Assert.Equal(Foreign, thrown.Message);
    }

    [Fact]
    public void A_Task_that_awaits_a_primitive_ends_the_execution()
    {
        var queue = new WaitQueue(Smp, "queue");
        async Task Sleeping() => await queue.Sleep();
        _program.On("A", async () => _ = Sleeping());

        Assert.Equal(new Failure(FailureKind.Oops, "NotSupportedException", Foreign, Cpu: 0, Step: 0), _program.Run());
    }

    [Fact]
    public void A_failure_leaves_the_suspended_functions_where_they_are()
    {
        bool finallyRan = false;
        _program
            .On("A", async () =>
            {
                try
                {
                    await Smp.Point();
                    await Smp.Point();
                }
                finally
                {
                    finallyRan = true;
                }
            })
            .On("B", async () =>
            {
                await Smp.Point();
                Smp.Bug("test", "over");
            });

        Assert.Equal(new Failure(FailureKind.Bug, "test", "over", Cpu: 1, Step: 2), _program.RunWith(0, 1));
        Assert.False(finallyRan);
    }

    private static async KTask<int> One(Smp smp)
    {
        await smp.Point();
        return 1;
    }

    private static async KTask<int> AtOnce(int value) => value;

    private async KTask<int> AfterAPoint(int value)
    {
        await Smp.Point();
        return value;
    }

    private async KTask<int> Nested(int value)
    {
        int sum = await AfterAPoint(value);
        await Smp.Point();
        sum += await AfterAPoint(value);
        return sum + await AtOnce(value);
    }

    private async KTask Throws(bool suspended)
    {
        if (suspended)
        {
            await AfterAPoint(0);
        }

        throw new InvalidOperationException($"suspended {suspended}");
    }

    private async KTask Suspended()
    {
        // Nobody is there to wake it.
        await new WaitQueue(Smp, "queue").Sleep();
    }
}
