using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests;

/// <summary>Lock orders that can deadlock are reported although they did not (lockdep).</summary>
public sealed class LockOrderTests
{
    [Fact]
    public void ABBA_is_reported_although_nobody_got_stuck()
    {
        Assert.Equal(
            new Failure(
                FailureKind.LockOrder,
                "a_lock, b_lock",
                "A takes a_lock while it holds b_lock; the opposite order has been taken before",
                Cpu: 0,
                Step: 5),
            OneAfterTheOther(Checks.All).Run());
    }

    [Fact]
    public void Without_the_checker_it_is_not()
    {
        Assert.Null(OneAfterTheOther(Checks.All with { LockOrder = false }).Run());
    }

    [Fact]
    public void The_checker_needs_no_other_one()
    {
        Assert.Equal(FailureKind.LockOrder, OneAfterTheOther(Checks.None with { LockOrder = true }).Run()?.Kind);
    }

    [Fact]
    public void A_circle_of_three_is_reported()
    {
        var program = new TestProgram();
        SpinLock[] locks = [.. new[] { "a_lock", "b_lock", "c_lock" }.Select(name => new SpinLock(program.Smp, name))];
        program.On("A", async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await locks[i].Lock();
                await locks[(i + 1) % 3].Lock();
                await locks[(i + 1) % 3].Unlock();
                await locks[i].Unlock();
            }
        });

        Assert.Equal(
            new Failure(
                FailureKind.LockOrder,
                "a_lock, c_lock",
                "A takes a_lock while it holds c_lock; the opposite order has been taken before",
                Cpu: 0,
                Step: 9),
            program.Run());
    }

    [Fact]
    public void The_same_order_everywhere_passes_in_every_schedule()
    {
        var program = new TestProgram();
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        async KTask Body()
        {
            await a.Lock();
            await b.Lock();
            await a.Unlock();
            await b.Unlock();
        }

        program.On("A", Body).On("B", Body);
        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void Two_locks_of_one_class_are_reported()
    {
        var program = new TestProgram();
        var first = new SpinLock(program.Smp, "page0.lock", "page.lock");
        var second = new SpinLock(program.Smp, "page1.lock", "page.lock");
        program.On("A", async () =>
        {
            await first.Lock();
            await second.Lock();
            await second.Unlock();
            await first.Unlock();
        });

        Assert.Equal(
            new Failure(
                FailureKind.LockOrder, "page.lock", "A takes page1.lock while it holds a lock of the same class",
                Cpu: 0, Step: 1),
            program.Run());
    }

    [Fact]
    public void Two_locks_of_one_class_one_after_the_other_pass()
    {
        var program = new TestProgram();
        var first = new SpinLock(program.Smp, "page0.lock", "page.lock");
        var second = new SpinLock(program.Smp, "page1.lock", "page.lock");
        program.On("A", async () =>
        {
            await first.Lock();
            await first.Unlock();
            await second.Lock();
            await second.Unlock();
        });

        Assert.Null(program.Run());
    }

    [Fact]
    public void A_trylock_makes_no_order()
    {
        var program = new TestProgram();
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        program.On("A", async () =>
        {
            await a.Lock();
            await b.TryLock();
            await b.Unlock();
            await a.Unlock();
            await b.Lock();
            await a.Lock();
            await a.Unlock();
            await b.Unlock();
        });

        Assert.Null(program.Run());
    }

    [Fact]
    public void The_big_kernel_lock_makes_no_order()
    {
        var program = new TestProgram();
        var kernelLock = new BigKernelLock(program.Smp);
        var semaphore = new Semaphore(program.Smp, "sem");
        program.On("A", async () =>
        {
            await kernelLock.Lock();
            await semaphore.Down();
            await semaphore.Up();
            await kernelLock.Unlock();
            await semaphore.Down();
            await kernelLock.Lock();
            await kernelLock.Unlock();
            await semaphore.Up();
        });

        Assert.Null(program.Run());
    }

    [Fact]
    public void A_semaphore_born_locked_makes_no_order()
    {
        var program = new TestProgram();
        var born = new Semaphore(program.Smp, "new_sem");
        var other = new Semaphore(program.Smp, "old_sem");
        program.On("A", async () =>
        {
            await program.Smp.Point();
            born.InitLocked();
            await other.Down();
            await born.Up();
            await born.Down();
            await born.Up();
            await other.Up();
        });

        Assert.Null(program.Run());
    }

    [Fact]
    public void An_order_is_forgotten_with_the_execution_that_took_it()
    {
        var program = new TestProgram();
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        bool inverted = false;
        program.On("A", async () =>
        {
            (SpinLock first, SpinLock second) = inverted ? (b, a) : (a, b);
            await first.Lock();
            await second.Lock();
            await second.Unlock();
            await first.Unlock();
        });

        Assert.Null(program.Run());
        inverted = true;
        Assert.Null(program.Run());
    }

    private static TestProgram OneAfterTheOther(Checks checks)
    {
        var program = new TestProgram(checks);
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        return program.On("A", async () =>
        {
            await a.Lock();
            await b.Lock();
            await b.Unlock();
            await a.Unlock();
            await b.Lock();
            await a.Lock();
            await a.Unlock();
            await b.Unlock();
        });
    }

    [Fact]
    public void A_CPU_may_hold_any_number_of_locks()
    {
        var program = new TestProgram();
        PageLock[] locks = [.. Enumerable.Range(0, 100).Select(number => new PageLock(new Thing(program.Smp, $"thing{number}")))];
        int most = 0;
        program.On("A", async () =>
        {
            foreach (PageLock one in locks)
            {
                Assert.True(one.TryLockNow());
            }

            most = program.Smp.Current.HeldCount;
            foreach (PageLock one in locks)
            {
                await one.Unlock();
            }
        });

        Assert.Null(program.Run());
        Assert.Equal((100, 0), (most, program.Smp.Cpus[0].HeldCount));
    }
}
