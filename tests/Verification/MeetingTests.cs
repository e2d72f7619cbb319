using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Tests.Verification;

/// <summary>Where threads that explore one program wait for each other.</summary>
public sealed class MeetingTests
{
    [Fact]
    public void Nobody_goes_on_before_all_are_there()
    {
        const int Meetings = 200;
        const int Threads = 3;
        var meeting = new Meeting(Threads, () => { });
        int[] reached = new int[Threads];
        int joined = -1;
        bool allWereThere = true;

        Workers.Run(
            Threads,
            stop =>
            {
                int own = Interlocked.Increment(ref joined);
                for (int held = 1; held <= Meetings; held++)
                {
                    Volatile.Write(ref reached[own], held);
                    meeting.Wait(stop);
                    allWereThere &= reached.All(other => other >= held);
                    meeting.Wait(stop);
                }
            },
            CancellationToken.None);

        Assert.True(allWereThere);
        Assert.Equal([Meetings, Meetings, Meetings], reached);
    }

    [Fact]
    public void What_is_done_there_is_done_once_while_all_wait()
    {
        const int Meetings = 200;
        const int Threads = 3;
        int came = 0;
        List<int> whoHadCome = [];
        var meeting = new Meeting(Threads, () => whoHadCome.Add(Volatile.Read(ref came)));

        Workers.Run(
            Threads,
            stop =>
            {
                for (int number = 0; number < Meetings; number++)
                {
                    Interlocked.Increment(ref came);
                    meeting.Wait(stop);
                }
            },
            CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, Meetings).Select(number => number * Threads), whoHadCome);
    }

    /// <summary>It comes while the other sleeps: both the late one and the one that waited go on.</summary>
    [Fact]
    public void Whoever_waits_for_long_is_woken()
    {
        var meeting = new Meeting(2, () => { });
        int joined = -1;

        Workers.Run(
            2,
            stop =>
            {
                if (Interlocked.Increment(ref joined) == 0)
                {
                    Thread.Sleep(100);
                }

                meeting.Wait(stop);
            },
            CancellationToken.None);

        Assert.Equal(1, joined);
    }

    [Fact]
    public void One_that_failed_is_not_waited_for_and_its_error_is_told()
    {
        var meeting = new Meeting(2, () => { });
        int joined = -1;

        var error = Assert.Throws<InvalidOperationException>(() => Workers.Run(
            2,
            stop =>
            {
                if (Interlocked.Increment(ref joined) == 0)
                {
                    throw new InvalidOperationException("it failed");
                }

                meeting.Wait(stop);
            },
            CancellationToken.None));

        Assert.Equal("it failed", error.Message);
    }
}
