using System.Diagnostics;

namespace Variants.Properties.Verification;

/// <summary>
/// Where threads wait until all of them are there, again and again. They stay awake for a while: the kernel likes to put a thread
/// that it wakes on the core of the one that woke it, and both share that until it looks at the balance, milliseconds later. With
/// <see cref="Barrier"/>, two threads were often no faster than one.
/// </summary>
/// <param name="threads">How many.</param>
/// <param name="held">What is done while they all wait, by the one that came last; if it throws, nobody goes on.</param>
internal sealed class Meeting(int threads, Action held)
{
    /// <summary>About as long as a part's turn takes: by so much, mostly, the last one is late.</summary>
    private static readonly TimeSpan s_awake = TimeSpan.FromMilliseconds(2);

    /// <summary>How often whoever sleeps looks whether the others have been stopped.</summary>
    private static readonly TimeSpan s_asleep = TimeSpan.FromMilliseconds(50);

    private readonly object _door = new();
    private int _there;
    private int _number;

    /// <summary>Waits for all others.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> says that one of them will not come.</exception>
    internal void Wait(CancellationToken stop)
    {
        int number = Volatile.Read(ref _number);
        if (Interlocked.Increment(ref _there) == threads)
        {
            held();
            _there = 0;
            lock (_door)
            {
                Volatile.Write(ref _number, number + 1);
                Monitor.PulseAll(_door);
            }

            return;
        }

        long since = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _number) == number)
        {
            stop.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(since) < s_awake)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            else
            {
                Sleep(number);
            }
        }
    }

    private void Sleep(int number)
    {
        lock (_door)
        {
            if (_number == number)
            {
                Monitor.Wait(_door, s_asleep);
            }
        }
    }
}
