using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Throughput;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary>A line for each variant of a family: what it breaks most often, what else, and whether that was known. Pure.</summary>
internal static class OverviewTableHtml
{
    internal static void Append(StringBuilder html, Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        int broken = variants.Count(variant => variant.Verdicts.Any(verdict => !verdict.Holds));
        html.Append(BeginTable(
            $"What the variants of {family.Name} break",
            $"{Wording.Count(variants.Count, "variant")}, of which {broken} {(broken == 1 ? "breaks" : "break")} a promise"));
        html.Append("<th scope=\"col\">variant</th><th scope=\"col\">breaks most often</th><th scope=\"col\">breaks too</th>");
        ThroughputSection.AppendHead(html, report.Throughput, family);
        html.Append($"<th scope=\"col\">the catalogue</th>{BeginRows}");
        foreach (VariantResult variant in variants)
            Append(html, report, family, variant);
        html.Append(EndTable);
    }

    private static void Append(StringBuilder html, Report report, Family family, VariantResult variant)
    {
        Verdict[] broken = [.. variant.Verdicts.Where(verdict => !verdict.Holds).OrderByDescending(verdict => verdict.Failures)];
        html.Append($"<tr>{VerdictTableHtml.Head(variant, FamilyPage.FileOf(family))}");
        if (broken is [var worst, .. var others])
        {
            html.Append($"<td class=\"fails\"><span class=\"word\">{Link(report, variant, worst)}</span><span class=\"rate\">{Escape(VerdictTable.Rate(worst.Failures / (double)worst.Executions))} of executions</span></td>");
            html.Append($"<td>{string.Join(", ", others.Select(verdict => Link(report, variant, verdict)))}</td>");
        }
        else
        {
            html.Append(variant.Executions == 0
                ? "<td class=\"untried\"><span class=\"word\">not tried</span></td><td></td>"
                : $"<td class=\"holds\"><span class=\"word\">nothing</span><span class=\"rate\">each &lt; {Escape(VerdictTable.Rate(variant.Verdicts.Max(verdict => verdict.FailureRate95.High)))} of executions</span></td><td></td>");
        }

        ThroughputSection.AppendCell(html, report.Throughput, variant);
        int surprises = variant.Verdicts.Count(VerdictTable.IsSurprise);
        html.Append(surprises == 0
            ? "<td>agrees</td></tr>\n"
            : $"<td class=\"otherwise\"><span class=\"remark\">expects otherwise of {Escape(Wording.List([.. variant.Verdicts.Where(VerdictTable.IsSurprise).Select(verdict => verdict.Property)]))}</span></td></tr>\n");
    }

    private static string Link(Report report, VariantResult variant, Verdict verdict) =>
        report.Of(variant, verdict).FirstOrDefault() is { } failure
            ? $"<a href=\"{Escape(CounterexamplePage.FileOf(failure))}\">{Escape(verdict.Property)}</a>"
            : Escape(verdict.Property);
}
