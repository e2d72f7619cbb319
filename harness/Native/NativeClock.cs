using System.Diagnostics;
using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// The clock of this machine: every CPU is a thread, every primitive a real one, and every await is over when it is
/// reached. Nothing is deterministic, and no checker watches: what went wrong is told by the first thread that notices,
/// or by an audit when all is quiet.
/// </summary>
/// <remarks>
/// Whoever waits for a spin lock spins for a while and then gives the core away, as there may be fewer cores than threads;
/// for a lock that sleeps it then sleeps (<see cref="ParkingLot"/>), as devices and sleepers on a wait queue do. After a
/// failure those who wait, or reach a kernel's BUG, are stopped where they are, with the locks that they hold, as an oops
/// does it.
/// </remarks>
public sealed class NativeClock : Clock
{
    [ThreadStatic]
    private static Cpu? t_cpu;

    private readonly Smp _smp;
    private readonly List<Thread> _threads = [];
    private readonly long[][] _waited;
    private readonly LockClass _gracePeriod;
    private Failure? _failure;
    private bool _isStarted;
    private volatile bool _isOver;
    private int _daemons;
    private int _resting;

    internal NativeClock(Smp smp)
    {
        _smp = smp;
        Sleepers = new ParkingLot(this, smp.Cpus.Length);
        _gracePeriod = smp.LockDep.Class("grace period", spinning: false, ordered: false);
        WakeUp.Measure();
        _waited = [.. smp.Cpus.Select(_ => new long[LockDep.MaxClasses])];
    }

    /// <summary>What it takes on this machine to be woken, from the call to running, in nanoseconds: the median of some.</summary>
    public static long WakeUpNs => WakeUp.Nanoseconds;

    /// <summary>Where those sleep who wait for a lock.</summary>
    internal ParkingLot Sleepers { get; }

