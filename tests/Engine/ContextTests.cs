using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests;

/// <summary>Sleeping where nobody may sleep, and giving back what one does not hold.</summary>
public sealed class ContextTests
{
    public static TheoryData<string> Sleeps =>
        ["down", "sleep", "schedule", "lock_page", "wait_on_page", "sleep_on", "down_read", "down_write"];

    [Theory]
    [MemberData(nameof(Sleeps))]
    public void Sleeping_under_a_spin_lock_is_reported(string sleep)
    {
        Assert.Equal(
            new Failure(FailureKind.SleepInAtomic, sleep, $"A may sleep in {sleep} while it holds lock", Cpu: 0, Step: 1),
            Sleeping(Checks.All, sleep, underLock: true).Run());
    }

    [Theory]
    [MemberData(nameof(Sleeps))]
    public void Without_the_lock_it_is_not(string sleep)
    {
        Assert.Equal(["passes"], Sleeping(Checks.All, sleep, underLock: false).EveryFailure());
    }

    [Theory]
    [MemberData(nameof(Sleeps))]
    public void Without_the_checker_it_is_not_either(string sleep)
    {
        Assert.Equal(["passes"], Sleeping(Checks.All with { Context = false }, sleep, underLock: true).EveryFailure());
    }

    [Fact]
    public void The_checker_needs_no_other_one()
    {
        Assert.Equal(
            FailureKind.SleepInAtomic, Sleeping(Checks.None with { Context = true }, "down", underLock: true).Run()?.Kind);
    }

    [Fact]
    public void Sleeping_under_a_rw_spin_lock_is_reported()
    {
        var program = new TestProgram();
        var rwLock = new RwSpinLock(program.Smp, "tasklist_lock");
        program.On("A", async () =>
        {
            await rwLock.ReadLock();
            await program.Smp.Sleep();
            await rwLock.ReadUnlock();
        });

        Assert.Equal(
            new Failure(FailureKind.SleepInAtomic, "sleep", "A may sleep in sleep while it holds tasklist_lock", Cpu: 0, Step: 1),
            program.Run());
    }

    [Fact]
    public void Spinning_and_going_on_are_no_sleep()
    {
        var program = new TestProgram();
        var spinLock = new SpinLock(program.Smp, "lock");
        program.On("A", async () =>
        {
            await spinLock.Lock();
            await program.Smp.Point();
            await program.Smp.Relax();
            await spinLock.Unlock();
        });

        Assert.Null(program.Run());
    }

    [Fact]
    public void Sleeping_locks_may_be_held_asleep()
    {
        var program = new TestProgram();
        var semaphore = new Semaphore(program.Smp, "sem");
        var kernelLock = new BigKernelLock(program.Smp);
        var pageLock = new PageLock(new Thing(program.Smp, "page0"));
        program.On("A", async () =>
        {
            await kernelLock.Lock();
            await semaphore.Down();
            await pageLock.Lock();
            await program.Smp.Sleep();
            await pageLock.Unlock();
            await semaphore.Up();
            await kernelLock.Unlock();
        });

        Assert.Null(program.Run());
    }

    public static TheoryData<string, string, string> Releases => new()
    {
        { "spin_unlock", "lock", "A releases lock, which it does not hold" },
        { "up", "sem", "A ups sem, which it does not hold" },
        { "unlock_page", "PG_locked", "A unlocks page0.PG_locked, which it does not hold" },
        { "unlock_kernel", "kernel_flag", "A releases kernel_flag, which it does not hold" },
        { "read_unlock", "rwlock", "A read-unlocks rwlock, which it does not hold" },
        { "write_unlock", "rwlock", "A write-unlocks rwlock, which it does not hold" },
        { "up_read", "mmap_sem", "A read-ups mmap_sem, which it does not hold" },
        { "up_write", "mmap_sem", "A write-ups mmap_sem, which it does not hold" },
    };

