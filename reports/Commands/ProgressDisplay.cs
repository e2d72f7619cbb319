using System.Collections.Immutable;
using System.Diagnostics;
using Spectre.Console;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Commands;

/// <summary>
/// Shows how far a campaign is: bars with rates on a terminal, plain lines anywhere else. Progress goes to the error
/// stream, so that what is printed can be piped into a mail.
/// </summary>
internal static class ProgressDisplay
{
    private const int Wide = 80;
    private const int Narrow = 60;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the campaign and shows it on <paramref name="writer"/>.</summary>
    public static CampaignResult Follow(
        TextWriter writer, IReadOnlyList<Contender> contenders, CampaignOptions options, CancellationToken cancel)
    {
        var progress = new CampaignProgress { OnKnown = recurrences => Tell(writer, News(contenders, recurrences)) };
        Task<CampaignResult> campaign = Task.Factory.StartNew(
            () => Campaign.Run(contenders, options, progress, cancel),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (IsTerminal(writer))
            Bars(writer, progress, campaign, options);
        else
            Lines(writer, progress, campaign, options);
        return campaign.GetAwaiter().GetResult();
    }

    /// <summary>False where nobody looks, and where lines are all that can be shown.</summary>
    internal static bool IsTerminal(TextWriter writer) => ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Of what failed again, what the catalogue does not say.</summary>
    private static IEnumerable<Recurrence> News(IReadOnlyList<Contender> contenders, ImmutableArray<Recurrence> recurrences)
    {
        var variants = contenders.ToDictionary(contender => contender.Variant.Name, contender => contender.Variant);
        return recurrences.Where(one => variants[one.Variant].ExpectedOf(one.Property) != Expectation.Fails);
    }

    /// <summary>What breaks as others are known to is told at once: a line for each promise of a variant.</summary>
    private static void Tell(TextWriter writer, IEnumerable<Recurrence> recurrences)
    {
        foreach (IGrouping<(string Variant, string Property), Recurrence> broken in recurrences.GroupBy(one => (one.Variant, one.Property)))
            writer.Write($"{broken.Key.Variant}: breaks {broken.Key.Property}, as is known: {Wording.Few([.. broken.Select(one => one.Case.Name)])}\n");
    }

    private static void Lines(TextWriter writer, CampaignProgress progress, Task campaign, CampaignOptions options)
    {
        var lines = new PlainProgress(writer);
        Pace? remembering = null;
        Pace? exploring = null;
        Pace? shrinking = null;
        Pace? proving = null;
        while (!((IAsyncResult)campaign).AsyncWaitHandle.WaitOne(s_interval))
        {
            lines.Show(progress.Variants, progress.Shrinking);
            if (progress.Proving is (var proved, > 0 and var toProve))
                (proving ??= new Pace(writer)).Tell(proved / (double)toProve, () => Proving(progress, proving!.Elapsed));
            else if (progress.Shrinking is (var done, > 0 and var total))
                (shrinking ??= new Pace(writer)).Tell(done / (double)total, () => $"shrinking: {done} of {total}{Smallest(progress)}");
            else if (progress.Remembering is (var tried, var toTry) && tried < toTry)
                (remembering ??= new Pace(writer)).Tell(tried / (double)toTry, () => $"known counterexamples: tried on {tried} of {Wording.Count(toTry, "design")}");
            else
                (exploring ??= new Pace(writer)).Tell(Share(progress.Variants, options, exploring.Elapsed), () => Rate(progress.Variants, exploring.Elapsed));
        }

        if (campaign.IsCompletedSuccessfully)
            lines.Finish(progress.Variants, progress.Shrinking);
    }

    /// <summary>How much of all variants has been run.</summary>
    private static double Share(ImmutableArray<VariantProgress> variants, CampaignOptions options, TimeSpan elapsed) => variants.IsEmpty
        ? 0
        : options.BudgetPerVariant is { } budget
        ? elapsed / (budget * variants.Length)
        : variants.Average(variant => Math.Min(1, Math.Max(variant.Histories / (double)options.Histories, variant.Steps / (double)options.StepsPerVariant)));

    private static string Rate(ImmutableArray<VariantProgress> variants, TimeSpan elapsed)
    {
        long executions = variants.Sum(variant => variant.Executions);
        return $"{Wording.Count(executions, "execution")}, {PerSecond(executions, elapsed)}, {Wording.Count(variants.Sum(variant => variant.Failures), "failure")}";
    }

    private static string Proving(CampaignProgress progress, TimeSpan elapsed) =>
        $"small histories: {Wording.Count(progress.ProvingExecutions, "execution")}, {PerSecond(progress.ProvingExecutions, elapsed)}";

    /// <summary><c>12,345/s</c>: not of the first moment, which says nothing.</summary>
    private static string PerSecond(long executions, TimeSpan elapsed) =>
        $"{Wording.Number((long)(executions / Math.Max(elapsed.TotalSeconds, 0.2)))}/s";

    private static string Smallest(CampaignProgress progress) => progress.Smallest is var (operations, preemptions)
        ? $", the smallest has {Wording.Count(operations, "operation")} and {Wording.Count(preemptions, "preemption")}"
        : "";

    /// <summary>The terminal behind a writer.</summary>
    internal static IAnsiConsole ConsoleOn(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    /// <summary>Bars with what there is room for beside them: a bar takes 40 columns, the time left 9.</summary>
    public static Progress BarsOn(IAnsiConsole console)
    {
        var description = new TaskDescriptionColumn { Alignment = Justify.Left };
        var percentage = new PercentageColumn();
        int width = console.Profile.Width;
        return console.Progress().AutoClear(true).HideCompleted(false).Columns(
            width >= Wide
                ? [description, new ProgressBarColumn(), percentage, new RemainingTimeColumn()]
                : width >= Narrow ? [description, percentage, new RemainingTimeColumn()] : [description, percentage]);
    }

    /// <summary>What a line says, shorter and if need be cut off where there is no room: a second line would be none of its own.</summary>
    private static string Described(string whole, string brief, IAnsiConsole console)
    {
        const int Percentage = 6;
        int room = console.Profile.Width - Percentage;
        string said = console.Profile.Width < Narrow ? brief : whole;
        return Markup.Escape(said.Length <= room ? said : $"{said[..Math.Max(0, room - 1)]}…");
    }

    private static void Bars(TextWriter writer, CampaignProgress progress, Task campaign, CampaignOptions options)
    {
        IAnsiConsole console = ConsoleOn(writer);
        BarsOn(console)
            .Start(context =>
            {
                Dictionary<string, (ProgressTask Bar, long StartedAt)> bars = [];
                ProgressTask? remembering = null;
                ProgressTask? shrinking = null;
                ProgressTask? proving = null;
                while (!((IAsyncResult)campaign).AsyncWaitHandle.WaitOne(s_interval))
                {
                    if (progress.Remembering is (var tried, > 0 and var toTry))
                    {
                        remembering ??= context.AddTask("known counterexamples", maxValue: toTry);
                        remembering.Value = tried;
                    }

                    foreach (VariantProgress variant in progress.Variants.Where(variant => variant.Executions > 0))
                    {
                        if (!bars.TryGetValue(variant.Variant, out (ProgressTask Bar, long StartedAt) shown))
                        {
                            shown = (context.AddTask(Markup.Escape(variant.Variant), maxValue: 1), Stopwatch.GetTimestamp());
                            bars[variant.Variant] = shown;
                        }

                        TimeSpan elapsed = Stopwatch.GetElapsedTime(shown.StartedAt);
                        double share = options.BudgetPerVariant is { } budget
                            ? elapsed / budget
                            : Math.Max(variant.Histories / (double)options.Histories, variant.Steps / (double)options.StepsPerVariant);
                        if (!shown.Bar.IsFinished)
                        {
                            string rate = PerSecond(variant.Executions, elapsed);
                            string failures = Wording.Count(variant.Failures, "failure");
                            shown.Bar.Description = Described($"{variant.Variant}  {rate}  {failures}", $"{variant.Variant}  {failures}", console);
                            shown.Bar.Value = Math.Min(1, share);
                        }
                    }

                    if (progress.Shrinking is (var done, > 0 and var total))
                    {
                        shrinking ??= context.AddTask("shrinking", maxValue: total);
                        shrinking.Description = Described($"shrinking{Smallest(progress)}", "shrinking", console);
                        shrinking.Value = done;
                    }

                    if (progress.Proving is (var proved, > 0 and var toProve))
                    {
                        proving ??= context.AddTask("all small histories", maxValue: toProve);
                        proving.Value = proved;
                    }
                }
            });
    }
}

/// <summary>One line when a variant begins and one when it ends.</summary>
internal sealed class PlainProgress(TextWriter writer)
{
    private int _begun;
    private int _ended;
    private bool _shrinking;

    /// <summary>Tells what is new. Variants run one after another, the last histories of one beside the first of the next.</summary>
    public void Show(ImmutableArray<VariantProgress> variants, (int Done, int Total) shrinking)
    {
        int running = variants.Length;
        while (running > 0 && variants[running - 1].Executions == 0)
            running--;
        for (; _begun < running; _begun++)
        {
            EndUntil(_begun, variants);
            writer.Write($"{variants[_begun].Variant}: running\n");
        }

        if (shrinking.Total > 0 && !_shrinking)
        {
            EndUntil(variants.Length, variants);
            writer.Write($"shrinking {Wording.Count(shrinking.Total, "failing execution")}\n");
            _shrinking = true;
        }
    }

    /// <summary>All is done.</summary>
    public void Finish(ImmutableArray<VariantProgress> variants, (int Done, int Total) shrinking)
    {
        Show(variants, shrinking);
        EndUntil(variants.Length, variants);
    }

    private void EndUntil(int variant, ImmutableArray<VariantProgress> variants)
    {
        for (; _ended < variant && _ended < _begun; _ended++)
        {
            VariantProgress ended = variants[_ended];
            writer.Write($"{ended.Variant}: {Wording.Count(ended.Executions, "execution")}, {Wording.Count(ended.Failures, "failure")}\n");
        }
    }
}
