using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;
using Variants.Reports.Throughput;

namespace Variants.Reports.Pages;

/// <summary>
/// <c>report.txt</c>: the report as a mail, ready to be sent: what came out, the tables, the shortest counterexample of
/// every design that is broken with the history that shows it, and how to do it again. Pure.
/// </summary>
public static class MailReport
{
    /// <summary>The text, no line longer than 75 columns.</summary>
    public static string Render(Report report)
    {
        StringBuilder text = new();
        Heading(text, "Variants: competing designs, compared", '=');
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
            Paragraph(text, Summary(report, family, variants));
        text.Append('\n');
        Paragraph(text, WhatWasRun(report.Result));
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
            Append(text, report, family, variants);
        text.Append('\n');
        Heading(text, "To do it again", '-');
        Paragraph(text, "A counterexample: save its history and give the file to `variants replay`. The whole comparison:");
        text.Append('\n');
        FailurePageText.AppendCommand(text, CommandOf(report));
        return text.ToString();
    }

    /// <summary>How many are broken, the shortest way to see it, and in whom nothing was found.</summary>
    private static string Summary(Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        string[] whole = [.. variants.Where(variant => variant.Verdicts.All(verdict => verdict.Holds)).Select(variant => variant.Variant.ShortName)];
        string broken = $"{family.Name}: {variants.Count - whole.Length} of {Wording.Count(variants.Count, "design")} broke a promise.";
        ReportedFailure? shortest = Shortest(report.Failures.Where(failure => failure.Variant.Family.Name == family.Name));
        string how = shortest is null
            ? ""
            : $" Soonest seen: {shortest.Variant.Variant.ShortName} breaks {shortest.Page.Property} {SizeOf(shortest)}.";
        return $"{broken}{how}{(whole.Length == 0 ? "" : $" Nothing was found in {Wording.List(whole)}.")}";
    }

    /// <summary>Fewest operations, then fewest preemptions, then the shortest diagram; the first of those.</summary>
    private static ReportedFailure? Shortest(IEnumerable<ReportedFailure> failures) => failures
        .OrderBy(failure => failure.Case.History.Count)
        .ThenBy(failure => failure.Case.Shrinking?.Preemptions)
        .ThenBy(failure => failure.Page.Diagram.Rows.Length)
        .FirstOrDefault();

    private static string SizeOf(ReportedFailure failure) =>
        $"in {Wording.Count(failure.Case.History.Count, "operation")}"
        + (failure.Case.Shrinking is var (_, _, preemptions) ? $" and {Wording.Count(preemptions, "preemption")}" : "");

