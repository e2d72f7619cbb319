using System.Runtime.Intrinsics;
using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// What locks for many readers or one writer share: who holds one, and what that orders. A writer is ordered after all
/// that the readers before it did; readers are not ordered among themselves.
/// </summary>
public abstract class RwLock : Lock
{
    private Vector256<int> _readersReleased;

    private protected RwLock(Smp smp, string name, LockClass lockClass)
        : base(smp, name, lockClass)
    {
        Exclusive = new WriterSide(this);
    }

    /// <summary>The same lock, as those see it who want it for themselves: they wait for readers too.</summary>
    private protected WriterSide Exclusive { get; }

    private protected LockOwner Writer { get; private set; }

    private protected uint Readers { get; private set; }

    /// <summary>How often it is held for reading, which is known for any number of CPUs.</summary>
    private int _readerCount;

    internal override void PowerOn()
    {
        Writer = default;
        Readers = 0;
        _readerCount = 0;
        _readersReleased = Vector256<int>.Zero;
    }

    /// <summary>A writer has begun to wait.</summary>
    private protected virtual void WriterWaits()
    {
    }

    private protected void TakeShared()
    {
        Cpu cpu = Smp.Current;
        Waiters &= ~cpu.Bit;
        Readers |= cpu.Bit;
        _readerCount++;
        Smp.Taken(Exclusive);
        NoteAcquired(cpu, shared: true);
    }

    /// <summary>The current CPU stops reading; <paramref name="verb"/> is what it does if it did not read.</summary>
    private protected void GiveShared(string verb)
    {
        Cpu cpu = Smp.Current;
        if ((Readers & cpu.Bit) == 0 && cpu.Bit != 0)
        {
            ReportNotHeld(verb);
            return;
        }

        NoteReleased(cpu);
        _readerCount--;

        // A reader may have taken the lock twice.
        if (!IsHeldBy(cpu))
        {
            Readers &= ~cpu.Bit;
        }

        if (_readerCount == 0)
        {
            Smp.Freed(Exclusive);
        }

        Smp.ReleaseJoining(ref _readersReleased);
    }

    private protected void TakeExclusive()
    {
        Cpu cpu = Smp.Current;
        Writer = LockOwner.Of(cpu);
        Exclusive.Waiters &= ~cpu.Bit;
        Smp.Taken(Exclusive);
        Smp.Taken(this);
        Smp.AcquireFrom(_readersReleased);
        NoteAcquired(cpu);
    }

    /// <summary>The current CPU stops writing; <paramref name="verb"/> is what it does if it did not write.</summary>
    private protected void GiveExclusive(string verb)
    {
        Cpu cpu = Smp.Current;
        if (!Writer.Is(cpu))
        {
            ReportNotHeld(verb);
            return;
        }

        NoteReleased(cpu);
        Writer = default;
        Smp.Freed(Exclusive);
        if (IsFree)
        {
            Smp.Freed(this);
        }

        Smp.ReleaseTo(ref Released);
    }

    /// <summary>The current CPU stops writing and goes on reading, in one moment: no writer comes between.</summary>
    private protected void Downgrade()
    {
        Cpu cpu = Smp.Current;
        if (!Writer.Is(cpu))
        {
            ReportNotHeld("downgrades");
            return;
        }

        NoteReleased(cpu);
        Writer = default;
        Readers |= cpu.Bit;
        _readerCount++;
        NoteAcquired(cpu, shared: true);
        if (IsFree)
        {
            Smp.Freed(this);
        }

        Smp.ReleaseTo(ref Released);
    }

    /// <summary>See <see cref="Exclusive"/>.</summary>
    private protected sealed class WriterSide : SharedObject
    {
        private readonly RwLock _lock;

        internal WriterSide(RwLock rwLock)
            : base(rwLock.Smp, rwLock.Name)
        {
            _lock = rwLock;
            MeetsAt = rwLock.Number;
        }

        internal override string Subject => _lock.Subject;

        internal override uint Owners => _lock.Readers | _lock.Writer.Bit(Smp);

        internal override bool IsFree => _lock.Writer.IsNobody && _lock._readerCount == 0;

        internal override void Enqueue(Cpu cpu)
        {
            base.Enqueue(cpu);
            _lock.WriterWaits();
        }

        /// <summary>To a writer that slept without the big kernel lock.</summary>
        internal override void Grant(Cpu cpu) => _lock.TakeExclusive();

        internal override void PowerOn()
        {
        }
    }
}
