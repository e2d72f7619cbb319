using System.Net;
using System.Text;
using Variants.Reports.Charts;

namespace Variants.Reports.Pages.Site;

/// <summary>What all pages of the site have in common. Pure.</summary>
internal static class Html
{
    internal const string StyleFile = "style.css";
    internal const string ScriptFile = "steps.js";

    /// <summary>
    /// A whole page. Pages refer to each other and to style and script by relative paths only, so that the folder can be
    /// moved, mailed and opened from a disk.
    /// </summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="root">The way from the page to the folder of the report: empty, or <c>../</c>.</param>
    /// <param name="body">What stands in it.</param>
    internal static string Page(string title, string root, StringBuilder body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Escape(title)}</title>
        <link rel="stylesheet" href="{root}{StyleFile}">
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        {body}</body>
        </html>

        """.ReplaceLineEndings("\n");

    /// <summary>Where the reader is: links to the pages above, then the page itself.</summary>
    internal static string Trail(IEnumerable<(string File, string Name)> above, string here) =>
        $"<nav aria-label=\"Where you are\"><p class=\"trail\">{string.Concat(above.Select(page => $"<a href=\"{Escape(page.File)}\">{Escape(page.Name)}</a> / "))}<span aria-current=\"page\">{Escape(here)}</span></p></nav>\n";

    /// <summary>A table up to the heads of its columns; one that is wider than the page scrolls within itself.</summary>
    internal static string BeginTable(string label, string caption) =>
        $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(label)}\">\n<table class=\"verdicts\">\n<caption>{Escape(caption)}</caption>\n<thead>\n<tr>";

    /// <summary>After the heads of its columns, before its rows.</summary>
    internal const string BeginRows = "</tr>\n</thead>\n<tbody>\n";

    /// <summary>After its rows.</summary>
    internal const string EndTable = "</tbody>\n</table>\n</div>\n";

    /// <summary>A chart keeps a width at which it can be read, and scrolls within itself on what is narrower.</summary>
    internal static string Figure(Chart chart) =>
        $"<div class=\"chart\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(chart.Title)}\">\n{ChartDrawing.Svg(chart)}</div>\n";

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);
}
