using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// spinlock_t. Its holder may not sleep. Whoever wants it spins, which here means that it is not scheduled until the
/// lock is free; no order among those who spin.
/// </summary>
public sealed class SpinLock : Lock
{
    private LockOwner _owner;
    private LockWord _native;

    /// <summary>An unlocked lock, of the class that has its name unless one is given.</summary>
    public SpinLock(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: true))
    {
    }

    /// <summary>True while somebody holds it.</summary>
    public bool IsLocked
    {
        get
        {
            Smp.Looked(this);
            return !_owner.IsNobody || _native.IsTaken;
        }
    }

    internal override bool IsTakenNatively => _native.IsTaken;

    internal override uint Owners => _owner.Bit(Smp);

    internal override bool IsFree => _owner.IsNobody;

    /// <summary>spin_lock().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Acquisition> Lock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.AnnounceWaiting(this, OperationKind.Acquire, _owner.IsNobody, where, line);
        CheckOrder();
        return new(new Acquisition(this));
    }

    /// <summary>
    /// spin_lock_nested(): a second lock of its class, taken where the caller gives the order of the two, such as
    /// child before parent.
    /// </summary>
    public Step<Acquisition> LockNested([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.AnnounceWaiting(this, OperationKind.Acquire, _owner.IsNobody, where, line);
        CheckOrder(shared: true);
        return new(new Acquisition(this));
    }

    /// <summary>spin_trylock(): makes no lock order, as it never waits.</summary>
    public Step<Attempt, bool> TryLock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.TryAcquire, ready: true, where, line);
        return new(new Attempt(this));
    }

    /// <summary>spin_unlock(). Releasing a lock that one does not hold is reported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Releasing> Unlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new Releasing(this));
    }

    /// <summary>
    /// spin_unlock() within the current step, for a section that is one moment. No execution is lost if the step goes on
    /// only with what locks guard: whatever could come after the release could as well come before the next await.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void UnlockNow()
    {
        if (Smp.IsNative)
        {
            GiveNatively();
        }
        else
        {
            Give();
        }
    }

    internal override void PowerOn()
    {
        _owner = default;
        _native = default;
    }

    // Out of line, so that the other clocks' code stays small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeNatively() => _native.Enter(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeNatively() => _native.TryEnter();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveNatively() => _native.Leave();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take()
    {
        Cpu cpu = Smp.Current;
        _owner = LockOwner.Of(cpu);
        Waiters &= ~cpu.Bit;
        Smp.Taken(this);
        NoteAcquired(cpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Give()
    {
        Cpu cpu = Smp.Current;
        if (!_owner.Is(cpu))
        {
            ReportNotHeld("releases");
            return;
        }

        NoteReleased(cpu);
        _owner = default;
        Smp.Freed(this);
        Smp.ReleaseTo(ref Released);
    }

    /// <summary>Takes the lock.</summary>
    public readonly struct Acquisition : IOperation
    {
        private readonly SpinLock _lock;

        internal Acquisition(SpinLock spinLock) => _lock = spinLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.Take();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.TakeNatively();
    }

    /// <summary>Takes the lock if it is free.</summary>
    public readonly struct Attempt : IOperation<bool>
    {
        private readonly SpinLock _lock;

        internal Attempt(SpinLock spinLock) => _lock = spinLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <summary>True if the lock was free, and is now taken.</summary>
        public bool Perform()
        {
            if (!_lock._owner.IsNobody)
            {
                return false;
            }

            _lock.Take();
            return true;
        }

        /// <inheritdoc/>
        public bool PerformNatively() => _lock.TryTakeNatively();
    }

    /// <summary>Gives the lock back.</summary>
    public readonly struct Releasing : IOperation
    {
        private readonly SpinLock _lock;

        internal Releasing(SpinLock spinLock) => _lock = spinLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.Give();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.GiveNatively();
    }
}
