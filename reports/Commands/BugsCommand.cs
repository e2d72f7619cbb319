using System.Globalization;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Commands;

/// <summary>
/// <c>bugs</c>: every known bug of the families, hunted: its smallest history and schedule, and how soon random
/// histories show it. A table in Markdown, as variants/README.md has it.
/// </summary>
internal static class BugsCommand
{
    /// <summary>The first lines of every table.</summary>
    internal const string Head = """
        | bug | variant | breaks | what one sees | operations | preemptions | random | pos | pct3 | delay1 | delay3 | chaos |
        |---|---|---|---|---|---|---|---|---|---|---|---|

        """;

    public static int Run(Repertoire everybody, IReadOnlyList<string> names, TextWriter output, TextWriter error)
    {
        IReadOnlyList<Contender> asked = everybody.Named(names);
        List<(Contender Contender, KnownBug Bug)> bugs =
            [.. BugHunt.BugsOf(everybody.Families).Where(one => asked.Any(contender => contender.Variant.Name == one.Contender.Variant.Name))];
        output.Write(Head.ReplaceLineEndings("\n"));
        var pace = new Pace(error);
        int done = 0;
        using var interruption = new Interruption();
        BugHunt.Run(
            bugs,
            Environment.ProcessorCount,
            told: report => output.Write($"{Row(report.Contender, report.Bug, report.Smallest)}{string.Concat(Medians(report).Select(cell => $" {cell} |"))}\n"),
            Ended,
            interruption.Token);
        if (done == bugs.Count)
            return ExitCode.AsExpected;
        error.Write($"Interrupted: {done} of {Wording.Count(bugs.Count, "bug")} were hunted to the end.\n");
        return ExitCode.Unexpected;

        void Ended(BugReport report)
        {
            done++;
            string found = report.Smallest is { } smallest
                ? $"{Wording.Count(smallest.Operations, "operation")} and {Wording.Count(smallest.Preemptions, "preemption")}"
                : "not found";
            pace.Tell(done / (double)bugs.Count, () => $"{report.Bug.Name}: {found}; {done} of {Wording.Count(bugs.Count, "bug")}");
        }
    }

    /// <summary>The row of a bug, without how soon it is found.</summary>
    internal static string Row(Contender contender, KnownBug bug, Counterexample? smallest)
    {
        string size = smallest is null ? "not found | " : FormattableString.Invariant($"{smallest.Operations} | {smallest.Preemptions}");
        return $"| {bug.Name} | {contender.Variant.Name} | {bug.Property} | {bug.Symptom} | {size} |";
    }

    private static IEnumerable<string> Medians(BugReport report) => report.Smallest is null
        ? BugHunt.Strategies.Select(_ => "")
        : report.ToFirst.Select(median => median?.ToString("N0", CultureInfo.InvariantCulture) ?? FormattableString.Invariant($"> {BugHunt.Limit:N0}"));
}
