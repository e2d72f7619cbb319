using System.Text;
using Variants.Reports.Diagrams;
using static Variants.Reports.Pages.HtmlReport;

namespace Variants.Reports.Pages;

/// <summary>A <see cref="FailurePage"/> as a section of the web page. Pure.</summary>
internal static class FailurePageHtml
{
    public static void Append(StringBuilder html, FailurePage page, string historyFile, bool folded)
    {
        html.Append($"<article class=\"failure\" id=\"{Escape(page.Id)}\">\n");
        html.Append($"<h4>{Escape(page.Variant)} <span class=\"label\">{Escape(page.Label)}</span> breaks {Escape(page.Property)}</h4>\n");
        html.Append($"<p class=\"cause\">{Escape(page.Cause)}</p>\n");
        html.Append($"<details{(folded ? "" : " open")}>\n<summary>What happens</summary>\n");
        html.Append($"<p><b>The promise:</b> {Escape(page.Promise)}</p>\n");
        html.Append($"<pre class=\"splat\" tabindex=\"0\">{Escape(string.Join('\n', page.Splat))}</pre>\n");
        foreach (string sentence in page.Setup)
            html.Append($"<p>{Escape(sentence)}</p>\n");
        Append(html, page.Diagram, $"What {page.Variant} does");
        if (page.Elsewhere is { } elsewhere)
        {
            html.Append($"<p><b>The same schedule on {Escape(elsewhere.Variant)}:</b> {Escape(elsewhere.Outcome)}</p>\n");
            if (!elsewhere.Diagram.Lanes.IsEmpty)
            {
                html.Append($"<details>\n<summary>What happens on {Escape(elsewhere.Variant)}</summary>\n");
                Append(html, elsewhere.Diagram, $"What {elsewhere.Variant} does");
                html.Append("</details>\n");
            }
        }

        html.Append($"<p>{Escape(page.Shrinking)} <a href=\"{Escape(historyFile)}\">The history</a>. To see it again, in the folder of this page:</p>\n");
        html.Append($"<pre class=\"command\" tabindex=\"0\">{Escape(page.Replay)}</pre>\n</details>\n</article>\n");
    }

    private static void Append(StringBuilder html, LaneTable diagram, string caption)
    {
        if (diagram.Lanes.IsEmpty)
            return;
        html.Append($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(caption)}\">\n<table class=\"lanes\">\n");
        html.Append($"<caption>{Escape(caption)}; time flows down</caption>\n<thead>\n<tr>");
        foreach (string title in diagram.Lanes)
            html.Append($"<th scope=\"col\">{Escape(title)}</th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (LaneRow row in diagram.Rows)
        {
            html.Append("<tr>");
            if (row.Lane == LaneRow.AllLanes)
            {
                html.Append($"<td class=\"across\" colspan=\"{diagram.Lanes.Length}\">{Escape(row.Text)}</td></tr>\n");
                continue;
            }

            for (int lane = 0; lane < diagram.Lanes.Length; lane++)
            {
                string text = string.Join(' ', row.Parts.Select(part => $"<span>{Escape(part)}</span>"))
                    .Replace("-&gt;", "&rarr;", StringComparison.Ordinal);
                html.Append(lane != row.Lane ? "<td></td>"
                    : row.IsMarked ? $"<td class=\"marked\">{text} <span class=\"arrow\" role=\"img\" aria-label=\"conflicts\">&#9668;</span></td>"
                    : $"<td>{text}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }
}
