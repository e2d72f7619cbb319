using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>
/// A circle of waits is reported when it closes, whoever still runs; a wait that nobody ends, when all the others are
/// through.
/// </summary>
public sealed class DeadlockTests
{
    [Fact]
    public void ABBA_that_deadlocks_is_reported_as_such()
    {
        Assert.Equal(
            new Failure(
                FailureKind.Deadlock,
                "a_lock, b_lock",
                "A waits for b_lock, held by B; B waits for a_lock, held by A",
                Cpu: 1,
                Step: 2),
            Abba(Checks.All).RunWith(0, 1));
    }

    [Fact]
    public void ABBA_fails_in_every_schedule_by_its_order_or_by_its_deadlock()
    {
        Assert.Equal(["Deadlock a_lock, b_lock", "LockOrder a_lock, b_lock"], Abba(Checks.All).EveryFailure());
    }

    [Fact]
    public void Without_the_checkers_those_that_got_stuck_are_found_when_all_is_quiet()
    {
        TestProgram program = Abba(Checks.All with { WaitFor = false, LockOrder = false });

        Assert.Equal(["HungTask a_lock, b_lock", "passes"], program.EveryFailure());
        Assert.Equal(
            new Failure(
                FailureKind.HungTask,
                "a_lock, b_lock",
                "A waits for b_lock, held by B; B waits for a_lock, held by A",
                Cpu: -1,
                Step: 2),
            program.RunWith(0, 1));
    }

    [Fact]
    public void The_checker_needs_no_other_one()
    {
        Assert.Equal(["Deadlock a_lock, b_lock", "passes"], Abba(Checks.None with { WaitFor = true }).EveryFailure());
    }

    [Fact]
    public void Taking_a_lock_twice_is_a_deadlock_with_oneself()
    {
        var program = new TestProgram();
        var spinLock = new SpinLock(program.Smp, "lock");
        program.On("A", async () =>
        {
            await spinLock.Lock();
            await spinLock.Lock();
        });

        Assert.Equal(
            new Failure(FailureKind.Deadlock, "lock", "A waits for lock, held by A", Cpu: 0, Step: 1),
            program.Run());
    }

    [Fact]
    public void A_deadlock_of_two_is_reported_while_the_third_still_runs()
    {
        TestProgram program = Abba(Checks.All);
        int stepsOfC = 0;
        program.Before = () => stepsOfC = 0;
        program.On("C", async () =>
        {
            for (; stepsOfC < 1_000; stepsOfC++)
            {
                await program.Smp.Point();
            }
        });

        // A takes a_lock, B takes b_lock, C goes a step, A asks for b_lock, C goes a step, B asks.
        Failure failure = Assert.IsType<Failure>(program.Run(new RoundRobin()));

        Assert.Equal(
            (FailureKind.Deadlock, "A waits for b_lock, held by B; B waits for a_lock, held by A"),
            (failure.Kind, failure.Message));
        Assert.InRange(stepsOfC, 0, 10);
    }

    [Fact]
    public void A_circle_of_three_names_all_three_and_nobody_else()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        Semaphore[] semaphores = [.. new[] { "x", "y", "z" }.Select(name => new Semaphore(program.Smp, name))];
        for (int i = 0; i < 3; i++)
        {
            (Semaphore first, Semaphore second) = (semaphores[i], semaphores[(i + 1) % 3]);
            program.On($"{(char)('A' + i)}", async () =>
            {
                await first.Down();
                await second.Down();
            });
        }

        program.On("D", async () => await semaphores[0].Down());

