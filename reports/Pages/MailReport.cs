using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary><c>report.txt</c>: the whole report as text that pastes into a mail. Pure.</summary>
public static class MailReport
{
    /// <summary>The text, no line longer than 75 columns.</summary>
    public static string Render(Report report)
    {
        StringBuilder text = new();
        Heading(text, "Variants: competing designs, compared", '=');
        Paragraph(text, WhatWasRun(report.Result));
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
            Append(text, report, family, variants);
        return text.ToString();
    }

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
        return $"Seed {options.Seed}; {extent}; {Wording.Count(options.Schedules, "schedule")} of each ({string.Join(", ", options.Strategies)})."
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
        foreach (VariantResult variant in variants.Where(variant => variant.Executions > 0 && variant.Verdicts.Any(verdict => verdict.Holds)))
        {
            double bound = variant.Verdicts.Where(verdict => verdict.Holds).Max(verdict => verdict.FailureRate95.High);
            Paragraph(
                text,
                $"{variant.Variant.ShortName}: what holds fails in less than {VerdictTable.Rate(bound)} of executions (95 %, {Wording.Count(variant.Executions, "execution")}).",
                5);
        }

        text.Append('\n').Append(TextRenderer.Render(ReportCharts.Failures(family, variants)));
        text.Append('\n').Append(TextRenderer.Render(ReportCharts.Survival(family, variants)));
        foreach (ReportedFailure failure in report.Failures.Where(failure => failure.Variant.Family.Name == family.Name))
            text.Append('\n').Append(FailurePageText.Render(failure.Page));
    }

    private static void Heading(StringBuilder text, string title, char line) =>
        text.Append(title).Append('\n').Append(line, title.Length).Append("\n\n");

    private static void Paragraph(StringBuilder text, string sentence, int hanging = 0)
    {
        foreach (string line in TextLines.Wrap(sentence, TextLines.Columns, hanging))
            text.Append(line).Append('\n');
    }
}
