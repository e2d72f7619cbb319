using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Variants.Properties.Campaigns;

/// <summary>
/// Threads of one piece of work. They are threads, not pool tasks, because a machine and its suspended frames belong
/// to the thread that built it.
/// </summary>
internal static class Workers
{
    /// <summary>
    /// Runs <paramref name="work"/> on so many threads at once and waits for all. If one throws, the token given to
    /// the others is cancelled, and what it threw is thrown here.
    /// </summary>
    internal static void Run(int jobs, Action<CancellationToken> work, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ExceptionDispatchInfo? error = null;
        var threads = new Thread[jobs];
        for (int job = 0; job < jobs; job++)
        {
            threads[job] = new Thread(() =>
            {
                try
                {
                    work(stop.Token);
                }
                catch (Exception thrown)
                {
                    Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(thrown), null);
                    stop.Cancel();
                }
            })
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"worker {job}"),
                IsBackground = true,
            };
            threads[job].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        error?.Throw();
    }
}
