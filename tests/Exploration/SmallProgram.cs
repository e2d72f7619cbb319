using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests.Exploration;

/// <summary>What one CPU of a <see cref="SmallProgram"/> does next, and to which of two objects.</summary>
internal enum Act
{
    Read,
    Set,
    Add,
    Lock,
    Unlock,
    TryLock,
    Down,
    Up,
    Count,
    Branch,
    WaitOnPage,
    LockPage,
    UnlockPage,
    Sleep,
    Wake,
    LockKernel,
    UnlockKernel,
    ReadLock,
    WriteLock,
    DownRead,
    DownWrite,
}

internal readonly record struct Statement(Act Act, int Which)
{
    public override string ToString() => $"{Act} {Which}";
}

/// <summary>
/// A random program of two or three CPUs on two of each primitive. Locks that it holds at its end it gives back, so
/// that what deadlocks does so by the order of its waits, or for want of a waker.
/// </summary>
internal sealed class SmallProgram
{
    private readonly Statement[][] _cpus;
    private readonly AtomicInt[] _words;
    private readonly SpinLock[] _locks;
    private readonly Semaphore[] _semaphores;
    private readonly Cell<int>[] _counts;
    private readonly Cell<int>[] _marked;
    private readonly PageLock[] _pages;
    private readonly WaitQueue[] _queues;
    private readonly RwSpinLock[] _rwLocks;
    private readonly RwSemaphore[] _rwSemaphores;
    private readonly BigKernelLock _kernelLock;
    private readonly List<string> _seen = [];
    private readonly TestProgram _program = new(Checks.All with { LockOrder = false, Context = false });

    internal SmallProgram(Statement[][] cpus)
    {
        _cpus = cpus;
        Smp smp = _program.Smp;
        _words = [new(_program.Thing, "x"), new(_program.Thing, "y")];
        _locks = [new(smp, "lock0"), new(smp, "lock1")];
        _semaphores = [new(smp, "sem0"), new(smp, "sem1")];
        _counts = [new(_program.Thing, "count0", 0), new(_program.Thing, "count1", 0)];
        _marked = [new(_program.Thing, "mark0", 0, marked: true), new(_program.Thing, "mark1", 0, marked: true)];
        _pages = [new(new Thing(smp, "page0")), new(new Thing(smp, "page1"))];
        _queues = [new(smp, "queue0"), new(smp, "queue1")];
        _rwLocks = [new(smp, "rwlock0"), new(smp, "rwlock1")];
        _rwSemaphores = [new(smp, "rwsem0"), new(smp, "rwsem1")];
        _kernelLock = new BigKernelLock(smp);
        _program.Before = PowerOn;
        for (int cpu = 0; cpu < cpus.Length; cpu++)
        {
            int id = cpu;
            _program.On($"{(char)('A' + cpu)}", () => Run(id));
        }
    }

    /// <summary>Programs whose exhaustive search is short.</summary>
    internal static Gen<Statement[][]> Any(int most) =>
        from cpus in Gen.Choose(2, 3)
        from programs in Gen.ArrayOf(
            from length in Gen.Choose(1, cpus == 2 ? most : most - 1)
            from statements in Gen.ArrayOf(One, length)
            select statements,
            cpus)
        select programs;

    private static Gen<Statement> One =>
        from act in Gen.Frequency(
            (2, Gen.Constant(Act.Read)),
            (2, Gen.Constant(Act.Set)),
            (2, Gen.Constant(Act.Add)),
            (8, Gen.Constant(Act.Lock)),
            (1, Gen.Constant(Act.Unlock)),
            (3, Gen.Constant(Act.TryLock)),
            (8, Gen.Constant(Act.Down)),
            (1, Gen.Constant(Act.Up)),
            (1, Gen.Constant(Act.Count)),
            (3, Gen.Constant(Act.Branch)),
            (2, Gen.Constant(Act.WaitOnPage)),
            (3, Gen.Constant(Act.LockPage)),
            (1, Gen.Constant(Act.UnlockPage)),
            (2, Gen.Constant(Act.Sleep)),
            (2, Gen.Constant(Act.Wake)),
            (2, Gen.Constant(Act.LockKernel)),
            (1, Gen.Constant(Act.UnlockKernel)),
            (1, Gen.Constant(Act.ReadLock)),
            (1, Gen.Constant(Act.WriteLock)),
            (1, Gen.Constant(Act.DownRead)),
            (1, Gen.Constant(Act.DownWrite)))
        from which in Gen.Choose(0, 1)
        select new Statement(act, which);

    internal Smp Smp => _program.Smp;

    /// <summary>One execution of a strategy that has begun: how it ended, and with which values.</summary>
    internal string Execute(Strategy strategy)
    {
        _program.Execute(strategy);
        return $"{Smp.Failure?.Kind} {Smp.Failure?.Subject} x{_words[0].Raw} y{_words[1].Raw} "
            + $"c{_counts[0].Raw},{_counts[1].Raw} m{_marked[0].Raw},{_marked[1].Raw} {string.Join(";", _seen.Order(StringComparer.Ordinal))}";
    }

