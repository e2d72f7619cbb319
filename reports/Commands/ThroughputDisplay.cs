using Spectre.Console;
using Variants.Reports.Diagrams;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary>Shows how far a measurement is, as <see cref="ProgressDisplay"/> does of a campaign.</summary>
internal static class ThroughputDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures, and shows it on <paramref name="writer"/>.</summary>
    public static ThroughputResult Follow(TextWriter writer, ThroughputRun run, ThroughputPlan plan, CancellationToken cancel)
    {
        var progress = new ThroughputProgress();
        Task<ThroughputResult> measuring = Task.Factory.StartNew(
            () => run.Measure(plan, progress, cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (ProgressDisplay.IsTerminal(writer))
            Bar(writer, progress, measuring);
        else
            Lines(writer, progress, measuring);
        return measuring.GetAwaiter().GetResult();
    }

    private static void Lines(TextWriter writer, ThroughputProgress progress, Task measuring)
    {
        var pace = new Pace(writer);
        while (!((IAsyncResult)measuring).AsyncWaitHandle.WaitOne(s_interval))
        {
            (int done, int total) = progress.Runs;
            pace.Tell(total == 0 ? 0 : done / (double)total, () => $"throughput: {done} of {Wording.Count(total, "run")}");
        }
    }

    private static void Bar(TextWriter writer, ThroughputProgress progress, Task measuring)
    {
        ProgressDisplay.BarsOn(ProgressDisplay.ConsoleOn(writer))
            .Start(context =>
            {
                ProgressTask bar = context.AddTask("throughput");
                while (!((IAsyncResult)measuring).AsyncWaitHandle.WaitOne(s_interval))
                {
                    (int done, int total) = progress.Runs;
                    bar.MaxValue = Math.Max(1, total);
                    bar.Value = done;
                }
            });
    }
}
