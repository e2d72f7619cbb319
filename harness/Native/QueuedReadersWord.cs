using System.Runtime.CompilerServices;

namespace Variants.Harness.Native;

/// <summary>
/// struct rw_semaphore, as kernel/locking/rwsem.c has it: a count of readers with a bit for the writer and one that says that
/// somebody is in the queue. To read is one atomic addition, and so is to leave; to write is one compare-and-exchange. Whoever
/// comes while somebody is in the queue goes to its end.
/// </summary>
/// <remarks>
/// Fair as the rw semaphore was until Linux 3.9: whoever leaves hands the lock to the writer at the head of the queue, or to all
/// readers there, and nobody overtakes. What later kernels let a writer steal is not here, nor in the other clocks.
/// </remarks>
internal struct QueuedReadersWord
{
    private const int Writing = 1;

    /// <summary>RWSEM_FLAG_WAITERS: set and cleared under the lock of the queue, with the first in it and the last.</summary>
    private const int Queued = 2;

    /// <summary>RWSEM_READER_BIAS.</summary>
    private const int Reader = 1 << 8;

    private int _count;
    private LockWord _waitLock;
    private QueuedThread? _first;
    private QueuedThread? _last;

    internal readonly bool IsTaken => (Volatile.Read(in _count) & ~Queued) != 0;

    internal readonly bool IsWritten => (Volatile.Read(in _count) & Writing) != 0;

    /// <summary>down_read().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnterShared(Lock owner)
    {
        if ((Interlocked.Add(ref _count, Reader) & (Writing | Queued)) != 0)
        {
            WaitToRead(owner);
        }
    }

    /// <summary>down_read_trylock(): false if a writer is in or somebody waits.</summary>
    internal bool TryEnterShared()
    {
        int count = Volatile.Read(ref _count);
        while ((count & (Writing | Queued)) == 0)
        {
            int found = Interlocked.CompareExchange(ref _count, count + Reader, count);
            if (found == count)
            {
                return true;
            }

            count = found;
        }

        return false;
    }

    /// <summary>up_read().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LeaveShared(Lock owner)
    {
        if (Interlocked.Add(ref _count, -Reader) == Queued)
        {
            LetNextIn(owner);
        }
    }

    /// <summary>down_write().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Lock owner)
    {
        if (Interlocked.CompareExchange(ref _count, Writing, 0) != 0)
        {
            WaitToWrite(owner);
        }
    }

    /// <summary>up_write().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(Lock owner)
    {
        if ((Interlocked.Add(ref _count, -Writing) & Queued) != 0)
        {
            LetNextIn(owner);
        }
    }

    /// <summary>downgrade_write(): readers at the head of the queue come in beside it.</summary>
    internal void BecomeShared(Lock owner)
    {
        if ((Interlocked.Add(ref _count, Reader - Writing) & Queued) != 0)
        {
            LetNextIn(owner);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitToRead(Lock owner)
    {
        _waitLock.Enter(owner.Smp);
        if (_first is null && !IsWritten)
        {
            // The writer has left meanwhile, and this reader is counted already.
            _waitLock.Leave();
            return;
        }

        // Until now it was counted as if it were in: who left meanwhile may have left letting in the next to it.
        Wait(owner, isWriter: false, counted: Reader);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitToWrite(Lock owner)
    {
        _waitLock.Enter(owner.Smp);
        Wait(owner, isWriter: true, counted: 0);
    }

    /// <summary>Goes to the end of the queue, of which it holds the lock, and waits there.</summary>
    private void Wait(Lock owner, bool isWriter, int counted)
    {
        NativeClock clock = owner.Smp.Native!;
        QueuedThread mine = clock.Sleepers.Mine;
        mine.Begin(isWriter);
        int flag = _first is null ? Queued : 0;
        _last = _first is null ? _first = mine : _last!.Next = mine;
        Interlocked.Add(ref _count, flag - counted);

        // Whoever was in may have left before it could see that somebody waits.
        QueuedThread? letIn = TakeNext();
        _waitLock.Leave();
        WakeAll(letIn);
        using var sleep = new WithoutKernelLock(owner.Smp);
        using var wait = new TimedWait(owner);
        mine.Wait(clock, new Patience(owner.Smp));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LetNextIn(Lock owner)
    {
        _waitLock.Enter(owner.Smp);
        QueuedThread? letIn = TakeNext();
        _waitLock.Leave();
        WakeAll(letIn);
    }

    /// <summary>
    /// rwsem_mark_wake(): hands the lock, if it is free for them, to the writer at the head of the queue, or to all readers there,
    /// and takes them off it. The caller holds its lock, and wakes them when it does not.
    /// </summary>
    private QueuedThread? TakeNext()
    {
        QueuedThread? first = _first;
        if (first is null)
        {
            return null;
        }

        QueuedThread last = first;
        if (first.IsWriter)
        {
            // A reader that is only about to queue counts, and stands in the way; it comes here when it has queued.
            int left = first.Next is null ? 0 : Queued;
            if (Interlocked.CompareExchange(ref _count, Writing | left, Queued) != Queued)
            {
                return null;
            }
        }
        else
        {
            if (IsWritten)
            {
                return null;
            }

            int readers = Reader;
            for (; last.Next is { IsWriter: false } next; last = next)
            {
                readers += Reader;
            }

            Interlocked.Add(ref _count, last.Next is null ? readers - Queued : readers);
        }

        _first = last.Next;
        last.Next = null;
        return first;
    }

    private static void WakeAll(QueuedThread? letIn)
    {
        while (letIn is not null)
        {
            // Once woken, it may queue elsewhere.
            QueuedThread? next = letIn.Next;
            letIn.Wake();
            letIn = next;
        }
    }
}