    [Theory]
    [MemberData(nameof(Releases))]
    public void Releasing_what_one_does_not_hold_is_reported(string release, string subject, string message)
    {
        TestProgram program = Releasing(release, held: Held.ByNobody);

        Assert.Equal(new Failure(FailureKind.ReleaseNotHeld, subject, message, Cpu: 0, Step: 1), program.Run());
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void So_is_releasing_what_somebody_else_holds(string release, string subject, string message)
    {
        Failure failure = Assert.IsType<Failure>(Releasing(release, held: Held.ByAnother).RunWith(1));

        Assert.Equal((FailureKind.ReleaseNotHeld, subject, message), (failure.Kind, failure.Subject, failure.Message));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Releasing_what_one_holds_is_right(string release, string subject, string message)
    {
        _ = (subject, message);
        Assert.Null(Releasing(release, held: Held.ByItself).Run());
    }

    [Theory]
    [InlineData("read_unlock", "write_lock")]
    [InlineData("write_unlock", "read_lock")]
    [InlineData("up_read", "down_write")]
    [InlineData("up_write", "down_read")]
    public void A_reader_cannot_give_back_what_a_writer_took_nor_the_other_way_round(string release, string take)
    {
        var program = new TestProgram();
        var locks = new Locks(program.Smp);
        program.On("A", async () =>
        {
            await locks.Do(take);
            await locks.Do(release);
        });

        Assert.Equal(FailureKind.ReleaseNotHeld, program.Run()?.Kind);
    }

    [Fact]
    public void Locks_may_be_released_in_any_order()
    {
        var program = new TestProgram();
        SpinLock[] locks = [.. new[] { "a", "b", "c" }.Select(name => new SpinLock(program.Smp, name))];
        program.On("A", async () =>
        {
            foreach (SpinLock spinLock in locks)
            {
                await spinLock.Lock();
            }

            foreach (int i in new[] { 1, 0, 2 })
            {
                await locks[i].Unlock();
            }

            await program.Smp.Sleep();
        });

        Assert.Null(program.Run());
    }

    private static TestProgram Sleeping(Checks checks, string sleep, bool underLock)
    {
        var program = new TestProgram(checks);
        Smp smp = program.Smp;
        var spinLock = new SpinLock(smp, "lock");
        var semaphore = new Semaphore(smp, "sem");
        var pageLock = new PageLock(new Thing(smp, "page0"));
        var queue = new WaitQueue(smp, "queue");
        var rwSemaphore = new RwSemaphore(smp, "mmap_sem");

        async KTask Sleep()
        {
            switch (sleep)
            {
                case "down":
                    await semaphore.Down();
                    break;
                case "sleep":
                    await smp.Sleep();
                    break;
                case "schedule":
                    await smp.Schedule();
                    break;
                case "lock_page":
                    await pageLock.Lock();
                    break;
                case "wait_on_page":
                    await pageLock.Wait();
                    break;
                case "sleep_on":
                    await queue.Sleep();
                    break;
                case "down_read":
                    await rwSemaphore.DownRead();
                    break;
                default:
                    await rwSemaphore.DownWrite();
                    break;
            }
        }

        bool slept = false;
        program.Before = () => slept = false;
        program.On("A", async () =>
        {
            if (underLock)
            {
                await spinLock.Lock();
            }

            await Sleep();
            slept = true;
            if (underLock)
            {
                await spinLock.Unlock();
            }
        });

        if (sleep == "sleep_on")
        {
            program.On("B", async () =>
            {
                while (!slept)
                {
                    await smp.Point();
                    if (queue.IsActive)
                    {
                        queue.WakeUp();
                        break;
                    }
                }
            });
        }

        return program;
    }

    private static TestProgram Releasing(string release, Held held)
    {
        var program = new TestProgram();
        var locks = new Locks(program.Smp);
        string take = Locks.Taking(release);
        program.On("A", async () =>
        {
            if (held == Held.ByItself)
            {
                await locks.Do(take);
            }

            await locks.Do(release);
        });
        if (held == Held.ByAnother)
        {
            program.On("B", async () =>
            {
                await locks.Do(take);
                await program.Smp.Point();
            });
        }

        return program;
    }

    private enum Held
    {
        ByNobody,
        ByAnother,
        ByItself,
    }

    private sealed class Locks(Smp smp)
    {
        private readonly SpinLock _spin = new(smp, "lock");
        private readonly Semaphore _semaphore = new(smp, "sem");
        private readonly PageLock _page = new(new Thing(smp, "page0"));
        private readonly BigKernelLock _kernel = new(smp);
        private readonly RwSpinLock _rwSpin = new(smp, "rwlock");
        private readonly RwSemaphore _rwSemaphore = new(smp, "mmap_sem");

        internal static string Taking(string release) => release switch
        {
            "spin_unlock" => "spin_lock",
            "up" => "down",
            "unlock_page" => "lock_page",
            "unlock_kernel" => "lock_kernel",
            "read_unlock" => "read_lock",
            "write_unlock" => "write_lock",
            "up_read" => "down_read",
            _ => "down_write",
        };

        internal async KTask Do(string what)
        {
            switch (what)
            {
                case "spin_lock": await _spin.Lock(); break;
                case "spin_unlock": await _spin.Unlock(); break;
                case "down": await _semaphore.Down(); break;
                case "up": await _semaphore.Up(); break;
                case "lock_page": await _page.Lock(); break;
                case "unlock_page": await _page.Unlock(); break;
                case "lock_kernel": await _kernel.Lock(); break;
                case "unlock_kernel": await _kernel.Unlock(); break;
                case "read_lock": await _rwSpin.ReadLock(); break;
                case "read_unlock": await _rwSpin.ReadUnlock(); break;
                case "write_lock": await _rwSpin.WriteLock(); break;
                case "write_unlock": await _rwSpin.WriteUnlock(); break;
                case "down_read": await _rwSemaphore.DownRead(); break;
                case "up_read": await _rwSemaphore.UpRead(); break;
                case "down_write": await _rwSemaphore.DownWrite(); break;
                case "up_write": await _rwSemaphore.UpWrite(); break;
                default: throw new ArgumentException(what, nameof(what));
            }
        }
    }
}
