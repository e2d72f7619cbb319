using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests;

/// <summary>
/// Plain accesses that nothing orders (KCSAN): reported in every schedule, as the clocks see what the schedule hides;
/// and every primitive that orders silences the report in every schedule.
/// </summary>
public sealed class DataRaceTests
{
    [Fact]
    public void Two_writes_that_nothing_orders_are_a_race()
    {
        Assert.Equal(
            new Failure(
                FailureKind.DataRace, "thing.count", "write of thing0.count by B and write by A are not ordered",
                Cpu: 1, Step: 2),
            Unordered(Checks.All).Run());
    }

    [Fact]
    public void A_race_is_reported_in_every_schedule()
    {
        Assert.Equal(["DataRace thing.count"], Unordered(Checks.All).EveryFailure());
    }

    [Fact]
    public void Neither_a_race_nor_an_order_is_lost_when_the_clocks_wrap()
    {
        TestProgram unordered = Unordered(Checks.All);
        var ordered = new TestProgram();
        var spinlock = new SpinLock(ordered.Smp, "lock");
        ordered.On("A", Locked).On("B", Locked);
        foreach (TestProgram program in new[] { unordered, ordered })
        {
            _ = program.Run();
            program.Smp.Cpus[0].Time = (1 << 30) + 1;
        }

        Assert.Equal(FailureKind.DataRace, unordered.Run()?.Kind);
        Assert.Null(ordered.Run());
        Assert.All([unordered, ordered], program => Assert.InRange(program.Smp.Cpus[0].Time, 1, 100));

        async KTask Locked()
        {
            await spinlock.Lock();
            ordered.Word.Value++;
            await spinlock.Unlock();
        }
    }

    [Fact]
    public void Without_the_checker_it_is_not()
    {
        Assert.Equal(["passes"], Unordered(Checks.All with { Races = false }).EveryFailure());
    }

    [Fact]
    public void The_checker_needs_no_other_one()
    {
        Assert.Equal(["DataRace thing.count"], Unordered(Checks.None with { Races = true }).EveryFailure());
    }

    [Fact]
    public void A_read_and_a_later_write_are_a_race()
    {
        Assert.Equal(
            new Failure(
                FailureKind.DataRace, "thing.count", "write of thing0.count by B and read by A are not ordered", Cpu: 1, Step: 2),
            Pair(p => Read(p), p => Write(p)).Run());
    }

    [Fact]
    public void A_write_and_a_later_read_are_a_race()
    {
        Assert.Equal(
            new Failure(
                FailureKind.DataRace, "thing.count", "read of thing0.count by B and write by A are not ordered", Cpu: 1, Step: 2),
            Pair(p => Write(p), p => Read(p)).Run());
    }

