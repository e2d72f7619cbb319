using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary>Which variant of a family keeps which promise; what fails leads to its smallest counterexample. Pure.</summary>
internal static class VerdictTableHtml
{
    internal static void Append(StringBuilder html, Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        html.Append($"{BeginTable("Table of verdicts", "Which variant keeps which promise")}<th scope=\"col\">variant</th>");
        foreach (string property in family.Properties)
            html.Append($"<th scope=\"col\" title=\"{Escape(PropertyList.Of(family, property).Promise)}\">{Escape(property.Replace("-", " ", StringComparison.Ordinal))}</th>");
        bool hasProofs = variants.Any(variant => variant.Proved is not null);
        if (hasProofs)
            html.Append("<th scope=\"col\" title=\"Every interleaving of every small history\">all small histories</th>");
        html.Append(BeginRows);
        foreach (VariantResult variant in variants)
        {
            html.Append($"<tr>{Head(variant)}");
            foreach (Verdict verdict in variant.Verdicts)
                Append(html, verdict, report.Of(variant, verdict).FirstOrDefault());
            if (hasProofs)
                Append(html, variant.Proved);
            html.Append("</tr>\n");
        }

        html.Append(EndTable);
    }

    /// <summary>The head of a variant's line, which leads to what its family's page says of it.</summary>
    internal static string Head(VariantResult variant, string page = "") =>
        $"<th scope=\"row\"><span class=\"label\">{Escape(variant.Variant.Label)}</span> <a href=\"{page}#{Escape(variant.Variant.ShortName)}\">{Escape(variant.Variant.ShortName)}</a></th>";

    private static void Append(StringBuilder html, ProvedBound? proved)
    {
        (string kind, string detail) = proved?.Verdict switch
        {
            null or ProofVerdict.Unprovable => ("untried", ""),
            ProofVerdict.Fails => ("fails", ""),
            ProofVerdict.Proved => ("holds", Wording.Count(proved.State.Executions, "execution")),
            _ => ("holds", "as far as searched"),
        };
        html.Append($"<td class=\"{kind}\"><span class=\"word\">{ProofText.Word(proved)}</span><span class=\"rate\">{detail}</span></td>");
    }

    private static void Append(StringBuilder html, Verdict verdict, ReportedFailure? failure)
    {
        string word = VerdictTable.Word(verdict);
        string kind = verdict.Executions == 0 ? "untried" : verdict.Holds ? "holds" : "fails";
        string surprise = VerdictTable.IsSurprise(verdict) ? " unexpected" : "";
        string text = failure is null ? word : $"<a href=\"{Escape(CounterexamplePage.FileOf(failure))}\">{word}</a>";
        string detail = verdict.Executions == 0 ? ""
            : verdict.Holds ? $"&lt; {Escape(VerdictTable.Rate(verdict.FailureRate95.High))}"
            // What is known, or was proved of small histories, may be too rare for random ones.
            : verdict.IsNeverRandom ? "never at random"
            : Escape(VerdictTable.Rate(verdict.Failures / (double)verdict.Executions));
        string remark = VerdictTable.IsSurprise(verdict) ? "<span class=\"remark\">unexpected</span>" : "";
        html.Append($"<td class=\"{kind}{surprise}\"><span class=\"word\">{text}</span><span class=\"rate\">{detail}</span>{remark}</td>");
    }
}
