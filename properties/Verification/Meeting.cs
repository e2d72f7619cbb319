using System.Diagnostics;

namespace Variants.Properties.Verification;

/// <summary>
/// Where threads wait until all of them are there, again and again. They stay awake for a while: the kernel likes to put a thread
/// that it wakes on the core of the one that woke it, and both share that until it looks at the balance, milliseconds later. With
/// <see cref="Barrier"/>, two threads were often no faster than one.
/// </summary>
/// <param name="threads">How many.</param>
internal sealed class Meeting(int threads)
{
    /// <summary>About as long as a part's turn takes: by so much, mostly, the last one is late.</summary>
    private static readonly TimeSpan s_awake = TimeSpan.FromMilliseconds(2);

    /// <summary>How often whoever sleeps looks whether the others have been stopped.</summary>
    private static readonly TimeSpan s_asleep = TimeSpan.FromMilliseconds(50);

    private readonly object _door = new();
    private int _there;
    private int _held;

    /// <summary>Waits for all others.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> says that one of them will not come.</exception>
    internal void Wait(CancellationToken stop)
    {
        int held = Volatile.Read(ref _held);
        if (Interlocked.Increment(ref _there) == threads)
        {
            _there = 0;
            lock (_door)
            {
                Volatile.Write(ref _held, held + 1);
                Monitor.PulseAll(_door);
            }

            return;
        }

        long since = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _held) == held)
        {
            stop.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(since) < s_awake)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            else
            {
                Sleep(held);
            }
        }
    }

    private void Sleep(int held)
    {
        lock (_door)
        {
            if (_held == held)
            {
                Monitor.Wait(_door, s_asleep);
            }
        }
    }
}
