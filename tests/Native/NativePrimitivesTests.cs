using Variants.Harness.Engine;
using Variants.Harness.Native;
using Variants.Harness.Primitives;

namespace Variants.Tests.Native;

/// <summary>
/// Locks of the native clock, on real threads. A right lock passes whoever is faster; a broken one could be missed where
/// threads only try to get in each other's way: see <see cref="NativeRunTests"/> for how often one is not.
/// </summary>
[Collection(RealThreads.Name)]
public sealed class NativePrimitivesTests
{
    private const int Threads = 4;
    private const int Rounds = 5_000;

    [Fact]
    public void Nobody_else_is_in_a_section_that_a_lock_guards()
    {
        AssertExclusive(smp => new SpinLock(smp, "spin") is var one ? (async () => await one.Lock(), async () => await one.Unlock()) : default);
        AssertExclusive(smp => new Semaphore(smp, "semaphore") is var one ? (async () => await one.Down(), async () => await one.Up()) : default);
        AssertExclusive(smp => new RwSpinLock(smp, "rwlock") is var one ? (async () => await one.WriteLock(), async () => await one.WriteUnlock()) : default);
        AssertExclusive(smp => new RwSemaphore(smp, "rwsem") is var one ? (async () => await one.DownWrite(), async () => await one.UpWrite()) : default);
        AssertExclusive(smp => new PageLock(new Thing(smp)) is var one ? (async () => await one.Lock(), async () => await one.Unlock()) : default);
        AssertExclusive(smp => new BigKernelLock(smp) is var one ? (async () => await one.Lock(), async () => await one.Unlock()) : default);
    }

    [Fact]
    public void Who_waits_for_a_lock_that_sleeps_is_asleep_until_it_is_free()
    {
        AssertSleeps("semaphore", smp => new Semaphore(smp, "semaphore") is var one ? (async () => await one.Down(), async () => await one.Up()) : default);
        AssertSleeps("rwsem", smp => new RwSemaphore(smp, "rwsem") is var one ? (async () => await one.DownWrite(), async () => await one.UpWrite()) : default);
        AssertSleeps("PG_locked", smp => new PageLock(new Thing(smp)) is var one ? (async () => await one.Lock(), async () => await one.Unlock()) : default);
    }

    [Fact]
    public void Who_waits_for_less_than_a_wake_up_takes_does_not_sleep()
    {
        Smp smp = Smp.OnThreads(1);
        var patience = new Patience(smp);
        long began = NativeClock.Now;
        while (!patience.IsOver)
        {
            patience.Wait();
        }

        Assert.InRange(NativeClock.Now - began, WakeUp.Nanoseconds, long.MaxValue);
        Assert.InRange(WakeUp.Nanoseconds, 500, 50_000_000);
    }

    [Fact]
    public void Who_finds_a_lock_free_has_not_waited_for_it()
    {
        Smp smp = Smp.OnThreads(1);
        var spin = new SpinLock(smp, "spin");
        var rwsem = new RwSemaphore(smp, "rwsem");
        RunAll(smp, async _ =>
        {
            await rwsem.DownRead();
            await spin.Lock();
            await spin.Unlock();
            await rwsem.UpRead();
        });
        Assert.Empty(smp.Native!.WaitedByClass(1));
    }