    /// <summary>What one types for the same results.</summary>
    private static string CommandOf(Report report)
    {
        CampaignOptions options = report.Result.Options;
        IEnumerable<string> names = report.ByFamily().SelectMany(one => one.Variants.Count == one.Family.Variants.Length && report.Command == "compare"
            ? [one.Family.Name]
            : one.Variants.Select(variant => variant.Variant.Name));
        string extent = options.BudgetPerVariant is { } budget
            ? FormattableString.Invariant($"--budget {budget.TotalSeconds:0.###}s")
            // A number that is given lifts the limit on steps, and would ask for more than was run.
            : options.StepsPerVariant == long.MaxValue ? FormattableString.Invariant($"--histories {options.Histories}") : "";
        string[] plugins = [.. report.Failures.Select(failure => failure.Case.Plugin).OfType<string>().Distinct().Select(plugin => $"--plugin {plugin}")];
        string[] parts =
        [
            "variants", report.Command, .. names, FormattableString.Invariant($"--seed {options.Seed}"), extent,
            FormattableString.Invariant($"--schedules {options.Schedules}"), $"--strategy {string.Join(',', options.Strategies)}",
            FormattableString.Invariant($"--certify {options.CertifyExecutions}"), ThroughputOf(report),
            FormattableString.Invariant($"--verify {options.Small?.Operations ?? 0}"), CorpusOf(report),
            report.Surveyed is { } surveyed ? $"--proofs {surveyed.Folder}" : "", .. plugins,
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary>What has it measured again, or not.</summary>
    private static string ThroughputOf(Report report) =>
        report.Command != "compare" ? "" : report.Throughput is { } measured ? $"--machine {measured.Run.Costs.Name}" : "--no-throughput";

    /// <summary>What has the same cases tried first.</summary>
    private static string CorpusOf(Report report) =>
        report.Result.Options.Known.IsEmpty ? "--no-corpus" : report.CorpusFolder is { } folder ? $"--corpus {folder}" : "";

    /// <summary>What was run, in sentences without a clock.</summary>
    public static string WhatWasRun(CampaignResult result)
    {
        CampaignOptions options = result.Options;
        string extent = options.BudgetPerVariant is { } budget
            ? FormattableString.Invariant($"random histories for {budget.TotalSeconds:0.###} s for each variant")
            : $"{Wording.Count(options.Histories, "random history", "random histories")}, the same for every variant";
        string interrupted = result.Interrupted
            ? " It was interrupted: these are the results so far, and more failures may exist."
            : "";
        string known = result.KnownTried == 0 ? "" : $" First {Wording.Count(result.KnownTried, "known case")}, which no rate counts.";
        return $"Seed {options.Seed}; {extent}; {Wording.Count(options.Schedules, "schedule")} of each ({string.Join(", ", options.Strategies)}).{known}"
            + $" Machine and kernels are simulated.{interrupted}";
    }

    private static void Append(StringBuilder text, Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        text.Append('\n');
        Heading(text, family.Name, '-');
        Paragraph(text, family.Question);
        Paragraph(text, $"From: {family.Seed}");
        text.Append('\n');
        foreach (VariantResult variant in variants)
            Paragraph(text, $"{variant.Variant.Label.PadRight(4)} {variant.Variant.ShortName}: {variant.Variant.Summary} ({variant.Variant.Citation})", 5);
        text.Append('\n');
        text.Append(VerdictTable.Render(family, variants)).Append('\n');
        if (MeasureTable.Has(family, variants))
            text.Append(MeasureTable.Render(family, variants)).Append('\n');
        foreach (VariantResult variant in variants)
        {
            foreach (Verdict verdict in variant.Verdicts.Where(verdict => verdict.IsNeverRandom))
                Paragraph(text, NeverAtRandom(variant.Variant.ShortName, verdict), 5);
        }

        foreach (VariantResult variant in variants.Where(variant => variant.Executions > 0 && variant.Verdicts.Any(verdict => verdict.Holds)))
        {
            double bound = variant.Verdicts.Where(verdict => verdict.Holds).Max(verdict => verdict.FailureRate95.High);
            Paragraph(
                text,
                $"{variant.Variant.ShortName}: what holds fails in less than {VerdictTable.Rate(bound)} of executions (95 %, {Wording.Count(variant.Executions, "execution")}).",
                5);
        }

        foreach (VariantResult variant in variants)
        {
            if (variant.Proved is { } proved)
                Paragraph(text, ProofText.Sentence(variant.Variant.ShortName, proved), 5);
        }

        text.Append('\n').Append(TextRenderer.Render(ReportCharts.Failures(family, variants)));
        if (report.Throughput is { } measured && measured.HeadlineOf(family) is { } headline)
            text.Append($"\nThroughput on {measured.Run.Costs.Name}, simulated:\n").Append(ThroughputTable.RenderShort(headline));
        if (TradeOffChart.Of(report.Throughput, family, variants) is { } tradeOff)
            text.Append('\n').Append(TextRenderer.Render(tradeOff));
        text.Append('\n').Append(TextRenderer.Render(ReportCharts.Survival(family, variants)));
        foreach (VariantResult variant in variants)
        {
            ReportedFailure[] failures = [.. report.Failures.Where(failure => ReferenceEquals(failure.Variant, variant))];
            if (Shortest(failures) is { } shortest)
                Append(text, shortest, failures);
        }
    }

    /// <summary>The shortest counterexample of a design, its history, and which others the report has.</summary>
    private static void Append(StringBuilder text, ReportedFailure shortest, ReportedFailure[] failures)
    {
        text.Append('\n').Append(FailurePageText.Render(shortest.Page)).Append('\n');
        // What shrinking did stands above already.
        text.Append((shortest.Case with { Shrinking = null }).HistoryText(shortest.Page.Property, shortest.Page.Cause));
        string[] others = [.. failures.Where(failure => failure != shortest).Select(failure => $"{failure.Page.Property} {SizeOf(failure)}")];
        if (others.Length == 0)
            return;
        text.Append('\n');
        Paragraph(text, $"The report also has of {shortest.Page.Variant}: {Wording.List(others)}.");
    }

    private static void Heading(StringBuilder text, string title, char line) =>
        text.Append(title).Append('\n').Append(line, title.Length).Append("\n\n");

    /// <summary>What broke a promise that no random history broke, with some of the known cases by name.</summary>
    private static string NeverAtRandom(string name, Verdict verdict)
    {
        string[] did =
        [
            .. verdict.Known.IsEmpty ? Array.Empty<string>() : [$"what is known did ({Wording.Few(verdict.Known)})"],
            .. verdict.IsRefuted ? ["a small one, explored whole, did"] : Array.Empty<string>(),
        ];
        return $"{name}: no random history broke {verdict.Property}; {Wording.List(did)}.";
    }

    private static void Paragraph(StringBuilder text, string sentence, int hanging = 0)
    {
        foreach (string line in TextLines.Wrap(sentence, TextLines.Columns, hanging))
            text.Append(line).Append('\n');
    }
}
