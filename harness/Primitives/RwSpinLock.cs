using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// rwlock_t, as tasklist_lock: many readers or one writer. Its holder may not sleep. Readers may nest and may starve
/// writers.
/// </summary>
public sealed class RwSpinLock : RwLock
{
    private ReadersWord _native;

    /// <summary>An unlocked lock.</summary>
    public RwSpinLock(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: true))
    {
    }

    internal override bool IsTakenNatively => _native.IsTaken;

    internal override uint Owners => Writer.Bit(Smp);

    internal override bool IsFree => Writer.IsNobody;

    /// <summary>read_lock().</summary>
    public Step<ReadAcquisition> ReadLock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.AnnounceWaiting(this, OperationKind.AcquireShared, Writer.IsNobody, where, line);
        CheckOrder(shared: true);
        return new(new ReadAcquisition(this));
    }

    /// <summary>read_unlock().</summary>
    public Step<ReadReleasing> ReadUnlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new ReadReleasing(this));
    }

    /// <summary>write_lock(): waits until there is neither a writer nor a reader.</summary>
    public Step<WriteAcquisition> WriteLock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.AnnounceWaiting(Exclusive, OperationKind.Acquire, Exclusive.IsFree, where, line);
        CheckOrder();
        return new(new WriteAcquisition(this));
    }

    /// <summary>write_unlock().</summary>
    public Step<WriteReleasing> WriteUnlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(Exclusive, OperationKind.Release, ready: true, where, line);
        return new(new WriteReleasing(this));
    }

    internal override void PowerOn()
    {
        base.PowerOn();
        _native = default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeSharedNatively() => _native.EnterShared(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveSharedNatively() => _native.LeaveShared();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeExclusiveNatively() => _native.Enter(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveExclusiveNatively() => _native.Leave();

    /// <summary>Takes the lock, beside other readers.</summary>
    public readonly struct ReadAcquisition : IOperation
    {
        private readonly RwSpinLock _lock;

        internal ReadAcquisition(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.TakeShared();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.TakeSharedNatively();
    }

    /// <summary>Gives the lock back.</summary>
    public readonly struct ReadReleasing : IOperation
    {
        private readonly RwSpinLock _lock;

        internal ReadReleasing(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.GiveShared("read-unlocks");

        /// <inheritdoc/>
        public void PerformNatively() => _lock.GiveSharedNatively();
    }

    /// <summary>Takes the lock alone.</summary>
    public readonly struct WriteAcquisition : IOperation
    {
        private readonly RwSpinLock _lock;

        internal WriteAcquisition(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.TakeExclusive();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.TakeExclusiveNatively();
    }

    /// <summary>Gives the lock back.</summary>
    public readonly struct WriteReleasing : IOperation
    {
        private readonly RwSpinLock _lock;

        internal WriteReleasing(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.GiveExclusive("write-unlocks");

        /// <inheritdoc/>
        public void PerformNatively() => _lock.GiveExclusiveNatively();
    }
}
