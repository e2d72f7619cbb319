using Variants.Harness.Engine;

namespace Variants.Tests;

/// <summary>Errors in a variant's text: a missing await, a loop without one, an exception.</summary>
public sealed class ForgottenAwaitTests
{
    private readonly TestProgram _program = new();
    private readonly SpinLock _lock;

    public ForgottenAwaitTests() => _lock = new SpinLock(_program.Smp, "lock");

    private Smp Smp => _program.Smp;

    [Fact]
    public void A_primitive_that_is_not_awaited_is_reported_at_the_next_one()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            await ForgetsLock();
        });

        Failure failure = Assert.IsType<Failure>(_program.Run());

        Assert.Equal((FailureKind.ForgottenAwait, nameof(ForgetsLock)), (failure.Kind, failure.Subject));
        Assert.Matches(
            @"^ForgetsLock:\d+ begins an operation while an earlier one \(Acquire of lock\) was never awaited$", failure.Message);
    }

    [Fact]
    public void Or_at_the_end_of_its_CPU()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            _ = _lock.Lock();
        });

        Assert.Equal(
            new Failure(
                FailureKind.ForgottenAwait, "A", "A returned while an operation (Acquire of lock) was never awaited",
                Cpu: 0, Step: 1),
            _program.Run());
    }

    [Fact]
    public void Even_if_that_comes_before_the_first_await()
    {
        _program
            .On("A", async () => _ = Smp.Point())
            .On("B", async () => await Smp.Point());

        Assert.Equal(
            new Failure(
                FailureKind.ForgottenAwait, "A", "A returned while an operation (Point) was never awaited", Cpu: 0, Step: 0),
            _program.Run());
    }

    [Fact]
    public void A_call_that_was_suspended_and_not_awaited_is_reported_at_the_next_operation()
    {
        _program.On("A", async () =>
        {
            _ = TakesLock();
            await Smp.Point();
        });

        Failure failure = Assert.IsType<Failure>(_program.Run());
        Assert.Equal(FailureKind.ForgottenAwait, failure.Kind);
        Assert.EndsWith(
            "begins an operation while an earlier one (Acquire of lock) was never awaited",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Or_when_all_is_quiet_if_it_ran_to_its_end_beside_its_caller()
    {
        _program
            .On("B", async () =>
            {
                await Smp.Point();
                await Smp.Point();
            })
            .On("A", async () =>
            {
                await Smp.Point();
                _ = TakesLock();
            });

        // B is chosen; A goes on upon its stack, and is suspended in the call because it is the turn of B again.
        Assert.Equal(
            new Failure(
                FailureKind.ForgottenAwait, "call", "a call was started and never awaited; it ran beside its caller",
                Cpu: -1, Step: 5),
            _program.RunWith(0, 1, 1));
    }

    [Fact]
    public void A_call_that_was_suspended_before_the_first_await_of_its_CPU_is_reported_at_once()
    {
        _program.On("A", async () => _ = TakesLock());

        Assert.Equal(
            new Failure(
                FailureKind.ForgottenAwait, "A", "A returned while an operation (Acquire of lock) was never awaited",
                Cpu: 0, Step: 0),
            _program.Run());
    }

    [Fact]
    public void A_call_that_had_returned_already_leaves_nothing_undone()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            _ = TakesLock();
            await Smp.Point();
        });

        // Staying on the CPU, the call takes and releases the lock without being suspended.
        Assert.Null(_program.RunWith());
        Assert.False(_lock.IsLocked);
    }

    [Fact]
    public void Unless_it_threw_what_nobody_will_see()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            _ = Throws();
        });

        Assert.Equal(FailureKind.ForgottenAwait, _program.Run()?.Kind);
    }

    [Fact]
    public void Everything_awaited_passes()
    {
        _program.On("A", async () =>
        {
            await TakesLock();
            try
            {
                await Throws();
            }
            catch (InvalidOperationException)
            {
                await Smp.Point();
            }
        });

        Assert.Null(_program.Run());
    }

    [Fact]
    public void The_execution_after_one_with_a_forgotten_call_is_not_blamed_for_it()
    {
        bool forgets = true;
        _program.On("A", async () =>
        {
            await Smp.Point();
            if (forgets)
            {
                _ = Throws();
            }
        });

        Assert.NotNull(_program.Run());
        forgets = false;
        Assert.Null(_program.Run());
    }

    [Fact]
    public void A_loop_without_an_await_is_a_runaway_step()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            while (_program.Word.Value == 0)
            {
            }
        });

        Assert.Equal(
            new Failure(
                FailureKind.RunawayStep,
                "step",
                "A made 100000 accesses without an await: a loop that nobody can interrupt",
                Cpu: 0,
                Step: 1),
            _program.Run());
    }

    [Fact]
    public void A_long_loop_with_awaits_is_none()
    {
        _program.On("A", async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await Smp.Point();
                for (int j = 0; j < 1_000; j++)
                {
                    _program.Word.Value++;
                }
            }
        });

        Assert.Null(_program.Run());
        Assert.Equal(200_000, _program.Word.Raw);
    }

    [Fact]
    public void A_null_reference_is_an_oops_in_its_function()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            await FollowsNull(null);
        });

        Assert.Equal(
            new Failure(
                FailureKind.Oops,
                "NULL pointer",
                "unable to handle kernel NULL pointer dereference in FollowsNull",
                Cpu: 0,
                Step: 1),
            _program.Run());
    }

    [Fact]
    public void Any_other_exception_is_an_oops_of_its_name()
    {
        _program.On("A", async () =>
        {
            await Smp.Point();
            await Throws();
        });

        Assert.Equal(
            new Failure(
                FailureKind.Oops, "InvalidOperationException", "InvalidOperationException: no such entry in Throws",
                Cpu: 0, Step: 1),
            _program.Run());
    }

    [Fact]
    public void So_is_one_before_the_first_await()
    {
        _program.On("A", async () => await Throws());

        Assert.Equal(FailureKind.Oops, _program.Run()?.Kind);
    }

    private async KTask TakesLock()
    {
        await _lock.Lock();
        await _lock.Unlock();
    }

    private async KTask ForgetsLock()
    {
        _ = _lock.Lock();
        await _lock.Unlock();
    }

    private static async KTask Throws() => throw new InvalidOperationException("no such entry");

    private static async KTask FollowsNull(Thing? thing) => thing!.Free();
}
