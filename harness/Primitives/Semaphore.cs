using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// struct semaphore with a count of one, as the kernel used it for a sleeping mutex before 2.6.16: not recursive, and
/// it may be born locked. Whoever has to wait sleeps, and drops the big kernel lock for as long.
/// </summary>
public sealed class Semaphore : Lock
{
    private LockOwner _owner;
    private SleepingWord _native;
    private bool _bornLocked;

    /// <summary>A free semaphore.</summary>
    public Semaphore(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: false))
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

    /// <summary>True while the current CPU holds it: what a recursive lock has to know.</summary>
    public bool IsHeld
    {
        get
        {
            Smp.Looked(this);
            return _owner.Is(Smp.Native?.ThisCpu ?? Smp.Current);
        }
    }

    internal override bool IsTakenNatively => _native.IsTaken;

    internal override uint Owners => _owner.Bit(Smp);

    internal override bool SpinsOnOwner => true;

    internal override bool IsFree => _owner.IsNobody;

    /// <summary>init_MUTEX(): free.</summary>
    public void Init()
    {
        _owner = default;
        _bornLocked = false;
        _native = default;
    }

    /// <summary>
    /// init_MUTEX_LOCKED(): the current CPU holds it from birth. It never waited for it, so this makes no lock order.
    /// </summary>
    public void InitLocked()
    {
        if (Smp.IsNative)
        {
            TakeNatively();
            return;
        }

        _owner = LockOwner.Of(Smp.Current);
        _bornLocked = true;
        Smp.Use(this);
        Smp.Recorder?.BornLocked(this);
    }

    /// <summary>down(): may sleep, and so drop the big kernel lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Acquisition> Down([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.MightSleep("down");
        if (Smp.Current.KernelLockDepth == 0)
        {
            Smp.AnnounceWaiting(this, OperationKind.Acquire, _owner.IsNobody, where, line);
        }
        else
        {
            Smp.AnnounceAttempt(this, OperationKind.Acquire, where, line);
        }

        CheckOrder();
        return new(new Acquisition(this));
    }

    /// <summary>down_trylock(), the other way round: true if it was free, and is now taken. Makes no lock order.</summary>
    public Step<Attempt, bool> TryDown([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.TryAcquire, ready: true, where, line);
        return new(new Attempt(this));
    }

    /// <summary>up().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Releasing> Up([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new Releasing(this));
    }

    internal override void PowerOn() => Init();

    internal override void Grant(Cpu cpu) => Take();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take()
    {
        Cpu cpu = Smp.Current;
        _owner = LockOwner.Of(cpu);
        Waiters &= ~cpu.Bit;
        Smp.Taken(this);
        NoteAcquired(cpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeNatively()
    {
        _native.Enter(this);
        _owner = LockOwner.Of(Smp.Native!.ThisCpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeNatively()
    {
        if (!_native.TryEnter())
        {
            return false;
        }

        _owner = LockOwner.Of(Smp.Native!.ThisCpu);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveNatively()
    {
        _owner = default;
        _native.Leave(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Give()
    {
        Cpu cpu = Smp.Current;
        if (!_owner.Is(cpu))
        {
            ReportNotHeld("ups");
            return;
        }

        if (_bornLocked)
        {
            _bornLocked = false;
            Smp.Recorder?.Released(this, cpu.Name);
        }
        else
        {
            NoteReleased(cpu);
        }

        _owner = default;
        Smp.Freed(this);
        Smp.ReleaseTo(ref Released);
    }

    /// <summary>Takes the semaphore.</summary>
    public readonly struct Acquisition : IOperation
    {
        private readonly Semaphore _semaphore;

        internal Acquisition(Semaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Perform()
        {
            Cpu cpu = _semaphore.Smp.Current;
            if (cpu.Granted)
            {
                cpu.Granted = false;
                return;
            }

            _semaphore.Take();
        }

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.TakeNatively();
    }

    /// <summary>Takes the semaphore if it is free.</summary>
    public readonly struct Attempt : IOperation<bool>
    {
        private readonly Semaphore _semaphore;

        internal Attempt(Semaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <summary>True if the semaphore was free, and is now taken.</summary>
        public bool Perform()
        {
            if (!_semaphore._owner.IsNobody)
            {
                return false;
            }

            _semaphore.Take();
            return true;
        }

        /// <inheritdoc/>
        public bool PerformNatively() => _semaphore.TryTakeNatively();
    }

    /// <summary>Gives the semaphore back.</summary>
    public readonly struct Releasing : IOperation
    {
        private readonly Semaphore _semaphore;

        internal Releasing(Semaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.Give();

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.GiveNatively();
    }
}
