using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// wait_queue_head_t: CPUs sleep on it until somebody wakes them. A wake-up that comes before the sleep is lost, as
/// in the kernel; whoever waits must look at its condition in the step in which it goes to sleep.
/// </summary>
public class WaitQueue : SharedObject, ISynchronizes
{
    private Vector256<int> _wakers;
    private uint _woken;
    private readonly object _bell = new();
    private int _sleepers;
    private int _wakeUps;

    private PlaceOfRest _rest;

    /// <summary>A queue on which nobody sleeps.</summary>
    public WaitQueue(Smp smp, string name)
        : base(smp, name)
    {
    }

    /// <summary>True if somebody sleeps on it.</summary>
    public bool IsActive
    {
        get
        {
            Smp.Looked(this);
            return Smp.Simulated is { } clock
                ? clock.IsAwaited(this)
                : (Waiters & ~_woken) != 0 || Volatile.Read(ref _sleepers) > 0;
        }
    }

    internal override bool IsPlaceOfRest => true;

    void ISynchronizes.ForgetTimes() => _wakers = Vector256<int>.Zero;

    /// <summary>sleep_on(): sleeps until woken. Drops the big kernel lock for as long.</summary>
    public Step<Waking> Sleep([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        if (Smp.IsNative)
        {
            return new(new Waking(this));
        }

        Smp.MightSleep("sleep_on");
        Cpu cpu = Smp.Current;
        _woken &= ~cpu.Bit;

        // Whoever wakes the queue later changes what this sleep comes to; other sleepers do not.
        Smp.Looked(this);
        if (cpu.KernelLockDepth != 0)
        {
            Smp.KernelLock!.DropToSleep(cpu);
            cpu.Stage = WaitStage.Asleep;
        }

        Waiters |= cpu.Bit;
        Smp.Announce(this, OperationKind.Wait, ready: false, where, line);
        return new(new Waking(this));
    }

    /// <summary>wake_up(): everybody who sleeps here may go on.</summary>
    public void WakeUp()
    {
        if (Smp.IsNative)
        {
            lock (_bell)
            {
                _wakeUps++;
                _rest.End(Smp.Native!);
                Monitor.PulseAll(_bell);
            }

            return;
        }

        _woken |= Waiters;
        Smp.Freed(this);
        Smp.ReleaseJoining(ref _wakers);
    }

    internal override void PowerOn()
    {
        _woken = 0;
        _sleepers = 0;
        _rest = default;
    }

    internal override void Grant(Cpu cpu) => Wake();

    /// <summary>
    /// A wake-up that came between the sleeper's look at its condition and here is lost, unless the big kernel lock kept it out: threads
    /// have no step in which both are one. So it sleeps for a moment only; all who sleep look at their condition again.
    /// </summary>
    private void SleepNatively()
    {
        const int MomentMs = 1;
        NativeClock clock = Smp.Native!;
        clock.StopIfFailed();
        bool isAtRest = IsPlaceOfRest && clock.ThisCpu.Daemon;
        int wakeUps = Volatile.Read(ref _wakeUps);
        using var sleep = new WithoutKernelLock(Smp);
        Interlocked.Increment(ref _sleepers);
        lock (_bell)
        {
            if (_wakeUps == wakeUps && isAtRest)
            {
                _rest.Begin(clock);
                Monitor.Wait(_bell, MomentMs);
                _rest.End(clock);
            }
            else if (_wakeUps == wakeUps)
            {
                Monitor.Wait(_bell, MomentMs);
            }
        }

        Interlocked.Decrement(ref _sleepers);
    }

    private void Wake()
    {
        Cpu cpu = Smp.Current;
        Waiters &= ~cpu.Bit;
        _woken &= ~cpu.Bit;
        Smp.AcquireFrom(_wakers);
    }

    /// <summary>Has been woken.</summary>
    public readonly struct Waking : IOperation
    {
        private readonly WaitQueue _queue;

        internal Waking(WaitQueue queue) => _queue = queue;

        /// <inheritdoc/>
        public Smp Smp => _queue.Smp;

        /// <inheritdoc/>
        public void Perform()
        {
            Cpu cpu = _queue.Smp.Current;
            if (cpu.Granted)
            {
                cpu.Granted = false;
                return;
            }

            _queue.Wake();
        }

        /// <inheritdoc/>
        public void PerformNatively() => _queue.SleepNatively();
    }
}
