using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// struct rw_semaphore, as mmap_sem since 2.4.3: sleeping readers or one sleeping writer, fair to writers: whoever
/// comes to read while a writer waits, waits behind it. So reading twice in one thread can deadlock.
/// </summary>
/// <remarks>Its users do not hold the big kernel lock, and it does not drop it.</remarks>
public sealed class RwSemaphore : RwLock
{
    private QueuedReadersWord _native;

    /// <summary>A free semaphore.</summary>
    public RwSemaphore(Smp smp, string name, string? lockClass = null)
        : base(smp, name, smp.LockDep.Class(lockClass ?? name, spinning: false))
    {
        Nested = smp.LockDep.Class($"{lockClass ?? name}/1", spinning: false);
    }

    /// <summary>True while it is held for writing.</summary>
    public bool IsWriteLocked
    {
        get
        {
            Smp.Looked(this);
            return !Writer.IsNobody || _native.IsWritten;
        }
    }

    /// <summary>The class of a second lock of the kind, taken while the first is held: SINGLE_DEPTH_NESTING.</summary>
    internal LockClass Nested { get; }

    internal override bool IsTakenNatively => _native.IsTaken;

    /// <summary>A reader waits for the writer, and for the writers that wait before it.</summary>
    internal override uint Owners => Writer.IsNobody ? Exclusive.Waiters : Writer.Bit(Smp);

    internal override bool SpinsOnOwner => true;

    internal override bool IsFree => Writer.IsNobody && Exclusive.Waiters == 0;

    /// <summary>To a reader that slept without the big kernel lock.</summary>
    internal override void Grant(Cpu cpu) => TakeShared();

    private static bool WasGranted(Cpu cpu)
    {
        bool granted = cpu.Granted;
        cpu.Granted = false;
        return granted;
    }

    /// <summary>init_rwsem(), for an object that nobody else sees yet.</summary>
    public void Init() => PowerOn();

    /// <summary>down_read().</summary>
    public Step<ReadAcquisition> DownRead([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.MightSleep("down_read");
        if (Smp.Current.KernelLockDepth == 0)
        {
            Smp.AnnounceWaiting(this, OperationKind.AcquireShared, IsFree, where, line);
        }
        else
        {
            Smp.AnnounceAttempt(this, OperationKind.AcquireShared, where, line);
        }

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
        Smp.AnnounceAttempt(Exclusive, OperationKind.Acquire, where, line);
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
        Smp.AnnounceAttempt(Exclusive, OperationKind.Acquire, where, line);
        CheckOrder(shared: true);
        return new(new WriteAcquisition(this));
    }

    /// <summary>up_write().</summary>
    public Step<WriteReleasing> UpWrite([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(Exclusive, OperationKind.Release, ready: true, where, line);
        return new(new WriteReleasing(this));
    }

    /// <summary>downgrade_write(): from here it is held for reading, and no writer has come between.</summary>
    public Step<Downgrading> DowngradeWrite([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(Exclusive, OperationKind.Release, ready: true, where, line);
        return new(new Downgrading(this));
    }

    internal override void PowerOn()
    {
        base.PowerOn();
        _native = default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeSharedNatively() => _native.EnterShared(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeSharedNatively() => _native.TryEnterShared();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveSharedNatively() => _native.LeaveShared(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeExclusiveNatively() => _native.Enter(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveExclusiveNatively() => _native.Leave(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DowngradeNatively() => _native.BecomeShared(this);

    /// <summary>
    /// Whoever has yet to read waits behind this writer. A reader that queued first would be let in first by the kernel;
    /// that execution is the one in which this writer came later.
    /// </summary>
    private protected override void WriterWaits() => Smp.Taken(this);

    /// <summary>Takes the semaphore beside other readers.</summary>
    public readonly struct ReadAcquisition : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal ReadAcquisition(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform()
        {
            if (!WasGranted(_semaphore.Smp.Current))
            {
                _semaphore.TakeShared();
            }
        }

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.TakeSharedNatively();
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

        /// <inheritdoc/>
        public bool PerformNatively() => _semaphore.TryTakeSharedNatively();
    }

    /// <summary>Gives the semaphore back.</summary>
    public readonly struct ReadReleasing : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal ReadReleasing(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.GiveShared("read-ups");

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.GiveSharedNatively();
    }

    /// <summary>Takes the semaphore alone.</summary>
    public readonly struct WriteAcquisition : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal WriteAcquisition(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform()
        {
            if (!WasGranted(_semaphore.Smp.Current))
            {
                _semaphore.TakeExclusive();
            }
        }

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.TakeExclusiveNatively();
    }

    /// <summary>Lets others read beside the writer, who writes no more.</summary>
    public readonly struct Downgrading : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal Downgrading(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.Downgrade();

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.DowngradeNatively();
    }

    /// <summary>Gives the semaphore back.</summary>
    public readonly struct WriteReleasing : IOperation
    {
        private readonly RwSemaphore _semaphore;

        internal WriteReleasing(RwSemaphore semaphore) => _semaphore = semaphore;

        /// <inheritdoc/>
        public Smp Smp => _semaphore.Smp;

        /// <inheritdoc/>
        public void Perform() => _semaphore.GiveExclusive("write-ups");

        /// <inheritdoc/>
        public void PerformNatively() => _semaphore.GiveExclusiveNatively();
    }
}
