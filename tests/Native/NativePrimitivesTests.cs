using Variants.Harness.Engine;
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
            // Each comes when the one before holds it, or waits.
            while (rwsem.NativeEntrants < cpu.Id)
            {
                await smp.Schedule();
            }

            switch (cpu.Id)
            {
                case 0:
                    await rwsem.DownRead();
                    while (rwsem.NativeEntrants < 3)
                    {
                        await smp.Schedule();
                    }

                    order += "first reader, ";
                    await rwsem.UpRead();
                    break;
                case 1:
                    await rwsem.DownWrite();
                    order += "writer, ";
                    await rwsem.UpWrite();
                    break;
                default:
                    await rwsem.DownRead();
                    order += "second reader";
                    await rwsem.UpRead();
                    break;
            }
        });
        Assert.Equal("first reader, writer, second reader", order);
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