    public override string ToString() => string.Join(" || ", _cpus.Select(cpu => string.Join("; ", cpu)));

    private void PowerOn()
    {
        _seen.Clear();
        for (int i = 0; i < 2; i++)
        {
            _words[i].Raw = 0;
            _counts[i].Raw = 0;
            _marked[i].Raw = 0;
        }
    }

    private async KTask Run(int cpu)
    {
        var held = new List<Statement>();
        foreach (Statement statement in _cpus[cpu])
        {
            await Do(cpu, statement, held);
        }

        for (int i = held.Count - 1; i >= 0; i--)
        {
            await Release(held[i]);
        }
    }

    private async KTask Do(int cpu, Statement statement, List<Statement> held)
    {
        int i = statement.Which;
        switch (statement.Act)
        {
            case Act.Read:
                _seen.Add($"{cpu}r{await _words[i].Read()}");
                break;
            case Act.Set:
                await _words[i].Set(cpu + 1);
                break;
            case Act.Add:
                _seen.Add($"{cpu}a{await _words[i].Add(1)}");
                break;
            case Act.Count:
                await Smp.Point();
                _counts[i].Value++;
                break;
            case Act.Branch:
                // What this step touches depends on what it reads.
                if (await _words[i].Read() != 0)
                {
                    _marked[i].Value++;
                }
                else
                {
                    _seen.Add($"{cpu}m{_marked[1 - i].Value}");
                }

                break;
            case Act.TryLock:
                if (!held.Contains(new(Act.Lock, i)) && await _locks[i].TryLock())
                {
                    _counts[i].Value++;
                    await _locks[i].Unlock();
                }

                break;
            case Act.WaitOnPage when !held.Contains(new(Act.LockPage, i)):
                await _pages[i].Wait();
                break;
            case Act.Sleep:
                // Woken or not: whoever sleeps looked at a condition in the same step.
                if (_words[i].Glance == 0)
                {
                    await _queues[i].Sleep();
                }

                break;
            case Act.Wake:
                await Smp.Point();
                _queues[i].WakeUp();
                break;
            case Act.Lock or Act.Down or Act.LockPage or Act.LockKernel or Act.ReadLock or Act.WriteLock or Act.DownRead or Act.DownWrite:
                await Take(statement, held);
                break;
            case Act.Unlock or Act.Up or Act.UnlockPage or Act.UnlockKernel:
                Act taken = statement.Act switch
                {
                    Act.Unlock => Act.Lock,
                    Act.Up => Act.Down,
                    Act.UnlockPage => Act.LockPage,
                    _ => Act.LockKernel,
                };
                Statement earlier = new(taken, taken == Act.LockKernel ? 0 : i);
                if (held.Remove(earlier))
                {
                    await Release(earlier);
                }

                break;
        }
    }

    private async KTask Take(Statement statement, List<Statement> held)
    {
        int i = statement.Act == Act.LockKernel ? 0 : statement.Which;
        statement = statement with { Which = i };
        bool twin = statement.Act switch
        {
            Act.ReadLock => held.Contains(new(Act.WriteLock, i)),
            Act.WriteLock => held.Contains(new(Act.ReadLock, i)),
            Act.DownRead => held.Contains(new(Act.DownWrite, i)),
            Act.DownWrite => held.Contains(new(Act.DownRead, i)),
            _ => false,
        };
        bool keepsKernelLock = statement.Act is Act.DownRead or Act.DownWrite && held.Contains(new(Act.LockKernel, 0));
        if (twin || keepsKernelLock || held.Contains(statement))
        {
            return;
        }

        switch (statement.Act)
        {
            case Act.Lock:
                await _locks[i].Lock();
                _counts[i].Value++;
                break;
            case Act.Down:
                await _semaphores[i].Down();
                break;
            case Act.LockPage:
                await _pages[i].Lock();
                break;
            case Act.LockKernel:
                await _kernelLock.Lock();
                break;
            case Act.ReadLock:
                await _rwLocks[i].ReadLock();
                break;
            case Act.WriteLock:
                await _rwLocks[i].WriteLock();
                break;
            case Act.DownRead:
                await _rwSemaphores[i].DownRead();
                break;
            default:
                await _rwSemaphores[i].DownWrite();
                break;
        }

        held.Add(statement);
    }

    private async KTask Release(Statement statement)
    {
        int i = statement.Which;
        switch (statement.Act)
        {
            case Act.Lock:
                await _locks[i].Unlock();
                break;
            case Act.Down:
                await _semaphores[i].Up();
                break;
            case Act.LockPage:
                await _pages[i].Unlock();
                break;
            case Act.LockKernel:
                await _kernelLock.Unlock();
                break;
            case Act.ReadLock:
                await _rwLocks[i].ReadUnlock();
                break;
            case Act.WriteLock:
                await _rwLocks[i].WriteUnlock();
                break;
            case Act.DownRead:
                await _rwSemaphores[i].UpRead();
                break;
            default:
                await _rwSemaphores[i].UpWrite();
                break;
        }
    }
}
