using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

/// <summary>What is left of a thread whose code was ended because it did not come back.</summary>
public sealed class WatchdogTests
{
    /// <summary>Where one is blocked, the collector waits for ever for the thread's next loop: that a test cannot survive.</summary>
    [Fact]
    public void A_thread_that_was_bitten_has_no_signal_blocked()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string before = "";
        string after = "";
        Exception? bite = null;
        var thread = new Thread(() =>
        {
            before = Blocked();
            bool isOver = false;
            bite = Record.Exception(() => new Watchdog("mine").Run(() =>
            {
                while (!Volatile.Read(ref isOver))
                {
                }
            }));
            after = Blocked();
        });
        thread.Start();
        thread.Join();
        Assert.IsType<VariantException>(bite);
        Assert.StartsWith("mine: it did not come back within 3 s, and never awaited", bite.Message, StringComparison.Ordinal);
        Assert.Equal(("SigBlk:\t0000000000000000", "SigBlk:\t0000000000000000"), (before, after));
    }

    private static string Blocked() => File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("SigBlk", StringComparison.Ordinal));
}
