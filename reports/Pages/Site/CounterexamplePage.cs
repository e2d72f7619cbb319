using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Variants.Harness.Families;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages.Exports;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary>
/// <c>counterexamples/NAME.html</c>: one failure, as small as it could be made, and the same schedule on a design that
/// survives it. Pure.
/// </summary>
public static class CounterexamplePage
{
    private const string Root = "../";

    /// <summary>Where it lies, in the folder of the report.</summary>
    public static string FileOf(ReportedFailure failure) => $"counterexamples/{failure.Case.Id}.html";

    /// <summary>The page, with links to the failures before and after it.</summary>
    public static string Render(ReportedFailure failure, ReportedFailure? before, ReportedFailure? after)
    {
        FailurePage page = failure.Page;
        Family family = failure.Variant.Family;
        StringBuilder html = new();
        html.Append(Trail(
            [(Root + OverviewPage.File, OverviewPage.Name), ($"{Root}{FamilyPage.FileOf(family)}", family.Name), ($"{Root}{FamilyPage.FileOf(family)}#{failure.Variant.Variant.ShortName}", failure.Variant.Variant.ShortName)],
            page.Property));
        html.Append($"<header>\n<h1>{Escape(page.Variant)} <span class=\"label\">{Escape(page.Label)}</span> breaks {Escape(page.Property)}</h1>\n");
        html.Append($"<p class=\"cause\">{Escape(page.Cause)}</p>\n</header>\n<main id=\"content\">\n");
        html.Append($"<p><b>The promise:</b> {Escape(page.Promise)}</p>\n");
        html.Append($"<pre class=\"splat\" tabindex=\"0\">{Escape(string.Join('\n', page.Splat))}</pre>\n");
        foreach (string sentence in page.Setup)
            html.Append($"<p>{Escape(sentence)}</p>\n");
        html.Append($"<div class=\"pair\">\n<section>\n<h2>On {Escape(page.Variant)}</h2>\n<p>Breaks {Escape(page.Property)}.</p>\n");
        Append(html, page.Diagram, $"What {page.Variant} does");
        html.Append("</section>\n");
        if (page.Elsewhere is { } elsewhere)
        {
            html.Append($"<section>\n<h2>The same schedule on {Escape(elsewhere.Variant)}</h2>\n<p>{Escape(Wording.Sentence(elsewhere.Outcome))}</p>\n");
            Append(html, elsewhere.Diagram, $"What {elsewhere.Variant} does");
            html.Append("</section>\n");
        }

        html.Append("</div>\n");
        html.Append("<h2>To see it again</h2>\n");
        html.Append($"<p>{Escape(page.Shrinking)} In the folder of the report:</p>\n");
        html.Append($"<pre class=\"command\" tabindex=\"0\">{Escape(page.Replay)}</pre>\n");
        html.Append($"<details>\n<summary>The history</summary>\n<pre tabindex=\"0\">{Escape(failure.Case.HistoryText(page.Property, page.Cause))}</pre>\n</details>\n");
        html.Append($"<p>As files: <a href=\"{Escape(failure.Case.Id)}.history\">history</a>, <a href=\"{Escape(failure.Case.Id)}.txt\">text for a mail</a>{Exports(failure)}.</p>\n</main>\n");
        AppendNeighbours(html, before, after);
        html.Append($"<script src=\"{Root}{ScriptFile}\"></script>\n");
        return Page($"{page.Variant} breaks {page.Property}", Root, html);
    }

    private static string Exports(ReportedFailure failure) => string.Concat(failure.Exports.IsEmpty ? [] : Export.All.Select(export =>
        $", <a href=\"{Escape(failure.Case.Id + export.Ending)}\" title=\"{Escape(export.Sentence)}\">{Escape(export.Name)}</a>"));

    private static void AppendNeighbours(StringBuilder html, ReportedFailure? before, ReportedFailure? after)
    {
        html.Append("<nav class=\"neighbours\" aria-label=\"Other counterexamples\">\n");
        if (before is not null)
            html.Append($"<a rel=\"prev\" href=\"{Escape(before.Case.Id)}.html\">&larr; {Escape(before.Page.Variant)}, {Escape(before.Page.Property)}</a>\n");
        if (after is not null)
            html.Append($"<a rel=\"next\" href=\"{Escape(after.Case.Id)}.html\">{Escape(after.Page.Variant)}, {Escape(after.Page.Property)} &rarr;</a>\n");
        html.Append("</nav>\n");
    }

    /// <summary>The diagram is a table that needs no script; with one, it can be stepped through.</summary>
    private static void Append(StringBuilder html, LaneTable diagram, string caption)
    {
        if (diagram.Lanes.IsEmpty)
            return;
        html.Append($"<figure class=\"steps\"{Data("state", diagram.StateAtFirst)}{Data("held", diagram.HeldAtFirst)}>\n");
        html.Append($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(caption)}\">\n<table class=\"lanes\">\n");
        html.Append($"<caption>{Escape(caption)}; time flows down</caption>\n<thead>\n<tr>");
        foreach (string title in diagram.Lanes)
            html.Append($"<th scope=\"col\">{Escape(title)}</th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        LaneRow before = LaneRow.Across("") with { State = diagram.StateAtFirst, Held = diagram.HeldAtFirst };
        foreach (LaneRow row in diagram.Rows)
        {
            Append(html, diagram, row, before);
            before = row;
        }

        html.Append("</tbody>\n</table>\n</div>\n</figure>\n");
    }

    /// <summary>What a row changed of the words, and who holds which locks after it if that is not as before.</summary>
    private static void Append(StringBuilder html, LaneTable diagram, LaneRow row, LaneRow before)
    {
        var changes = row.State.Where(word => before.State.GetValueOrDefault(word.Key) != word.Value)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        string data = (changes.IsEmpty ? "" : Data("changes", changes)) + (row.Held.SequenceEqual(before.Held) ? "" : Data("held", row.Held));
        if (row.Lane == LaneRow.AllLanes)
        {
            html.Append($"<tr{data}><td class=\"across\" colspan=\"{diagram.Lanes.Length}\">{Arrows(Escape(row.Text))}</td></tr>\n");
            return;
        }

        html.Append($"<tr data-lane=\"{row.Lane}\"{data}>");
        for (int lane = 0; lane < diagram.Lanes.Length; lane++)
        {
            string text = Arrows(string.Join(' ', row.Parts.Select(part => $"<span>{Escape(part)}</span>")));
            html.Append(lane != row.Lane ? "<td></td>"
                : row.IsMarked ? $"<td class=\"marked\">{text} <span class=\"arrow\" role=\"img\" aria-label=\"conflicts\">&#9668;</span></td>"
                : $"<td>{text}</td>");
        }

        html.Append("</tr>\n");
    }

    private static string Data(string name, ImmutableSortedDictionary<string, string> value) =>
        $" data-{name}=\"{Escape(JsonSerializer.Serialize(value))}\"";

    private static string Arrows(string html) => html.Replace("-&gt;", "&rarr;", StringComparison.Ordinal);
}