    /// <summary>Nanoseconds since some beginning: what a run on real threads is measured by, and nothing else.</summary>
    internal static long Now => (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    /// <summary>A device is busy for so long, really: its thread sleeps.</summary>
    internal static void Pass(int milliseconds) => Thread.Sleep(milliseconds);

    /// <summary>What is to be done when something has gone wrong, so that those come to an end who wait for nobody.</summary>
    internal Action? WhenFailed { get; set; }

    /// <summary>How long nobody may get anywhere before threads are taken for hung: what khungtaskd allows by default.</summary>
    internal int PatienceMs { get; set; } = 120_000;

    /// <summary>A number that grows as long as the threads get anywhere.</summary>
    internal Func<long> Progress { get; set; } = () => 0;

    /// <summary>The RCU domains of the machine.</summary>
    internal List<NativeReaders> Readers { get; } = [];

    /// <summary>True if the thread is a CPU of some machine.</summary>
    internal static bool RunsHere => t_cpu is not null;

    /// <summary>The CPU that the thread is. Whoever is none, as boot is, counts as the first.</summary>
    internal Cpu ThisCpu => t_cpu ?? _smp.Cpus[0];

    /// <summary>cpu_relax(), or schedule() and cond_resched().</summary>
    internal static void GiveWay(Smp smp, bool spins)
    {
        NativeClock clock = smp.Native!;
        clock.StopIfFailed();
        const uint YieldEvery = 64;
        if (spins && ++clock.ThisCpu.Relaxed % YieldEvery != 0)
        {
            Thread.SpinWait(1);
        }
        else
        {
            // Whoever is waited for may need this core, or what schedule() drops.
            using var sleep = spins ? default : new WithoutKernelLock(smp);
            Thread.Yield();
        }
    }

    /// <summary>Ends the thread that gets here once something has gone wrong: nobody may ever free what it waits for.</summary>
    internal void StopIfFailed()
    {
        if (Volatile.Read(ref _failure) is not null)
        {
            throw new OopsException();
        }
    }

    /// <summary>
    /// The daemon that runs waits for work from here on, until <see cref="EndRest"/>. It ends instead once all others have come to
    /// their end, and no daemon has anything left to do: until then each may need another one.
    /// </summary>
    internal void Rest()
    {
        StopIfFailed();
        if (Interlocked.Increment(ref _resting) == _daemons && _isOver)
        {
            throw new OopsException();
        }
    }

    /// <summary>So many daemons have work to do, or will look whether they have.</summary>
    internal void EndRest(int daemons) => Interlocked.Add(ref _resting, -daemons);

    /// <summary>
    /// All objects of a kind are in use, or wait for readers, one of whom may have lost its core: takes one as soon as there
    /// is one; null if there has been none for a second. Counted as a wait for a "grace period".
    /// </summary>
    /// <remarks>Whoever allocates holds no lock for which a reader waits inside of its section.</remarks>
    internal T? OnceReadersLeave<T>(Func<T?> take)
        where T : class
    {
        const long LongestNs = 1_000_000_000;
        T? taken = null;
        long since = Now;
        while (taken is null && Readers.Count > 0 && Now - since < LongestNs)
        {
            StopIfFailed();
            Readers.ForEach(one => one.Hurry());
            Thread.Yield();
            taken = take();
        }

        Waited(_gracePeriod, Now - since);
        return taken;
    }

    /// <summary>The current thread has found something wrong, and goes no further.</summary>
    internal void Fail(Failure failure)
    {
        Remember(failure);
        throw new OopsException();
    }

    /// <summary>
    /// What so many CPUs, from the first on, have waited for each kind of lock, in nanoseconds, as lock_stat has it: kinds that
    /// nobody waited for are left out, and so are waits that last still.
    /// </summary>
    internal IReadOnlyList<(string Class, long Nanoseconds)> WaitedByClass(int cpus)
    {
        long[] waited = [.. Enumerable.Range(0, LockDep.MaxClasses).Select(one => _waited.Take(cpus).Sum(cpu => cpu[one]))];
        return _smp.LockDep.ByClass(waited);
    }

    /// <summary>The current CPU has waited for so long.</summary>
    internal void Waited(LockClass lockClass, long nanoseconds) => _waited[ThisCpu.Id][lockClass.Index] += nanoseconds;

    /// <summary>What comes from here is counted; for when nobody waits.</summary>
    internal void ForgetWaits() => Array.ForEach(_waited, Array.Clear);

    internal void PowerOn()
    {
        ForgetWaits();
        _threads.Clear();
        _isStarted = false;
        _failure = null;
        _isOver = false;
        _daemons = 0;
        _resting = 0;
    }

    /// <summary>Makes a thread. Those made before <see cref="Run"/> begin together, later ones at once.</summary>
    internal Cpu Spawn(string name, Func<Cpu, KTask> start, bool daemon)
    {
        lock (_threads)
        {
            if (_threads.Count == _smp.Cpus.Length)
            {
                throw new InvalidOperationException($"all {_smp.Cpus.Length} CPUs are in use");
            }

            Cpu cpu = _smp.Cpus[_threads.Count];
            cpu.Name = name;
            cpu.Daemon = daemon;
            _daemons += daemon ? 1 : 0;
            var thread = new Thread(() => Work(cpu, start)) { Name = name, IsBackground = true };
            _threads.Add(thread);
            thread.Start();
            return cpu;
        }
    }

    /// <summary>Lets all threads go, and waits until all but daemons have come to their end; then ends those.</summary>
    internal void Run()
    {
        lock (_threads)
        {
            _isStarted = true;
            Monitor.PulseAll(_threads);
        }

        JoinAll(daemons: false);
        _isOver = true;
        JoinAll(daemons: true);
        AllAtRest();
        if (_failure is { } failure)
        {
            _smp.FailAtRest(failure.Kind, failure.Subject, failure.Message);
        }
    }

    internal override void Announce(Cpu cpu, SharedObject target, bool ready)
    {
    }

    internal override bool Arrive() => true;

    internal override void Taken(SharedObject target)
    {
    }

    internal override void Freed(SharedObject target)
    {
    }

    internal override void Charge(int nanoseconds)
    {
    }

    internal override void Stop()
    {
    }

    private void Work(Cpu cpu, Func<Cpu, KTask> start)
    {
        t_cpu = cpu;
        lock (_threads)
        {
            while (!_isStarted)
            {
                Monitor.Wait(_threads);
            }
        }

        Exception? error = start(cpu).Frame?.Error;
        if (error is not null and not OopsException)
        {
            Remember(new Failure(FailureKind.Oops, error.GetType().Name, $"{error.GetType().Name}: {error.Message}", cpu.Id, 0));
        }

        if (error is not null && cpu.KernelLockDepth > 0)
        {
            // Others need it to come to their end.
            _smp.KernelLock!.DropNatively();
        }
    }

    private void JoinAll(bool daemons)
    {
        // Threads may make others while they are joined.
        for (int index = 0; ThreadAt(index) is { } thread; index++)
        {
            if (_smp.Cpus[index].Daemon == daemons && !Ends(thread))
            {
                Remember(new Failure(FailureKind.HungTask, "native", $"{thread.Name} does not come to its end, and nobody has got anywhere for {PatienceMs / 1000.0} s", index, 0));
                thread.Join(PatienceMs);
            }
        }
    }

    /// <summary>False if the thread goes on although nobody gets anywhere.</summary>
    private bool Ends(Thread thread)
    {
        const int Looks = 10;
        long progress = Progress();
        int looks = 0;
        while (looks++ < Looks)
        {
            if (thread.Join(PatienceMs / Looks))
            {
                return true;
            }

            if (Progress() is var now && now != progress)
            {
                progress = now;
                looks = 0;
            }
        }

        return false;
    }

    private void AllAtRest()
    {
        try
        {
            StopIfFailed();
            foreach (SharedObject shared in _smp.AllObjects)
            {
                shared.AllAtRest();
            }
        }
        catch (OopsException)
        {
            // What it found is remembered.
        }
    }

    private Thread? ThreadAt(int index)
    {
        lock (_threads)
        {
            return index < _threads.Count ? _threads[index] : null;
        }
    }

    private void Remember(Failure failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        WhenFailed?.Invoke();
    }
}

/// <summary>The end of a thread of the native clock: something has gone wrong, there or elsewhere, or a daemon has no more work.</summary>
internal sealed class OopsException() : Exception("something has gone wrong on a machine under the native clock; its Smp.Failure says what");
