using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary><c>index.html</c>: every question with its verdicts, and the way to the rest. Pure.</summary>
public static class OverviewPage
{
    /// <summary>Where it lies.</summary>
    public const string File = "index.html";

    /// <summary>What links to it say.</summary>
    public const string Name = "All questions";

    /// <summary>The page.</summary>
    public static string Render(Report report)
    {
        StringBuilder html = new();
        html.Append("<header>\n<h1>Competing designs, compared</h1>\n");
        html.Append($"<p>{Escape(MailReport.WhatWasRun(report.Result))} The same as <a href=\"report.txt\">text for a mail</a> and as <a href=\"results.json\">data</a>.</p>\n");
        if (report.Result.Interrupted)
            html.Append("<p class=\"warning\" role=\"note\">Interrupted: these are the results so far.</p>\n");
        html.Append("</header>\n<main id=\"content\">\n");
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
        {
            string page = FamilyPage.FileOf(family);
            int failures = report.Failures.Count(failure => failure.Variant.Family.Name == family.Name);
            html.Append($"<section aria-labelledby=\"{family.Name}\">\n<h2 id=\"{family.Name}\"><a href=\"{page}\">{Escape(family.Name)}</a></h2>\n");
            html.Append($"<p>{Escape(family.Question)} <span class=\"from\">{Escape(Wording.Sentence(family.Seed))}</span></p>\n");
            OverviewTableHtml.Append(html, report, family, variants);
            html.Append($"<p><a href=\"{page}\">Verdicts, charts, the variants, and {Wording.Count(failures, "counterexample")}</a></p>\n</section>\n");
        }

        AppendHowToRead(html);
        html.Append("</main>\n");
        return Page($"Variants: {string.Join(", ", report.ByFamily().Select(one => one.Family.Name))}", "", html);
    }

    private static void AppendHowToRead(StringBuilder html) => html.Append("""
        <section aria-labelledby="how">
        <h2 id="how">How to read this</h2>
        <p><b>fails</b>: some execution broke the promise; the number is the share of executions that did, and the link
        leads to the smallest one found. <b>holds</b>: none did; the rate of failures is below the number with 95 %
        confidence, <em>under these histories and schedules</em>. That is no proof.
        <b>unexpected</b>: the catalogue says otherwise.</p>
        <p><b>throughput</b>: how many operations a second of one workload on a simulated machine, and how much more or
        less than the first design of the question. The family's page has the others.</p>
        <p>In a diagram time flows down, and each lane is a CPU. Only what matters is shown: locks that nobody waited for
        and words that only the allocator cares about are left out. The events that conflict are marked with an arrow.
        Reports in the shape of kernel messages are marked SIMULATED: no kernel printed them.</p>
        </section>

        """.ReplaceLineEndings("\n"));
}
