using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests;

/// <summary>A counter that somebody takes below zero is reported, however he does it; one that only comes to zero is not.</summary>
public sealed class CounterUnderflowTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(0, "CounterUnderflow thing.users: thing0.users went to -1 on B")]
    public void Two_puts_of_one_get_are_an_underflow_and_two_of_two_are_none(int more, string failure) =>
        Assert.Equal(failure, Run(async users => await users.Add(-1), more));

    [Theory]
    [InlineData(1, "")]
    [InlineData(0, "CounterUnderflow thing.users: thing0.users went to -1 on B")]
    public void The_same_within_one_step(int more, string failure) => Assert.Equal(
        failure,
        Run(
            async users =>
            {
                await users.Smp.Point();
                users.AddNow(-1);
            },
            more));

    [Theory]
    [InlineData(1, "")]
    [InlineData(0, "CounterUnderflow thing.users: thing0.users went to -1 on B")]
    public void The_same_under_a_lock(int more, string failure)
    {
        SpinLock? order = null;
        Assert.Equal(
            failure,
            Run(
                async users =>
                {
                    order ??= new SpinLock(users.Smp, "order");
                    await order.Lock();
                    users.Value--;
                    await order.Unlock();
                },
                more));
    }

    private static string Run(Func<AtomicInt, KTask> put, int more)
    {
        TestProgram program = new();
        AtomicInt users = new(program.Thing, "users");
        program.Before = () => users.Raw = 1 + more;
        program.On("A", () => put(users)).On("B", () => put(users));
        return program.Run() is { } failure ? $"{failure.Kind} {failure.Subject}: {failure.Message}" : "";
    }
}
