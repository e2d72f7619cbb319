using System.Runtime.CompilerServices;

namespace Variants.Harness.Native;

/// <summary>
/// A fair lock of many threads that read or one that writes, after Mellor-Crummey and Scott (PPoPP'91), with tickets:
/// everybody draws one, and comes in when all writers before have left, and a writer when all readers before have, too.
/// So whoever comes to read while a writer waits, waits behind it.
/// </summary>
internal struct FairTickets
{
    /// <summary>Tickets drawn.</summary>
    private int _drawn;

    /// <summary>The ticket that may read: all before it read already, or have left.</summary>
    private int _mayRead;

    /// <summary>The ticket that may write: all before it have left.</summary>
    private int _mayWrite;

    private int _sleepers;

    internal readonly bool IsTaken => Entrants != 0;

    /// <summary>How many are in or wait.</summary>
    internal readonly int Entrants => Volatile.Read(in _drawn) - Volatile.Read(in _mayWrite);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnterShared(Lock owner)
    {
        int ticket = Interlocked.Increment(ref _drawn) - 1;
        if (Volatile.Read(ref _mayRead) != ticket)
        {
            WaitFor(ref _mayRead, ticket, owner);
        }

        // The next may read beside this one. Nobody else can be at this place.
        Volatile.Write(ref _mayRead, ticket + 1);
        WakeWhoeverHas(ticket + 1, owner);
    }

    /// <summary>False if a writer is in or waits, or somebody is just coming in.</summary>
    internal bool TryEnterShared(Lock owner)
    {
        int ticket = Volatile.Read(ref _mayRead);
        if (Interlocked.CompareExchange(ref _drawn, ticket + 1, ticket) != ticket)
        {
            return false;
        }

        Volatile.Write(ref _mayRead, ticket + 1);
        WakeWhoeverHas(ticket + 1, owner);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LeaveShared(Lock owner) => WakeWhoeverHas(Interlocked.Increment(ref _mayWrite), owner);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Lock owner)
    {
        int ticket = Interlocked.Increment(ref _drawn) - 1;
        if (Volatile.Read(ref _mayWrite) != ticket)
        {
            WaitFor(ref _mayWrite, ticket, owner);
        }
    }

    internal void Leave(Lock owner)
    {
        // In this order: the next writer, whom the second lets in, must find the first done. The next reader may even leave
        // between the two, as both then count one more.
        Volatile.Write(ref _mayRead, _mayRead + 1);
        WakeWhoeverHas(Interlocked.Increment(ref _mayWrite), owner);
    }

    /// <summary>The thread with this ticket may come in, if it sleeps: to read or to write, and it looks which.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void WakeWhoeverHas(int ticket, Lock owner)
    {
        if (Volatile.Read(in _sleepers) != 0)
        {
            owner.Smp.Native!.Sleepers.Wake(owner, ticket);
        }
    }

    /// <summary>Whoever writes reads from here, and leaves as one who reads: the next may read beside it.</summary>
    internal void BecomeShared() => Volatile.Write(ref _mayRead, _mayRead + 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitFor(ref int place, int ticket, Lock owner)
    {
        using var sleep = new WithoutKernelLock(owner.Smp);
        using var wait = new TimedWait(owner);
        for (var patience = new Patience(owner.Smp); Volatile.Read(ref place) != ticket;)
        {
            if (patience.IsOver)
            {
                owner.Smp.Native!.Sleepers.SleepUntil(owner, ref place, ticket, ref _sleepers, isExclusive: false);
            }
            else
            {
                patience.Wait();
            }
        }
    }
}
