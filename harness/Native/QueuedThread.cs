namespace Variants.Harness.Native;

/// <summary>
/// A thread in the queue of a lock: struct rwsem_waiter. It spins for a little on a line of its own, as it may be let in at once,
/// and then sleeps. Every CPU has one, made before anybody runs, as it can wait only once.
/// </summary>
internal sealed class QueuedThread : OwnLines
{
    private const int Waiting = 0;
    private const int Sleeping = 1;
    private const int LetIn = 2;

    private int _state;

    /// <summary>Who came next; guarded by the lock of the queue.</summary>
    internal QueuedThread? Next { get; set; }

    /// <summary>It wants the lock alone.</summary>
    internal bool IsWriter { get; private set; }

    internal bool IsAsleep => Volatile.Read(ref _state) == Sleeping;

    /// <summary>Its own thread is about to queue.</summary>
    internal void Begin(bool isWriter)
    {
        Next = null;
        IsWriter = isWriter;
        _state = Waiting;
    }

    /// <summary>Its own thread waits until it is let in.</summary>
    internal void Wait(NativeClock clock, Patience patience)
    {
        while (Volatile.Read(ref _state) != LetIn)
        {
            if (patience.IsOver)
            {
                Sleep(clock);
            }
            else
            {
                patience.Wait();
            }
        }
    }

    /// <summary>By the thread that has taken it off the queue. From here on it is its own thread's again.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref _state, LetIn) == Sleeping)
        {
            lock (this)
            {
                Monitor.Pulse(this);
            }
        }
    }

    private void Sleep(NativeClock clock)
    {
        lock (this)
        {
            // Whoever lets it in from here on takes the monitor to say so.
            Interlocked.CompareExchange(ref _state, Sleeping, Waiting);
            while (Volatile.Read(ref _state) != LetIn)
            {
                clock.StopIfFailed();
                Monitor.Wait(this, ParkingLot.MomentMs);
            }
        }
    }
}