    [Fact]
    public void Atomic_words_lose_no_change()
    {
        Smp smp = Smp.OnThreads(Threads);
        var thing = new Thing(smp);
        var word = new AtomicInt(thing, "word");
        var high = new AtomicInt(thing, "high");
        RunAll(smp, async _ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await word.Add(3);
                word.AddNow(-1);
                await word.IncrementNotZero();
                Assert.True(await high.AddUnless(1, unless: -1));
                int seen;
                do
                {
                    seen = await high.Read();
                }
                while (await high.CompareExchange(seen, seen + 1) != seen);
            }
        });

        Assert.Equal((Threads * Rounds * 3, Threads * Rounds * 2), (word.Raw, high.Raw));
    }

    [Fact]
    public void A_writer_that_downgrades_reads_together_with_who_waited_for_it()
    {
        Smp smp = Smp.OnThreads(2);
        var rwsem = new RwSemaphore(smp, "rwsem");
        using var writes = new Barrier(2);
        using var bothRead = new Barrier(2);
        RunAll(smp, async cpu =>
        {
            if (cpu.Id == 0)
            {
                await rwsem.DownWrite();
                writes.SignalAndWait();
                await rwsem.DowngradeWrite();
            }
            else
            {
                writes.SignalAndWait();
                await rwsem.DownRead();
            }

            Assert.True(bothRead.SignalAndWait(60_000));
            await rwsem.UpRead();
        });
        Assert.False(rwsem.IsWriteLocked);
        Assert.False(rwsem.IsTakenNatively);
    }

    [Fact]
    public void Readers_read_together_and_a_writer_alone()
    {
        Smp smp = Smp.OnThreads(2);
        var rwsem = new RwSemaphore(smp, "rwsem");
        using var bothRead = new Barrier(2);
        RunAll(smp, async cpu =>
        {
            await rwsem.DownRead();

            // Nobody gets past here unless both hold it.
            Assert.True(bothRead.SignalAndWait(60_000));
            if (cpu.Id == 0)
            {
                Assert.True(await rwsem.TryDownRead());
                await rwsem.UpRead();
            }

            bothRead.SignalAndWait();
            await rwsem.UpRead();
            bothRead.SignalAndWait();
            if (cpu.Id == 0)
            {
                await rwsem.DownWrite();
                bothRead.SignalAndWait();
                bothRead.SignalAndWait();
                await rwsem.UpWrite();
            }
            else
            {
                bothRead.SignalAndWait();
                Assert.True(rwsem.IsWriteLocked);
                Assert.False(await rwsem.TryDownRead());
                bothRead.SignalAndWait();
            }
        });
        Assert.False(rwsem.IsWriteLocked);
    }

    [Fact]
    public void Who_comes_to_read_while_a_writer_waits_waits_behind_it()
    {
        Smp smp = Smp.OnThreads(3);
        var rwsem = new RwSemaphore(smp, "rwsem");
        string order = "";
        RunAll(smp, async cpu =>
        {
            switch (cpu.Id)
            {
                case 0:
                    await rwsem.DownRead();
                    await Asleep(smp, 2);
                    Assert.False(await rwsem.TryDownRead());
                    order += "first reader, ";
                    await rwsem.UpRead();
                    break;
                case 1:
                    await Taken(rwsem);
                    await rwsem.DownWrite();
                    order += "writer, ";
                    await rwsem.UpWrite();
                    break;
                default:
                    await Asleep(smp, 1);
                    await rwsem.DownRead();
                    order += "second reader";
                    await rwsem.UpRead();
                    break;
            }
        });
        Assert.Equal("first reader, writer, second reader", order);
    }

    [Fact]
    public void Readers_in_the_queue_come_in_together_up_to_the_next_writer()
    {
        Smp smp = Smp.OnThreads(5);
        var rwsem = new RwSemaphore(smp, "rwsem");
        using var threeRead = new Barrier(3);
        int reading = 0;
        RunAll(smp, async cpu =>
        {
            switch (cpu.Id)
            {
                case 0:
                    // What it downgrades to lets in two readers, and neither the writer behind them nor the reader behind that.
                    await rwsem.DownWrite();
                    await Asleep(smp, 4);
                    await rwsem.DowngradeWrite();
                    Assert.False(rwsem.IsWriteLocked);
                    break;
                case 3:
                    await Asleep(smp, 2);
                    await rwsem.DownWrite();
                    Assert.Equal(3, reading);
                    await rwsem.UpWrite();
                    return;
                default:
                    await Taken(rwsem);
                    await Asleep(smp, cpu.Id - 1);
                    await rwsem.DownRead();
                    break;
            }

            if (cpu.Id < 4)
            {
                Assert.True(threeRead.SignalAndWait(60_000));
                Assert.Equal(2, smp.Native!.Sleepers.Count);
                threeRead.SignalAndWait();
                Interlocked.Increment(ref reading);
            }

            await rwsem.UpRead();
        });
        Assert.False(rwsem.IsTakenNatively);
    }

    /// <summary>
    /// Right locks always pass. One that lets readers in beside a writer fails at once; a wake-up that is lost leaves its thread
    /// asleep, and the run is taken for hung: where whoever queues did not look whether all had left meanwhile, that happened in
    /// one run of three, on two cores that had other work as well.
    /// </summary>
    [Fact]
    public void Readers_and_writers_in_any_order_keep_each_other_out_and_are_all_woken()
    {
        Smp smp = Smp.OnThreads(Threads);
        var rwsem = new RwSemaphore(smp, "rwsem");
        int writing = 0;
        int written = 0;
        int[] wrote = new int[Threads];
        RunAll(smp, async cpu =>
        {
            var random = new Random(cpu.Id);
            for (int round = 0; round < 8 * Rounds; round++)
            {
                int what = random.Next(8);
                if (what == 0 || what == 1)
                {
                    await rwsem.DownWrite();
                    Assert.Equal(1, ++writing);
                    written++;
                    wrote[cpu.Id]++;
                    Pause(random);
                    Assert.Equal(0, --writing);
                    if (what == 0)
                    {
                        await rwsem.UpWrite();
                        continue;
                    }

                    int mine = written;
                    await rwsem.DowngradeWrite();
                    Assert.Equal((0, mine), (writing, written));
                }
                else if (what > 2)
                {
                    await rwsem.DownRead();
                }
                else if (!await rwsem.TryDownRead())
                {
                    continue;
                }

                Assert.Equal(0, writing);
                Pause(random);
                Assert.Equal(0, writing);
                await rwsem.UpRead();
            }
        });
        Assert.Equal(wrote.Sum(), written);
        Assert.False(rwsem.IsTakenNatively);
    }

    [Fact]
    public void Nothing_is_freed_while_somebody_reads_who_could_have_found_it()
    {
        const int Things = 200;
        Smp smp = Smp.OnThreads(2);
        var rcu = new Rcu(smp, "rcu");
        Thing[] things = [.. Enumerable.Range(0, Things).Select(_ => new Thing(smp))];
        Thing[] later = [.. Enumerable.Range(0, Things).Select(_ => new Thing(smp))];
        using var turn = new Barrier(2);
        RunAll(smp, cpu =>
        {
            if (cpu.Id == 0)
            {
                rcu.ReadLock();
                rcu.ReadLock();
                turn.SignalAndWait();
                turn.SignalAndWait();
                Assert.All(things, thing => Assert.True(thing.IsAllocated));
                rcu.ReadUnlock();
                Assert.All(things, thing => Assert.True(thing.IsAllocated));
                rcu.ReadUnlock();
                turn.SignalAndWait();
                turn.SignalAndWait();
            }
            else
            {
                turn.SignalAndWait();
                Array.ForEach(things, rcu.Free);
                Assert.Equal(Things, rcu.Pending);
                turn.SignalAndWait();
                turn.SignalAndWait();
                Array.ForEach(later, rcu.Free);
                Assert.All(things, thing => Assert.False(thing.IsAllocated));
                turn.SignalAndWait();
            }

            return KTask.Completed;
        });
        Assert.All(later, thing => Assert.False(thing.IsAllocated));
        Assert.Equal(0, rcu.Pending);
    }

    [Fact]
    public void A_failure_stops_those_who_wait_for_what_its_thread_holds()
    {
        Smp smp = Smp.OnThreads(2);
        var spin = new SpinLock(smp, "lock");
        using var taken = new ManualResetEventSlim();
        Spawn(smp, async cpu =>
        {
            if (cpu.Id == 0)
            {
                await spin.Lock();
                taken.Set();
                smp.Bug("test", "kernel BUG");
            }

            taken.Wait();
            await spin.Lock();
        });
        smp.Run(null);
        Assert.Equal((FailureKind.Bug, "kernel BUG"), (smp.Failure!.Kind, smp.Failure.Message));
    }

    private static void AssertExclusive(Func<Smp, (Func<KTask> Enter, Func<KTask> Leave)> section)
    {
        (int counter, int most) = Count(section);
        Assert.Equal((Threads * Rounds, 1), (counter, most));
    }

    /// <summary>One holds the lock until all others sleep; then they come in, one after another.</summary>
    private static void AssertSleeps(string lockClass, Func<Smp, (Func<KTask> Enter, Func<KTask> Leave)> section)
    {
        Smp smp = Smp.OnThreads(Threads);
        (Func<KTask> enter, Func<KTask> leave) = section(smp);
        using var taken = new ManualResetEventSlim();
        RunAll(smp, async cpu =>
        {
            if (cpu.Id > 0)
            {
                taken.Wait();
            }

            await enter();
            taken.Set();
            while (cpu.Id == 0 && smp.Native!.Sleepers.Count < Threads - 1)
            {
                await smp.Schedule();
            }

            await leave();
        });
        Assert.Equal(0, smp.Native!.Sleepers.Count);
        (string name, long waited) = Assert.Single(smp.Native.WaitedByClass(Threads));
        Assert.Equal(lockClass, name);
        Assert.InRange(waited, 1, long.MaxValue);
    }

    /// <summary>All threads count in a section; how far they come, and how many were ever inside at once.</summary>
    private static (int Counter, int Most) Count(Func<Smp, (Func<KTask> Enter, Func<KTask> Leave)> section)
    {
        Smp smp = Smp.OnThreads(Threads);
        var counter = new Cell<int>(new Thing(smp), "counter", 0);
        (Func<KTask> enter, Func<KTask> leave) = section(smp);
        int inside = 0;
        int most = 0;
        RunAll(smp, async _ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await enter();
                most = Math.Max(most, ++inside);
                int seen = counter.Value;
                if (round % 64 == 0)
                {
                    // Not schedule(), which drops the big kernel lock.
                    Thread.Yield();
                }

                counter.Value = seen + 1;
                inside--;
                await leave();
            }
        });
        return (counter.Raw, most);
    }

    /// <summary>Now and then inside for so long that others sleep.</summary>
    private static void Pause(Random random)
    {
        if (random.Next(64) == 0)
        {
            Thread.Yield();
        }
    }

    private static async KTask Taken(RwSemaphore rwsem)
    {
        while (!rwsem.IsTakenNatively)
        {
            await rwsem.Smp.Schedule();
        }
    }

    private static async KTask Asleep(Smp smp, int threads)
    {
        while (smp.Native!.Sleepers.Count < threads)
        {
            await smp.Schedule();
        }
    }

    private static void Spawn(Smp smp, Func<Cpu, KTask> body)
    {
        smp.PowerOn();
        for (int cpu = 0; cpu < smp.CpuLimit; cpu++)
        {
            smp.Spawn($"cpu{cpu}", body);
        }
    }

    private static void RunAll(Smp smp, Func<Cpu, KTask> body)
    {
        Spawn(smp, body);
        smp.Run(null);
        Assert.Null(smp.Failure);
    }

    private sealed class Thing(Smp smp) : TrackedObject(smp, "thing", "thing0");
}
