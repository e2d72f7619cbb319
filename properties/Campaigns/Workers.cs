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
    /// Runs <paramref name="work"/> on so many threads at once, of which the caller's is always one, and waits for all. If one
    /// throws, the token given to the others is cancelled, and what it threw is thrown here.
    /// </summary>
    internal static void Run(int jobs, Action<CancellationToken> work, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ExceptionDispatchInfo? error = null;
        var others = new Thread[Math.Max(0, jobs - 1)];
        for (int job = 0; job < others.Length; job++)
        {
            others[job] = new Thread(Work)
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"worker {job + 1}"),
                IsBackground = true,
            };
            others[job].Start();
        }

        Work();
        foreach (Thread thread in others)
        {
            thread.Join();
        }

        error?.Throw();

        void Work()
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
        }
    }
}
