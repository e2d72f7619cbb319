using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Throughput;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary><c>swapoff.html</c>: one question, the designs that answer it, and what became of each. Pure.</summary>
public static class FamilyPage
{
    /// <summary>Where it lies.</summary>
    public static string FileOf(Family family) => $"{family.Name}.html";

    /// <summary>The page.</summary>
    public static string Render(Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        StringBuilder html = new();
        html.Append(Trail([(OverviewPage.File, OverviewPage.Name)], family.Name));
        html.Append($"<header>\n<h1>{Escape(family.Question)}</h1>\n");
        html.Append($"<p class=\"from\">{Escape(family.Name)}, from {Escape(family.Seed)}</p>\n</header>\n<main id=\"content\">\n");
        VerdictTableHtml.Append(html, report, family, variants);
        if (MeasureTable.Has(family, variants))
            MeasureTableHtml.Append(html, family, variants);
        ProofTableHtml.Append(html, report.Surveyed, variants);
        html.Append(Figure(ReportCharts.Failures(family, variants)));
        ThroughputSection.Append(html, report.Throughput, family, variants);
        html.Append(Figure(ReportCharts.Survival(family, variants)));
        AppendVariants(html, report, variants);
        html.Append("</main>\n");
        return Page($"Variants: {family.Name}", "", html);
    }

    private static void AppendVariants(StringBuilder html, Report report, IReadOnlyList<VariantResult> variants)
    {
        html.Append("<h2>The variants</h2>\n");
        foreach (VariantResult variant in variants)
        {
            html.Append($"<section class=\"variant\" aria-labelledby=\"{Escape(variant.Variant.ShortName)}\">\n");
            html.Append($"<h3 id=\"{Escape(variant.Variant.ShortName)}\"><span class=\"label\">{Escape(variant.Variant.Label)}</span> {Escape(variant.Variant.Name)}</h3>\n");
            html.Append($"<p>{Escape(Wording.Sentence(variant.Variant.Summary))} <cite>{Escape(variant.Variant.Citation)}</cite>. ");
            html.Append($"{Wording.Count(variant.Histories, "history", "histories")}, {Wording.Count(variant.Executions, "execution")}.</p>\n");
            ReportedFailure[] failures = [.. report.Failures.Where(failure => ReferenceEquals(failure.Variant, variant))];
            if (failures.Length > 0)
            {
                html.Append("<ul class=\"failures\">\n");
                foreach (ReportedFailure failure in failures)
                    html.Append($"<li><a href=\"{Escape(CounterexamplePage.FileOf(failure))}\">{Escape(failure.Page.Property)}</a>: {Escape(failure.Page.Cause)}</li>\n");
                html.Append("</ul>\n");
            }

            html.Append("</section>\n");
        }
    }
}