        Assert.Equal(
            new Failure(
                FailureKind.Deadlock,
                "x, y, z",
                "A waits for y, held by B; B waits for z, held by C; C waits for x, held by A",
                Cpu: 2,
                Step: 3),
            program.RunWith(0, 1, 1));
    }

    [Fact]
    public void The_class_of_the_locks_tells_one_deadlock_from_another()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        var one = new RwSemaphore(program.Smp, "mm1.mmap_sem", "mmap_sem");
        program.On("A", async () =>
        {
            await one.DownWrite();
            await one.DownWrite();
        });

        Assert.Equal(
            new Failure(FailureKind.Deadlock, "mmap_sem", "A waits for mm1.mmap_sem, held by A", Cpu: 0, Step: 2),
            program.Run());
    }

    [Fact]
    public void The_big_kernel_lock_is_dropped_while_its_holder_sleeps_on_a_semaphore()
    {
        var program = new TestProgram();
        var kernelLock = new BigKernelLock(program.Smp);
        var semaphore = new Semaphore(program.Smp, "sem");
        program
            .On("A", async () =>
            {
                await kernelLock.Lock();
                await semaphore.Down();
                program.Word.Value++;
                await semaphore.Up();
                await kernelLock.Unlock();
            })
            .On("B", async () =>
            {
                await semaphore.Down();
                await kernelLock.Lock();
                program.Word.Value++;
                await kernelLock.Unlock();
                await semaphore.Up();
            });

        Assert.Equal(["passes"], program.EveryFailure());

        // B takes the semaphore, A the kernel lock, B wants that; A finds the semaphore taken and sleeps.
        Assert.Null(program.RunWith(1, 1));
        Assert.Equal(2, program.Word.Raw);
    }

    [Fact]
    public void A_lock_that_is_not_dropped_there_deadlocks()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        var outer = new Semaphore(program.Smp, "outer");
        var semaphore = new Semaphore(program.Smp, "sem");
        program
            .On("A", async () =>
            {
                await outer.Down();
                await semaphore.Down();
            })
            .On("B", async () =>
            {
                await semaphore.Down();
                await outer.Down();
            });

        Assert.Contains("Deadlock outer, sem", program.EveryFailure());
    }

    [Fact]
    public void Code_under_the_big_kernel_lock_is_atomic_only_between_two_sleeps()
    {
        string[] Outcomes(bool sleeps)
        {
            var program = new TestProgram();
            var kernelLock = new BigKernelLock(program.Smp);
            async KTask Body()
            {
                await kernelLock.Lock();
                int seen = program.Word.Value;
                if (sleeps)
                {
                    await program.Smp.Sleep();
                }
                else
                {
                    await program.Smp.Point();
                }

                program.Word.Value = seen + 1;
                await kernelLock.Unlock();
            }

            program.On("A", Body).On("B", Body);
            return [.. program.Everything(() => $"{program.Smp.Failure?.Message ?? "passes"}, count {program.Word.Raw}").Keys];
        }

        Assert.Equal(["passes, count 2"], Outcomes(sleeps: false));
        Assert.Equal(["passes, count 1", "passes, count 2"], Outcomes(sleeps: true));
    }

    [Fact]
    public void The_big_kernel_lock_may_be_taken_again_and_is_dropped_and_retaken_as_deep_as_it_was()
    {
        var program = new TestProgram();
        var kernelLock = new BigKernelLock(program.Smp);
        var depths = new List<int>();
        int others = 0;
        program
            .On("A", async () =>
            {
                await kernelLock.Lock();
                await kernelLock.Lock();
                depths.Add(program.Smp.Current.KernelLockDepth);
                await program.Smp.Schedule();
                depths.Add(program.Smp.Current.KernelLockDepth);
                await kernelLock.Unlock();
                depths.Add(program.Smp.Current.KernelLockDepth);
                Assert.Equal(1, others);
                await kernelLock.Unlock();
            })
            .On("B", async () =>
            {
                await kernelLock.Lock();
                others++;
                await kernelLock.Unlock();
            });

        Assert.Null(program.Run());
        Assert.Equal([2, 2, 1], depths);
    }

    [Fact]
    public void A_wait_that_nobody_ends_is_a_hung_task()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "queue");
        program
            .On("A", async () => await queue.Sleep())
            .On("B", async () => await program.Smp.Point());

        Assert.Equal(
            new Failure(FailureKind.HungTask, "queue", "A waits for queue", Cpu: -1, Step: 1),
            program.Run());
    }

    [Fact]
    public void So_is_a_wait_for_a_lock_whose_holder_has_returned()
    {
        var program = new TestProgram();
        var semaphore = new Semaphore(program.Smp, "sem");
        program
            .On("A", async () => await semaphore.Down())
            .On("B", async () => await semaphore.Down());

        Assert.Equal(
            new Failure(FailureKind.HungTask, "sem", "B waits for sem, held by A", Cpu: -1, Step: 1),
            program.Run());
    }

    [Fact]
    public void A_wait_that_somebody_ends_is_none()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "queue");
        bool ready = false;
        program.Before = () => ready = false;
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                while (!ready)
                {
                    await queue.Sleep();
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                ready = true;
                queue.WakeUp();
            });

        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void A_wake_up_that_comes_before_the_sleep_is_lost()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "queue");
        bool ready = false;
        program.Before = () => ready = false;
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                bool seen = ready;
                await program.Smp.Point();
                if (!seen)
                {
                    await queue.Sleep();
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                ready = true;
                queue.WakeUp();
            });

        Assert.Equal(["HungTask queue", "passes"], program.EveryFailure());
    }

    [Fact]
    public void A_device_may_wait_for_ever()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "requests");
        program
            .Device("disk", async () => await queue.Sleep())
            .On("A", async () => await program.Smp.Point());

        Assert.Null(program.Run());
    }

    [Fact]
    public void A_page_lock_left_to_a_device_is_released_by_it()
    {
        var program = new TestProgram();
        var pageLock = new PageLock(new Thing(program.Smp, "page0"));
        var requests = new WaitQueue(program.Smp, "requests");
        program
            .Device("disk", async () =>
            {
                await requests.Sleep();
                pageLock.UnlockByDevice();
            })
            .On("A", async () =>
            {
                await pageLock.Lock();
                pageLock.HandToDevice();
                requests.WakeUp();
                await pageLock.Wait();
                await pageLock.Lock();
                await pageLock.Unlock();
            });

        Assert.Equal(["passes"], program.EveryFailure());
    }

    private static TestProgram Abba(Checks checks)
    {
        var program = new TestProgram(checks);
        var a = new SpinLock(program.Smp, "a_lock");
        var b = new SpinLock(program.Smp, "b_lock");
        async KTask Body(SpinLock first, SpinLock second)
        {
            await first.Lock();
            await second.Lock();
            await second.Unlock();
            await first.Unlock();
        }

        return program.On("A", () => Body(a, b)).On("B", () => Body(b, a));
    }
}
