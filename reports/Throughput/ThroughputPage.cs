using System.Text;
using System.Text.Json;
using Variants.Harness.Families;
using Variants.Reports.Charts;
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

    /// <summary>Throughput against CPUs, a line for each variant.</summary>
    public static Chart ChartOf(Family family, Workload workload, IReadOnlyList<Measurement> measurements) => new(
        $"{family.Name}-{workload.Id}",
        workload.Title,
        $"Operations a second against the number of CPUs, for each variant: {workload.Title}. The same numbers stand in the table.",
        ChartKind.Lines,
        new Axis("CPUs", Scale.Log),
        new Axis("operations a second", Scale.Log),
        [.. measurements.GroupBy(one => one.Contender.Variant.ShortName).Select((row, number) => new Series(
            row.Key,
            [.. row.Where(one => one.Result is { Failure: null, Operations: > 0 }).Select(one => new Point(one.Cpus, Math.Round(one.Result.PerSecond)))],
            Look: number))],
        "Simulated: shapes can be compared, not numbers with those of a machine.");

    private static string Render(ThroughputRun run, Family family, IReadOnlyList<Measurement> measurements)
    {
        StringBuilder html = new();
        html.Append($"<header>\n<h1>Throughput: {Escape(family.Question)}</h1>\n");
        html.Append($"<p>{Escape(run.Costs.Name)}: {Escape(run.Costs.Title)}. Simulated, seed {run.Seed}.</p>\n</header>\n<main id=\"content\">\n");
        foreach (Workload workload in ThroughputRun.Workloads)
        {
            Measurement[] rows = [.. measurements.Where(one => one.Workload == workload)];
            html.Append($"<div class=\"chart\">\n{SvgRenderer.Render(ChartOf(family, workload, rows))}</div>\n");
            html.Append($"<pre tabindex=\"0\">{Escape(ThroughputTable.Render(workload, rows))}</pre>\n");
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
            json.WriteStartArray("measurements");
            foreach (Measurement one in measurements)
            {
                json.WriteStartObject();
                json.WriteString("variant", one.Contender.Variant.Name);
                json.WriteString("workload", one.Workload.Id);
                json.WriteNumber("cpus", one.Cpus);
                json.WriteNumber("operations", one.Result.Operations);
                json.WriteNumber("nanoseconds", one.Result.Nanoseconds);
                json.WriteNumber("awaits", one.Result.Awaits);
                json.WriteNumber("waited_share", Math.Round(one.Result.WaitedShare, 6));
                if (one.Result.Failure is { } failure)
                    json.WriteString("failure", $"{failure.Kind}: {failure.Message}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
