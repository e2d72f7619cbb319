using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// PG_locked: a bit lock on which one sleeps. A device holds it while a transfer is under way, so it may be released
/// by another than took it.
/// </summary>
public sealed class PageLock : Lock
{
    private readonly TrackedObject _page;
    private LockOwner _owner;
    private bool _locked;
    private SleepingWord _native;

    /// <summary>The lock of <paramref name="page"/>.</summary>
    public PageLock(TrackedObject page)
        : base(page, "PG_locked", page.Smp.LockDep.Class("PG_locked", spinning: false))
    {
        _page = page;
    }

    /// <summary>PageLocked(): a test of the bit, as an atomic read. It orders nothing.</summary>
    public bool IsLocked
    {
        get
        {
            _page.Look("PageLocked", this);
            return _locked || _native.IsTaken;
        }
    }

    internal override bool IsTakenNatively => _native.IsTaken;

    internal override uint Owners => _owner.Bit(Smp);

    internal override bool IsFree => !_locked;

    /// <summary>SetPageLocked on a page that nobody else can see yet: makes no lock order.</summary>
    public void InitLocked()
    {
        if (Smp.IsNative)
        {
            TakeNatively();
            return;
        }

        _locked = true;
        _owner = LockOwner.Of(Smp.Current);
        NoteHeld(Smp.Current);
        Smp.Taken(this);
    }

    /// <summary>The current CPU, which holds the lock, leaves it to a device that will release it.</summary>
    public void HandToDevice()
    {
        if (_owner.On(Smp) is { } owner && NoteReleased(owner))
        {
            Smp.ReleaseTo(ref Released);
            Smp.Recorder?.Taken(this, LockTaken.Device, isShared: false);
        }

        _owner = default;
    }

    /// <summary>The end of a transfer: UnlockPage() from the device's interrupt.</summary>
    public void UnlockByDevice()
    {
        if (Smp.IsNative)
        {
            GiveNatively();
            return;
        }

        if (!_locked)
        {
            ReportNotHeld("releases");
            return;
        }

        _locked = false;
        Smp.Recorder?.Released(this, LockTaken.Device);
        Smp.Freed(this);
        Smp.ReleaseJoining(ref Released);
    }

    /// <summary>lock_page(): sleeps until the bit is clear, then sets it.</summary>
    public Step<Acquisition> Lock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        _page.Touch("lock_page");
        Smp.MightSleep("lock_page");
        AnnounceWait(OperationKind.Acquire, where, line);
        CheckOrder();
        return new(new Acquisition(this));
    }

    /// <summary>wait_on_page(): sleeps until the bit is clear. It may be set again before the caller runs.</summary>
    public Step<Waiting> Wait([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        _page.Touch("wait_on_page");
        Smp.MightSleep("wait_on_page");
        AnnounceWait(OperationKind.Wait, where, line);
        CheckOrder(shared: true);
        return new(new Waiting(this));
    }

    /// <summary>TryLockPage(), the other way round: true if the bit was clear, and is now set.</summary>
    public Step<Attempt, bool> TryLock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.TryAcquire, ready: true, where, line);
        return new(new Attempt(this));
    }

    /// <summary>TryLockPage() within the current step, where another lock makes the moment a single one.</summary>
    public bool TryLockNow()
    {
        _page.Touch("TryLockPage");
        Smp.Looked(this);
        if (Smp.IsNative)
        {
            return TryTakeNatively();
        }

        if (_locked)
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>UnlockPage().</summary>
    public Step<Releasing> Unlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new Releasing(this));
    }

    internal override void PowerOn()
    {
        _locked = false;
        _owner = default;
        _native = default;
    }

    internal override void Grant(Cpu cpu)
    {
        if (cpu.Pending == OperationKind.Acquire)
        {
            Take();
        }
        else
        {
            Pass();
        }
    }

    private void AnnounceWait(OperationKind kind, string where, int line)
    {
        if (Smp.Current.KernelLockDepth == 0)
        {
            Smp.AnnounceWaiting(this, kind, !_locked, where, line);
        }
        else
        {
            Smp.AnnounceAttempt(this, kind, where, line);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeNatively() => _native.Enter(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeNatively() => _native.TryEnter();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitNatively() => _native.WaitUntilFree(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveNatively() => _native.Leave(this);

    private void Take()
    {
        Cpu cpu = Smp.Current;
        _locked = true;
        _owner = LockOwner.Of(cpu);
        Waiters &= ~cpu.Bit;
        Smp.Taken(this);
        NoteAcquired(cpu);
    }

    private void Pass()
    {
        Waiters &= ~Smp.Current.Bit;
        Smp.AcquireFrom(Released);
    }

    private void Give()
    {
        _page.Touch("UnlockPage");
        Cpu cpu = Smp.Current;
        if (!_owner.Is(cpu))
        {
            ReportNotHeld("unlocks");
            return;
        }

        NoteReleased(cpu);
        _owner = default;
        _locked = false;
        Smp.Freed(this);
        Smp.ReleaseTo(ref Released);
    }

    /// <summary>Sets the bit.</summary>
    public readonly struct Acquisition : IOperation
    {
        private readonly PageLock _lock;

        internal Acquisition(PageLock pageLock) => _lock = pageLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform()
        {
            Cpu cpu = _lock.Smp.Current;
            if (cpu.Granted)
            {
                cpu.Granted = false;
                return;
            }

            _lock.Take();
        }

        /// <inheritdoc/>
        public void PerformNatively() => _lock.TakeNatively();
    }

    /// <summary>Finds the bit clear.</summary>
    public readonly struct Waiting : IOperation
    {
        private readonly PageLock _lock;

        internal Waiting(PageLock pageLock) => _lock = pageLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform()
        {
            Cpu cpu = _lock.Smp.Current;
            if (cpu.Granted)
            {
                cpu.Granted = false;
                return;
            }

            _lock.Pass();
        }

        /// <inheritdoc/>
        public void PerformNatively() => _lock.WaitNatively();
    }

    /// <summary>Sets the bit if it is clear.</summary>
    public readonly struct Attempt : IOperation<bool>
    {
        private readonly PageLock _lock;

        internal Attempt(PageLock pageLock) => _lock = pageLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <summary>True if the bit was clear, and is now set.</summary>
        public bool Perform() => _lock.TryLockNow();

        /// <inheritdoc/>
        public bool PerformNatively() => _lock.TryTakeNatively();
    }

    /// <summary>Clears the bit.</summary>
    public readonly struct Releasing : IOperation
    {
        private readonly PageLock _lock;

        internal Releasing(PageLock pageLock) => _lock = pageLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.Give();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.GiveNatively();
    }
}
