using System.Text;
using System.Text.Json;
using Variants.Harness.Families;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Site;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Throughput;

/// <summary>
/// <c>throughput-faults.html</c>: every chart and table of one family. A page of a comparison's report, and of the report of
/// <c>throughput</c>. Pure.
/// </summary>
public static class ThroughputPage
{
    internal const string Index = "index.html";

    /// <summary>Where the page of a family lies.</summary>
    public static string FileOf(Family family) => $"throughput-{family.Name}.html";

    /// <summary>The page.</summary>
    public static string Render(ThroughputResult result, Family family, params IReadOnlyList<(string File, string Name)> above)
    {
        StringBuilder html = new();
        html.Append(Trail(above, $"throughput of {family.Name}"));
        html.Append($"<header>\n<h1>Throughput: {Escape(family.Question)}</h1>\n");
        html.Append($"<p>{Escape(MachineOf(result))}</p>\n</header>\n<main id=\"content\">\n");
        foreach (WorkloadTable table in result.Of(family))
            Append(html, table, ThroughputCharts.Of(table, Provenance.Simulated), ThroughputTable.Render(table));
        html.Append("</main>\n");
        return Page($"Variants: throughput of {family.Name}", "", html);
    }

    /// <summary>Every file of the report of <c>throughput</c>.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Files(ThroughputResult result)
    {
        Family[] families = [.. result.Measurements.Select(one => one.Contender.Family).DistinctBy(family => family.Name)];
        foreach (Family family in families)
            yield return (FileOf(family), Utf8(Render(result, family, (Index, "Throughput"))));
        yield return (Index, Utf8(RenderIndex("Throughput", MachineOf(result), families)));
        yield return (StyleFile, Utf8(Style.Text));
        yield return ("results.json", Json(result));
    }

    /// <summary>What was measured under a workload: its charts, and its tables as text.</summary>
    internal static void Append(StringBuilder html, WorkloadTable table, IEnumerable<Chart> charts, string text)
    {
        html.Append($"<h2>{Escape(Wording.Sentence(table.Workload.Title))}</h2>\n");
        foreach (Chart chart in charts)
            html.Append(Figure(chart));
        html.Append($"<pre tabindex=\"0\" role=\"region\" aria-label=\"{Escape(table.Workload.Title)}, as a table\">{Escape(text)}</pre>\n");
    }

    /// <summary>The way to the pages of the families, and what else is to be said.</summary>
    internal static string RenderIndex(string name, string about, IEnumerable<Family> families, params IEnumerable<string> notes)
    {
        StringBuilder html = new();
        html.Append($"<header>\n<h1>{Escape(name)}</h1>\n<p>{Escape(about)}</p>\n</header>\n<main id=\"content\">\n<ul>\n");
        foreach (Family family in families)
            html.Append($"<li><a href=\"{FileOf(family)}\">{Escape(family.Name)}</a>: {Escape(family.Question)}</li>\n");
        html.Append("</ul>\n");
        foreach (string note in notes)
            html.Append($"<p>{Escape(note)}</p>\n");
        html.Append("</main>\n");
        return Page($"Variants: {char.ToLowerInvariant(name[0])}{name[1..]}", "", html);
    }

    /// <summary>On which machine, in a sentence.</summary>
    internal static string MachineOf(ThroughputResult result) =>
        $"{result.Run.Costs.Name}: {result.Run.Costs.Title}. {Provenance.Simulated.Caveat} "
            + $"{Wording.Count(result.Run.Seeds, "seed")} from {result.Run.Seed}.{(result.Interrupted ? " Interrupted: what was not measured whole is left out." : "")}";

    private static byte[] Json(ThroughputResult result)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ResultsJson.Options))
        {
            ThroughputJson.Write(json, result);
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
