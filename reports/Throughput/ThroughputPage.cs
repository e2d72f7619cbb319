using System.Text;
using System.Text.Json;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages.Site;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Throughput;

/// <summary><c>throughput-faults.html</c> and <c>results.json</c>: charts and tables of one family. Pure.</summary>
public static class ThroughputPage
{
    /// <summary>Where the page of a family lies.</summary>
    public static string FileOf(Family family) => $"throughput-{family.Name}.html";

    /// <summary>Every file of the report.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Files(ThroughputRun run, IReadOnlyList<Measurement> measurements)
    {
        StringBuilder index = new();
        index.Append("<header>\n<h1>Throughput</h1>\n</header>\n<main id=\"content\">\n<ul>\n");
        foreach (IGrouping<string, Measurement> family in measurements.GroupBy(one => one.Contender.Family.Name))
        {
            Family asked = family.First().Contender.Family;
            index.Append($"<li><a href=\"{FileOf(asked)}\">{Escape(asked.Name)}</a></li>\n");
            yield return (FileOf(asked), Utf8(Render(run, asked, [.. family])));
        }

        index.Append("</ul>\n</main>\n");
        yield return ("index.html", Utf8(Page("Variants: throughput", "", index)));
        yield return (StyleFile, Utf8(Style.Text));
        yield return ("results.json", Json(run, measurements));
    }

    private static string Render(ThroughputRun run, Family family, IReadOnlyList<Measurement> measurements)
    {
        StringBuilder html = new();
        html.Append($"<header>\n<h1>Throughput: {Escape(family.Question)}</h1>\n");
        html.Append($"<p>{Escape(run.Costs.Name)}: {Escape(run.Costs.Title)}. Simulated; {Wording.Count(run.Seeds, "seed")} from {run.Seed}.</p>\n</header>\n<main id=\"content\">\n");
        foreach (IGrouping<string, Measurement> rows in measurements.GroupBy(one => one.Workload.Id))
        {
            Workload workload = rows.First().Workload;
            foreach (Chart chart in ThroughputCharts.Of(family, workload, [.. rows]))
                html.Append($"<div class=\"chart\">\n{SvgRenderer.Render(chart)}</div>\n");
            html.Append($"<pre tabindex=\"0\">{Escape(ThroughputTable.Render(workload, [.. rows]))}</pre>\n");
        }

        html.Append("</main>\n");
        return Page($"Variants: throughput of {family.Name}", "", html);
    }

    private static byte[] Json(ThroughputRun run, IReadOnlyList<Measurement> measurements)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("machine", run.Costs.Name);
            json.WriteNumber("seed", run.Seed);
            json.WriteNumber("seeds", run.Seeds);
            json.WriteStartArray("measurements");
            foreach (Measurement one in measurements)
                Write(json, one);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Measurement one)
    {
        json.WriteStartObject();
        json.WriteString("variant", one.Contender.Variant.Name);
        json.WriteString("workload", one.Workload.Id);
        json.WriteString("axis", one.Workload.Axis);
        json.WriteNumber("size", one.Size);
        json.WriteStartArray("runs");
        foreach (WorkloadResult run in one.Results)
        {
            json.WriteStartObject();
            json.WriteNumber("operations", run.Operations);
            json.WriteNumber("nanoseconds", run.Nanoseconds);
            json.WriteNumber("awaits", run.Awaits);
            json.WriteNumber("p50_ns", run.Latency.P50);
            json.WriteNumber("p90_ns", run.Latency.P90);
            json.WriteNumber("p99_ns", run.Latency.P99);
            json.WriteNumber("max_ns", run.Latency.Max);
            json.WriteNumber("fairness", Math.Round(run.Fairness, 6));
            json.WriteNumber("fetching_share", Math.Round(run.FetchingShare, 6));
            json.WriteNumber("slots_per_run", Math.Round(run.SlotsPerRun, 6));
            json.WriteStartObject("waited_share");
            foreach (LockWait wait in run.Waits)
                json.WriteNumber(wait.Class, Math.Round(wait.Share, 6));
            json.WriteEndObject();
            if (run.Failure is { } failure)
                json.WriteString("failure", $"{failure.Kind}: {failure.Message}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
