namespace Variants.Harness.Native;

/// <summary>What it costs on this machine to be woken, from the call to running. Measured once, before anybody depends on it.</summary>
/// <remarks>
/// Much of it is the host's: a core with nothing to do halts, and a virtual one is a while in starting again. To a kernel it is a
/// few of its page faults; to threads that fault without a trap, and clear no page, it is fifty.
/// </remarks>
internal static class WakeUp
{
    private const int Samples = 15;
    private const int MomentMs = 1;

    private static readonly Lazy<long> s_median = new(Median);

    /// <summary>The median, in nanoseconds.</summary>
    internal static long Nanoseconds => s_median.Value;

    /// <summary>Takes some 20 milliseconds, the first time: for when nobody else does anything.</summary>
    internal static void Measure() => _ = s_median.Value;

    private static long Median()
    {
        object gate = new();
        long wokenAt = 0;
        bool sleeps = false;
        long[] took = new long[Samples];
        var sleeper = new Thread(() =>
        {
            lock (gate)
            {
                for (int sample = 0; sample < Samples; sample++)
                {
                    sleeps = true;
                    while (sleeps)
                    {
                        Monitor.Wait(gate);
                    }

                    took[sample] = NativeClock.Now - wokenAt;
                }
            }
        })
        { IsBackground = true };
        sleeper.Start();
        for (int sample = 0; sample < Samples;)
        {
            // Until it sleeps and its core has seen that there is nothing to do.
            NativeClock.Pass(MomentMs);
            lock (gate)
            {
                if (sleeps)
                {
                    sleeps = false;
                    wokenAt = NativeClock.Now;
                    Monitor.Pulse(gate);
                    sample++;
                }
            }
        }

        sleeper.Join();
        Array.Sort(took);
        return took[Samples / 2];
    }
}
