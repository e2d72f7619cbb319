using System.Net;
using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary><c>index.html</c>: one page that needs nothing else. Pure.</summary>
public static class HtmlReport
{
    // Pages after this many are folded away, so that a phone can scroll past them.
    private const int UnfoldedFailures = 3;

    /// <summary>The page.</summary>
    public static string Render(Report report)
    {
        StringBuilder html = new();
        string title = $"Variants: {string.Join(", ", report.ByFamily().Select(one => one.Family.Name))}";
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Append($"<title>{Escape(title)}</title>\n<style>\n{PageStyle.Css}</style>\n</head>\n<body>\n");
        html.Append("<a class=\"skip\" href=\"#verdicts\">Skip to the verdicts</a>\n");
        html.Append("<header>\n<h1>Competing designs, compared</h1>\n");
        html.Append($"<p>{Escape(MailReport.WhatWasRun(report.Result))}</p>\n");
        if (report.Result.Interrupted)
            html.Append("<p class=\"warning\" role=\"note\">Interrupted: these are the results so far.</p>\n");
        html.Append("</header>\n<main id=\"verdicts\">\n");
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
            Append(html, report, family, variants);
        AppendHowToRead(html);
        html.Append("</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void Append(StringBuilder html, Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        ReportedFailure[] failures = [.. report.Failures.Where(failure => failure.Variant.Family.Name == family.Name)];
        html.Append($"<section aria-labelledby=\"{family.Name}\">\n<h2 id=\"{family.Name}\">{Escape(family.Question)}</h2>\n");
        html.Append($"<p class=\"from\">{Escape(family.Name)}, from {Escape(family.Seed)}</p>\n");
        AppendTable(html, report, family, variants);
        if (MeasureTable.Has(family, variants))
            AppendMeasures(html, family, variants);
        html.Append($"<div class=\"chart\">\n{SvgRenderer.Render(ReportCharts.Failures(family, variants))}</div>\n");
        html.Append($"<div class=\"chart\">\n{SvgRenderer.Render(ReportCharts.Survival(family, variants))}</div>\n");
        AppendVariants(html, variants);
        if (failures.Length > 0)
            html.Append($"<h3 id=\"{family.Name}-failures-told\">{Wording.Count(failures.Length, "failure")}, each as small as it could be made</h3>\n");
        for (int i = 0; i < failures.Length; i++)
            FailurePageHtml.Append(html, failures[i].Page, failures[i].Case.HistoryFile, folded: i >= UnfoldedFailures);
        html.Append("</section>\n");
    }

    private static void AppendTable(StringBuilder html, Report report, Family family, IReadOnlyList<VariantResult> variants)
    {
        html.Append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of verdicts\">\n<table class=\"verdicts\">\n");
        html.Append("<caption>Which variant keeps which promise</caption>\n<thead>\n<tr><th scope=\"col\">variant</th>");
        foreach (string property in family.Properties)
            html.Append($"<th scope=\"col\" title=\"{Escape(PropertyList.Of(property).Promise)}\">{Escape(property.Replace("-", " ", StringComparison.Ordinal))}</th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (VariantResult variant in variants)
        {
            html.Append($"<tr><th scope=\"row\"><span class=\"label\">{Escape(variant.Variant.Label)}</span> {Escape(variant.Variant.ShortName)}</th>");
            foreach (Verdict verdict in variant.Verdicts)
                AppendVerdict(html, verdict, report.Of(variant, verdict).FirstOrDefault());
            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private static void AppendVerdict(StringBuilder html, Verdict verdict, ReportedFailure? failure)
    {
        string word = VerdictTable.Word(verdict);
        string kind = verdict.Executions == 0 ? "untried" : verdict.Holds ? "holds" : "fails";
        string surprise = VerdictTable.IsSurprise(verdict) ? " unexpected" : "";
        string text = failure is null ? word : $"<a href=\"#{Escape(failure.Page.Id)}\">{word}</a>";
        string detail = verdict.Executions == 0 ? ""
            : verdict.Holds ? $"&lt; {Escape(VerdictTable.Rate(verdict.FailureRate95.High))}"
            : Escape(VerdictTable.Rate(verdict.Failures / (double)verdict.Executions));
        string remark = VerdictTable.IsSurprise(verdict) ? "<span class=\"remark\">unexpected</span>" : "";
        html.Append($"<td class=\"{kind}{surprise}\"><span class=\"word\">{text}</span><span class=\"rate\">{detail}</span>{remark}</td>");
    }

    private static void AppendMeasures(StringBuilder html, Family family, IReadOnlyList<VariantResult> variants)
    {
        html.Append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of measures\">\n<table class=\"verdicts\">\n");
        html.Append("<caption>What each variant costs, over executions that kept every promise</caption>\n<thead>\n<tr><th scope=\"col\">variant</th>");
        foreach (Measure measure in family.Measures)
            html.Append($"<th scope=\"col\" title=\"{Escape(MeasureTable.Meaning(measure))}\">{Escape(measure.Name.Replace("-", " ", StringComparison.Ordinal))}<span class=\"rate\">{Escape(measure.Unit)}; {(measure.MoreIsBetter ? "more" : "fewer")} is better</span></th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (VariantResult variant in variants)
        {
            html.Append($"<tr><th scope=\"row\"><span class=\"label\">{Escape(variant.Variant.Label)}</span> {Escape(variant.Variant.ShortName)}</th>");
            foreach (MeasureResult measure in variant.Measures)
            {
                string best = MeasureTable.IsBest(measure, variants) ? "<span class=\"remark\">best</span>" : "";
                html.Append($"<td><span class=\"word\">{MeasureTable.Number(measure.Value)}</span>{best}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private static void AppendVariants(StringBuilder html, IReadOnlyList<VariantResult> variants)
    {
        html.Append("<h3>The variants</h3>\n<dl class=\"variants\">\n");
        foreach (VariantResult variant in variants)
        {
            html.Append($"<dt><span class=\"label\">{Escape(variant.Variant.Label)}</span> {Escape(variant.Variant.Name)}</dt>\n");
            html.Append($"<dd>{Escape(Wording.Sentence(variant.Variant.Summary))} <cite>{Escape(variant.Variant.Citation)}</cite>. ");
            html.Append($"{Wording.Count(variant.Histories, "history", "histories")}, {Wording.Count(variant.Executions, "execution")}.</dd>\n");
        }

        html.Append("</dl>\n");
    }

    private static void AppendHowToRead(StringBuilder html) => html.Append("""
        <section aria-labelledby="how">
        <h2 id="how">How to read this</h2>
        <p><b>fails</b>: some execution broke the promise; the number is the share of executions that did, and the link
        leads to the smallest one found. <b>holds</b>: none did; the rate of failures is below the number with 95 %
        confidence, <em>under these histories and schedules</em>. That is no proof.
        <b>unexpected</b>: the catalogue says otherwise.</p>
        <p>In a diagram time flows down, and each lane is a CPU. Only what matters is shown: locks that nobody waited for
        and words that only the allocator cares about are left out. The events that conflict are marked with an arrow.
        Reports in the shape of kernel messages are marked SIMULATED: no kernel printed them.</p>
        </section>

        """.ReplaceLineEndings("\n"));

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);
}
