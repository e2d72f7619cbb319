using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>
/// Who may hold a reader-writer lock together with whom: seen by counting who is inside, over every schedule.
/// </summary>
public sealed class RwLockTests
{
    private readonly TestProgram _program = new(Checks.All with { LockOrder = false });
    private int _readersInside;
    private int _writersInside;
    private int _readersAtOnce;

    public RwLockTests() => _program.Before = () => _readersInside = _writersInside = _readersAtOnce = 0;

    private Smp Smp => _program.Smp;

    [Fact]
    public void A_rw_spin_lock_admits_readers_together_and_writers_alone()
    {
        var rwLock = new RwSpinLock(Smp, "rwlock");
        _program.On("A", () => Read(rwLock)).On("B", () => Read(rwLock)).On("C", () => Write(rwLock));

        Assert.Equal(["passes, 1 at once", "passes, 2 at once"], Outcomes());
    }

    [Fact]
    public void A_rw_semaphore_admits_readers_together_and_writers_alone()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        _program.On("A", () => Read(semaphore)).On("B", () => Read(semaphore)).On("C", () => Write(semaphore));

        Assert.Equal(["passes, 1 at once", "passes, 2 at once"], Outcomes());
    }

    [Fact]
    public void Two_writers_of_a_rw_spin_lock_exclude_each_other()
    {
        var rwLock = new RwSpinLock(Smp, "rwlock");
        _program.On("A", () => Write(rwLock)).On("B", () => Write(rwLock));

        Assert.Equal(["passes, 0 at once"], Outcomes());
    }

    [Fact]
    public void Two_writers_of_a_rw_semaphore_exclude_each_other()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        _program.On("A", () => Write(semaphore)).On("B", () => Write(semaphore));

        Assert.Equal(["passes, 0 at once"], Outcomes());
    }

    [Fact]
    public void Several_readers_and_writers_of_a_rw_semaphore_all_get_through()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        _program.On("A", () => Read(semaphore)).On("B", () => Read(semaphore));
        _program.On("C", () => Write(semaphore)).On("D", () => Write(semaphore));

        foreach (string name in KnownStrategies.Names)
        {
            Assert.Equal(0, _program.Count(KnownStrategies.Create(name), 2_000, () => Smp.Failure is not null));
        }
    }

    [Fact]
    public void A_reader_that_comes_while_a_writer_waits_for_a_rw_semaphore_waits_behind_it()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        var order = new List<string>();
        async KTask Reader(string name)
        {
            await semaphore.DownRead();
            order.Add($"{name} in");
            await Smp.Point();
            await Smp.Point();
            order.Add($"{name} out");
            await semaphore.UpRead();
        }

        _program.On("A", () => Reader("A")).On("B", () => Reader("B")).On("C", async () =>
        {
            await semaphore.DownWrite();
            order.Add("C in");
            await semaphore.UpWrite();
        });

        // A reads; C comes and queues. Then A goes on, and B would read beside it if it could.
        Assert.Null(_program.RunWith(0, 2, 0));
        Assert.Equal(["A in", "A out", "C in", "B in", "B out"], order);

        // Where C does not come before B, B does read beside A.
        order.Clear();
        Assert.Null(_program.RunWith(0, 1, 0));
        Assert.Equal(["A in", "B in"], order.Take(2));
    }

    [Fact]
    public void Whoever_downgrades_a_rw_semaphore_reads_beside_others_before_any_writer_comes()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        bool isFirst = true;
        _program.On("A", Downgrade).On("B", () => Read(semaphore)).On("C", () => Write(semaphore));
        Assert.Equal(["passes, 1 at once", "passes, 2 at once"], Outcomes());

        async KTask Downgrade()
        {
            await semaphore.DownWrite();
            _writersInside++;
            await Smp.Point();
            isFirst &= _writersInside == 1 && _readersInside == 0;
            await semaphore.DowngradeWrite();
            _writersInside--;
            _readersAtOnce = Math.Max(_readersAtOnce, ++_readersInside);
            await Smp.Point();
            isFirst &= _writersInside == 0;
            _readersInside--;
            await semaphore.UpRead();
            Assert.True(isFirst);
        }
    }

    [Fact]
    public void Only_who_writes_can_downgrade()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        _program.On("A", async () =>
        {
            await semaphore.DownRead();
            await semaphore.DowngradeWrite();
        });

        Assert.Equal((FailureKind.ReleaseNotHeld, "mmap_sem"), _program.Run()?.Signature);
    }

    [Fact]
    public void Reading_a_rw_semaphore_twice_deadlocks_if_a_writer_comes_between()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        _program
            .On("A", async () =>
            {
                await semaphore.DownRead();
                await semaphore.DownRead();
                await semaphore.UpRead();
                await semaphore.UpRead();
            })
            .On("B", async () =>
            {
                await semaphore.DownWrite();
                await semaphore.UpWrite();
            });

        Assert.Equal(["Deadlock mmap_sem", "passes"], _program.EveryFailure());
        Assert.Equal(
            new Failure(
                FailureKind.Deadlock,
                "mmap_sem",
                "A waits for mmap_sem, held by B; B waits for mmap_sem, held by A",
                Cpu: 1,
                Step: 2),
            _program.RunWith(0, 1));
    }

    [Fact]
    public void Reading_a_rw_spin_lock_twice_does_not()
    {
        var rwLock = new RwSpinLock(Smp, "rwlock");
        _program
            .On("A", async () =>
            {
                await rwLock.ReadLock();
                await rwLock.ReadLock();
                await rwLock.ReadUnlock();
                Assert.True(_writersInside == 0);
                await Smp.Point();
                Assert.True(_writersInside == 0);
                await rwLock.ReadUnlock();
            })
            .On("B", () => Write(rwLock));

        Assert.Equal(["passes, 0 at once"], Outcomes());
    }

    [Fact]
    public void A_reader_that_wants_to_write_deadlocks_with_itself()
    {
        var rwLock = new RwSpinLock(Smp, "rwlock");
        _program.On("A", async () =>
        {
            await rwLock.ReadLock();
            await rwLock.WriteLock();
        });

        Assert.Equal(
            new Failure(FailureKind.Deadlock, "rwlock", "A waits for rwlock, held by A", Cpu: 0, Step: 1), _program.Run());
    }

    [Fact]
    public void Two_readers_that_want_to_write_deadlock()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        async KTask Body()
        {
            await semaphore.DownRead();
            await semaphore.DownWrite();
        }

        _program.On("A", Body).On("B", Body);
        Assert.All(_program.EveryFailure(), failure => Assert.Equal("Deadlock mmap_sem", failure));
    }

    [Fact]
    public void Trying_to_read_fails_behind_a_writer_that_holds_or_waits()
    {
        var semaphore = new RwSemaphore(Smp, "mmap_sem");
        var tried = new List<bool>();
        _program
            .On("A", async () =>
            {
                await semaphore.DownRead();
                await Smp.Point();
                await semaphore.UpRead();
            })
            .On("B", async () =>
            {
                await semaphore.DownWrite();
                await Smp.Point();
                await semaphore.UpWrite();
            })
            .On("C", async () =>
            {
                for (int i = 0; i < 3; i++)
                {
                    tried.Add(await semaphore.TryDownRead());
                    if (tried[^1])
                    {
                        await semaphore.UpRead();
                    }
                }
            });

        // A holds it; B queues; C tries. A leaves, B holds it; C tries. B leaves; C tries.
        Assert.Null(_program.RunWith(0, 1, 0, 1, 0, 0, 1, 1, 0));
        Assert.Equal([false, false, true], tried);
    }

    private string[] Outcomes() =>
        [.. _program.Everything(() => $"{Smp.Failure?.Message ?? "passes"}, {_readersAtOnce} at once").Keys];

    private async KTask Read(RwSpinLock rwLock)
    {
        await rwLock.ReadLock();
        EnterReader();
        await Smp.Point();
        _readersInside--;
        await rwLock.ReadUnlock();
    }

    private async KTask Read(RwSemaphore semaphore)
    {
        await semaphore.DownRead();
        EnterReader();
        await Smp.Point();
        _readersInside--;
        await semaphore.UpRead();
    }

    private async KTask Write(RwSpinLock rwLock)
    {
        await rwLock.WriteLock();
        EnterWriter();
        await Smp.Point();
        _writersInside--;
        await rwLock.WriteUnlock();
    }

    private async KTask Write(RwSemaphore semaphore)
    {
        await semaphore.DownWrite();
        EnterWriter();
        await Smp.Point();
        _writersInside--;
        await semaphore.UpWrite();
    }

    private void EnterReader()
    {
        _readersAtOnce = Math.Max(_readersAtOnce, ++_readersInside);
        if (_writersInside != 0)
        {
            Smp.Bug("rw", "a reader beside a writer");
        }
    }

    private void EnterWriter()
    {
        if (++_writersInside != 1 || _readersInside != 0)
        {
            Smp.Bug("rw", "a writer beside somebody");
        }
    }
}
