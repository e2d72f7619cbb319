using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary>What each variant of a family costs. Pure.</summary>
internal static class MeasureTableHtml
{
    internal static void Append(StringBuilder html, Family family, IReadOnlyList<VariantResult> variants)
    {
        html.Append($"{BeginTable("Table of measures", "What each variant costs, over executions that kept every promise")}<th scope=\"col\">variant</th>");
        foreach (Measure measure in family.Measures)
            html.Append($"<th scope=\"col\" title=\"{Escape(MeasureTable.Meaning(measure))}\">{Escape(measure.Name.Replace("-", " ", StringComparison.Ordinal))} <span class=\"rate\">{Escape(measure.Unit)}; {(measure.MoreIsBetter ? "more" : "fewer")} is better</span></th>");
        html.Append(BeginRows);
        foreach (VariantResult variant in variants)
        {
            html.Append($"<tr>{VerdictTableHtml.Head(variant)}");
            foreach (MeasureResult measure in variant.Measures)
            {
                string best = MeasureTable.IsBest(measure, variants) ? "<span class=\"remark\">best</span>" : "";
                html.Append($"<td><span class=\"word\">{MeasureTable.Number(measure.Value)}</span>{best}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append(EndTable);
    }
}
