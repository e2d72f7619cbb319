using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// rwlock_t, as tasklist_lock: many readers or one writer. Its holder may not sleep. Readers may nest and may starve
/// writers.
/// </summary>
public sealed class RwSpinLock : Lock
{
    private readonly WriterSide _writerSide;
    private Cpu? _writer;
    private uint _readers;
    private Vector256<int> _readersReleased;

    /// <summary>An unlocked lock.</summary>
    public RwSpinLock(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: true))
    {
        _writerSide = new WriterSide(this);
    }

    internal override uint Owners => _writer?.Bit ?? 0;

    internal override bool IsFree => _writer is null;

    /// <summary>read_lock().</summary>
    public Step<ReadAcquisition> ReadLock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Waiters |= Smp.Current.Bit;
        Smp.Announce(this, OperationKind.AcquireShared, _writer is null, where, line);
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
        _writerSide.Waiters |= Smp.Current.Bit;
        Smp.Announce(_writerSide, OperationKind.Acquire, _writerSide.IsFree, where, line);
        CheckOrder();
        return new(new WriteAcquisition(this));
    }

    /// <summary>write_unlock().</summary>
    public Step<WriteReleasing> WriteUnlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(_writerSide, OperationKind.Release, ready: true, where, line);
        return new(new WriteReleasing(this));
    }

    internal override void PowerOn()
    {
        _writer = null;
        _readers = 0;
        _readersReleased = Vector256<int>.Zero;
    }

    private void TakeShared()
    {
        Cpu cpu = Smp.Current;
        Waiters &= ~cpu.Bit;
        _readers |= cpu.Bit;
        Smp.Taken(_writerSide);
        NoteAcquired(cpu);
    }

    private void GiveShared()
    {
        Cpu cpu = Smp.Current;
        if ((_readers & cpu.Bit) == 0)
        {
            ReportNotHeld("read-unlocks");
            return;
        }

        NoteReleased(cpu);

        // A reader may have taken the lock twice.
        if (!IsHeldBy(cpu))
        {
            _readers &= ~cpu.Bit;
        }

        if (_readers == 0)
        {
            Smp.Freed(_writerSide);
        }

        Smp.ReleaseJoining(ref _readersReleased);
    }

    private void TakeExclusive()
    {
        Cpu cpu = Smp.Current;
        _writer = cpu;
        _writerSide.Waiters &= ~cpu.Bit;
        Smp.Taken(_writerSide);
        Smp.Taken(this);
        Smp.AcquireFrom(_readersReleased);
        NoteAcquired(cpu);
    }

    private void GiveExclusive()
    {
        Cpu cpu = Smp.Current;
        if (_writer != cpu)
        {
            ReportNotHeld("write-unlocks");
            return;
        }

        NoteReleased(cpu);
        _writer = null;
        Smp.Freed(this);
        Smp.Freed(_writerSide);
        Smp.ReleaseTo(ref Released);
    }

    /// <summary>The same lock, as those see it who want it for themselves: they wait for readers too.</summary>
    private sealed class WriterSide : SharedObject
    {
        private readonly RwSpinLock _lock;

        internal WriterSide(RwSpinLock rwLock)
            : base(rwLock.Smp, rwLock.Name) => _lock = rwLock;

        internal override string Subject => _lock.Subject;

        internal override int MeetsAt => _lock.Number;

        internal override uint Owners => _lock._readers | (_lock._writer?.Bit ?? 0);

        internal override bool IsFree => _lock._writer is null && _lock._readers == 0;

        internal override void PowerOn()
        {
        }
    }

    /// <summary>Takes the lock, beside other readers.</summary>
    public readonly struct ReadAcquisition : IOperation
    {
        private readonly RwSpinLock _lock;

        internal ReadAcquisition(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.TakeShared();
    }

    /// <summary>Gives the lock back.</summary>
    public readonly struct ReadReleasing : IOperation
    {
        private readonly RwSpinLock _lock;

        internal ReadReleasing(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.GiveShared();
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
    }

    /// <summary>Gives the lock back.</summary>
    public readonly struct WriteReleasing : IOperation
    {
        private readonly RwSpinLock _lock;

        internal WriteReleasing(RwSpinLock rwLock) => _lock = rwLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.GiveExclusive();
    }
}
