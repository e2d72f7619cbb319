using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// struct rw_semaphore, as mmap_sem since 2.4.3: sleeping readers or one sleeping writer, fair to writers: whoever
/// comes to read while a writer waits, waits behind it. So reading twice in one thread can deadlock.
/// </summary>
/// <remarks>Its users do not hold the big kernel lock, and it does not drop it.</remarks>
public sealed class RwSemaphore : Lock
{
    private readonly WriterSide _writerSide;
    private Cpu? _writer;
    private uint _readers;
    private Vector256<int> _readersReleased;

    /// <summary>A free semaphore.</summary>
    public RwSemaphore(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: false))
    {
        _writerSide = new WriterSide(this);
        Nested = smp.LockDep.Class($"{lockClass ?? name}/1", spinning: false);
    }

    /// <summary>True while it is held for writing.</summary>
    public bool IsWriteLocked
    {
        get
        {
            Smp.Looked(this);
            return _writer is not null;
        }
    }

    /// <summary>The class of a second lock of the kind, taken while the first is held: SINGLE_DEPTH_NESTING.</summary>
    internal LockClass Nested { get; }

    /// <summary>A reader waits for the writer, and for the writers that wait before it.</summary>
    internal override uint Owners => _writer?.Bit ?? _writerSide.Waiters;

    internal override bool IsFree => _writer is null && _writerSide.Waiters == 0;

    /// <summary>init_rwsem(), for an object that nobody else sees yet.</summary>
    public void Init()
    {
        _writer = null;
        _readers = 0;
        _readersReleased = Vector256<int>.Zero;
    }

    /// <summary>down_read().</summary>
    public Step<ReadAcquisition> DownRead([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.MightSleep("down_read");
        Waiters |= Smp.Current.Bit;
        Smp.Announce(this, OperationKind.AcquireShared, IsFree, where, line);
        CheckOrder();
        return new(new ReadAcquisition(this));
    }

    /// <summary>down_read_trylock(): true if no writer holds it or waits; it is then held for reading.</summary>
    public Step<ReadAttempt, bool> TryDownRead([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.TryAcquire, ready: true, where, line);
        return new(new ReadAttempt(this));
    }

    /// <summary>up_read().</summary>
    public Step<ReadReleasing> UpRead([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new ReadReleasing(this));
    }

    /// <summary>down_write().</summary>
    public Step<WriteAcquisition> DownWrite([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.MightSleep("down_write");

        // A choice for the attempt, before it may queue: a writer that is only about to come holds nobody up.
        Smp.Announce(_writerSide, OperationKind.Acquire, ready: true, where, line);
        Smp.Current.Stage = WaitStage.Attempt;
        CheckOrder();
        return new(new WriteAcquisition(this));
    }

    /// <summary>
    /// down_write_nested(): a second lock of its class, taken where the caller gives the order of the two, such as
    /// parent before child.
    /// </summary>
    public Step<WriteAcquisition> DownWriteNested([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.MightSleep("down_write");
        Smp.Announce(_writerSide, OperationKind.Acquire, ready: true, where, line);
        Smp.Current.Stage = WaitStage.Attempt;
        CheckOrder(shared: true);
        return new(new WriteAcquisition(this));
    }

    /// <summary>up_write().</summary>
    public Step<WriteReleasing> UpWrite([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(_writerSide, OperationKind.Release, ready: true, where, line);
        return new(new WriteReleasing(this));
    }

    internal override void PowerOn() => Init();

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
            ReportNotHeld("read-ups");
            return;
        }

        NoteReleased(cpu);
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
            ReportNotHeld("write-ups");
            return;
        }

        NoteReleased(cpu);
        _writer = null;
        Smp.Freed(_writerSide);
        if (_writerSide.Waiters == 0)
        {
            Smp.Freed(this);
        }

        Smp.ReleaseTo(ref Released);
    }

    private sealed class WriterSide : SharedObject
    {
        private readonly RwSemaphore _semaphore;

        internal WriterSide(RwSemaphore semaphore)
            : base(semaphore.Smp, semaphore.Name) => _semaphore = semaphore;

        internal override string Subject => _semaphore.Subject;

        internal override int MeetsAt => _semaphore.Number;

        internal override uint Owners => _semaphore._readers | (_semaphore._writer?.Bit ?? 0);

        internal override bool IsFree => _semaphore._writer is null && _semaphore._readers == 0;

        internal override void Enqueue(Cpu cpu)
        {
            base.Enqueue(cpu);

            // Whoever has yet to read waits behind this writer. A reader that queued first would be let in first by
            // the kernel; that execution is the one in which this writer came later.
            Smp.Taken(_semaphore);
        }

        internal override void PowerOn()
        {
        }
    }

    /// <summary>Takes the semaphore beside other readers.</summary>
    public readonly struct ReadAcquisition : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal ReadAcquisition(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.TakeShared();
    }

    /// <summary>Takes the semaphore beside other readers, unless a writer holds it.</summary>
    public readonly struct ReadAttempt : IOperation<bool>
    {
        private readonly RwSemaphore _semaphore;

        internal ReadAttempt(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <summary>True if the semaphore is now held for reading.</summary>
        public bool Perform()
        {
            if (!_semaphore.IsFree)
            {
                return false;
            }

            _semaphore.TakeShared();
            return true;
        }
    }

    /// <summary>Gives the semaphore back.</summary>
    public readonly struct ReadReleasing : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal ReadReleasing(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.GiveShared();
    }

    /// <summary>Takes the semaphore alone.</summary>
    public readonly struct WriteAcquisition : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal WriteAcquisition(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.TakeExclusive();
    }

    /// <summary>Gives the semaphore back.</summary>
    public readonly struct WriteReleasing : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal WriteReleasing(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.GiveExclusive();
    }
}