    [Fact]
    public void A_write_after_several_reads_races_with_the_one_that_is_not_ordered()
    {
        var program = new TestProgram();
        var done = new SpinLock(program.Smp, "lock");
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                Read(program);
            })
            .On("B", async () =>
            {
                await done.Lock();
                Read(program);
                await done.Unlock();
            })
            .On("C", async () =>
            {
                await done.Lock();
                Write(program);
                await done.Unlock();
            });

        Assert.Equal(
            new Failure(
                FailureKind.DataRace, "thing.count", "write of thing0.count by C and read by A are not ordered", Cpu: 2, Step: 4),
            program.Run());
    }

    [Fact]
    public void Reads_do_not_race_with_each_other()
    {
        Assert.Equal(["passes"], Pair(p => Read(p), p => Read(p)).EveryFailure());
    }

    [Fact]
    public void What_runs_before_the_first_await_is_not_ordered_either()
    {
        var program = new TestProgram();
        async KTask Body()
        {
            Write(program);
            await program.Smp.Point();
        }

        program.On("A", Body).On("B", Body);
        Assert.Equal(["DataRace thing.count"], program.EveryFailure());
    }

    [Fact]
    public void What_was_done_before_the_CPUs_were_put_to_work_is_ordered()
    {
        TestProgram program = Pair(p => Read(p), p => Read(p));
        program.Before = () => Write(program);

        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void A_second_run_comes_after_all_of_the_first()
    {
        var program = new TestProgram();
        Smp smp = program.Smp;
        async KTask Body(Cpu cpu)
        {
            await smp.Point();
            Write(program);
        }

        smp.PowerOn();
        smp.Spawn("setup", Body);
        smp.Run(null);
        Write(program);
        smp.RetireFinished();
        smp.Spawn("A", Body);
        smp.Run(null);
        Write(program);

        Assert.Null(smp.Failure);
    }

    [Fact]
    public void A_CPU_is_ordered_after_the_one_that_put_it_to_work_but_not_before_it()
    {
        TestProgram Forking(bool parentWrites)
        {
            var program = new TestProgram();
            return program.On("A", async () =>
            {
                await program.Smp.Point();
                Write(program);
                program.Smp.Spawn("A.1", async _ =>
                {
                    await program.Smp.Point();
                    Write(program);
                });
                if (parentWrites)
                {
                    Write(program);
                }
            });
        }

        Assert.Equal(["passes"], Forking(parentWrites: false).EveryFailure());
        Assert.Equal(["DataRace thing.count"], Forking(parentWrites: true).EveryFailure());
    }

    [Fact]
    public void A_spin_lock_orders() => AssertOrderedBy(smp =>
    {
        var spinLock = new SpinLock(smp, "lock");
        return async write =>
        {
            await spinLock.Lock();
            write();
            await spinLock.Unlock();
        };
    });

    [Fact]
    public void Two_different_spin_locks_do_not()
    {
        var program = new TestProgram();
        foreach (string name in new[] { "A", "B" })
        {
            var own = new SpinLock(program.Smp, $"lock{name}");
            program.On(name, async () =>
            {
                await own.Lock();
                Write(program);
                await own.Unlock();
            });
        }

        Assert.Equal(["DataRace thing.count"], program.EveryFailure());
    }

    [Fact]
    public void A_semaphore_orders() => AssertOrderedBy(smp =>
    {
        var semaphore = new Semaphore(smp, "sem");
        return async write =>
        {
            await semaphore.Down();
            write();
            await semaphore.Up();
        };
    });

    [Fact]
    public void A_page_lock_orders() => AssertOrderedBy(smp =>
    {
        var pageLock = new PageLock(new Thing(smp, "page0"));
        return async write =>
        {
            await pageLock.Lock();
            write();
            await pageLock.Unlock();
        };
    });

    [Fact]
    public void The_big_kernel_lock_orders() => AssertOrderedBy(smp =>
    {
        var kernelLock = new BigKernelLock(smp);
        return async write =>
        {
            await kernelLock.Lock();
            await kernelLock.Lock();
            write();
            await kernelLock.Unlock();
            await kernelLock.Unlock();
        };
    });

    [Fact]
    public void A_rw_spin_lock_held_for_writing_orders() => AssertOrderedBy(smp =>
    {
        var rwLock = new RwSpinLock(smp, "rwlock");
        return async write =>
        {
            await rwLock.WriteLock();
            write();
            await rwLock.WriteUnlock();
        };
    });

    [Fact]
    public void A_rw_spin_lock_held_for_reading_does_not()
    {
        var program = new TestProgram();
        var rwLock = new RwSpinLock(program.Smp, "rwlock");
        async KTask Body()
        {
            await rwLock.ReadLock();
            Write(program);
            await rwLock.ReadUnlock();
        }

        program.On("A", Body).On("B", Body);
        Assert.Equal(["DataRace thing.count"], program.EveryFailure());
    }

    [Fact]
    public void A_rw_semaphore_held_for_writing_orders() => AssertOrderedBy(smp =>
    {
        var semaphore = new RwSemaphore(smp, "mmap_sem");
        return async write =>
        {
            await semaphore.DownWrite();
            write();
            await semaphore.UpWrite();
        };
    });

    [Fact]
    public void A_rw_semaphore_held_for_reading_does_not()
    {
        var program = new TestProgram();
        var semaphore = new RwSemaphore(program.Smp, "mmap_sem");
        async KTask Body()
        {
            await semaphore.DownRead();
            Write(program);
            await semaphore.UpRead();
        }

        program.On("A", Body).On("B", Body);
        Assert.Equal(["DataRace thing.count"], program.EveryFailure());
    }

    [Fact]
    public void Readers_are_ordered_before_the_writer_that_follows_them_and_after_the_one_before()
    {
        var program = new TestProgram();
        var semaphore = new RwSemaphore(program.Smp, "mmap_sem");
        async KTask Reader()
        {
            await semaphore.DownRead();
            Read(program);
            await semaphore.UpRead();
        }

        program.On("A", Reader).On("B", Reader).On("C", async () =>
        {
            await semaphore.DownWrite();
            Write(program);
            await semaphore.UpWrite();
        });

        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void Who_sees_an_atomic_change_is_ordered_after_it()
    {
        var program = new TestProgram();
        var ready = new AtomicInt(program.Thing, "ready");
        program.Before = () => ready.Raw = 0;
        program
            .On("A", async () =>
            {
                Write(program);
                await ready.Add(1);
            })
            .On("B", async () =>
            {
                if (await ready.Read() == 1)
                {
                    Read(program);
                }
            });

        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void Who_is_woken_is_ordered_after_the_wake_up()
    {
        var program = new TestProgram();
        var queue = new WaitQueue(program.Smp, "queue");
        program
            .On("A", async () =>
            {
                await queue.Sleep();
                Read(program);
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                Write(program);
                queue.WakeUp();
            });

        Assert.Equal(["passes"], program.EveryFailure());
    }

    [Fact]
    public void A_thousand_executions_on_one_machine_report_the_same_as_the_first()
    {
        TestProgram program = Unordered(Checks.All);
        Failure? first = program.Run();
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(first, program.Run());
        }
    }

    private static TestProgram Unordered(Checks checks) => Pair(p => Write(p), p => Write(p), checks);

    private static TestProgram Pair(Action<TestProgram> first, Action<TestProgram> second, Checks? checks = null)
    {
        var program = new TestProgram(checks);
        return program
            .On("A", async () =>
            {
                await program.Smp.Point();
                first(program);
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                second(program);
            });
    }

    private static void AssertOrderedBy(Func<Smp, Func<Action, KTask>> make)
    {
        var program = new TestProgram();
        Func<Action, KTask> guarded = make(program.Smp);
        Action increment = () => program.Word.Value++;
        program.On("A", () => guarded(increment)).On("B", () => guarded(increment));

        // Not only in those where the second waited for the first.
        Assert.Equal(
            ["passes, count 2"],
            program.Everything(() => $"{program.Smp.Failure?.Message ?? "passes"}, count {program.Word.Raw}").Keys);
    }

    private static void Read(TestProgram program) => _ = program.Word.Value;

    private static void Write(TestProgram program) => program.Word.Value = 1;
}
