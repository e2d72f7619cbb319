using System.Globalization;
using System.Text;
using Variants.Harness.Families;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages.Site;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Throughput;

/// <summary>What real threads came to, and what is simulated beside it: the report of <c>throughput --native</c>. Pure.</summary>
/// <param name="Machine">Which machine ran the threads, in words.</param>
/// <param name="WakeUpNanoseconds">What it takes there from a wake-up to running.</param>
/// <param name="Plan">What was measured.</param>
/// <param name="Native">What came of it.</param>
/// <param name="Model">The simulated machine.</param>
/// <param name="Simulated">What came of the same there.</param>
/// <param name="SimulatedOnly">Workloads that do not run on threads.</param>
public sealed record NativeReport(
    string Machine,
    long WakeUpNanoseconds,
    NativeThroughput Plan,
    IReadOnlyList<Measurement> Native,
    string Model,
    IReadOnlyList<Measurement> Simulated,
    IReadOnlyList<string> SimulatedOnly)
{
    private const string Index = "index.html";

    /// <summary>All tables, within 75 columns.</summary>
    public string Text
    {
        get
        {
            StringBuilder text = new($"{Head}\n\n");
            foreach (WorkloadTable table in Tables)
                text.Append(TextOf(table));
            foreach (string left in SimulatedOnly)
                text.Append($"Simulated only: {left}.\n");
            return text.ToString();
        }
    }

    private string Head => string.Create(
        CultureInfo.InvariantCulture, $"{Machine}\n{WakeUpNanoseconds / 1000.0:0.#} us from a wake-up to running; real threads, not deterministic");

    private string Sentence => Wording.Sentence(Head.Replace('\n', ';').Replace(";", "; ", StringComparison.Ordinal));

    private IEnumerable<WorkloadTable> Tables => Native
        .GroupBy(one => (one.Contender.Family.Name, one.Workload.Id))
        .Select(rows => new WorkloadTable(rows.First().Contender.Family, rows.First().Workload, [.. rows]));

    /// <summary>Every file: a page for each family, and the numbers.</summary>
    public IEnumerable<(string Path, byte[] Content)> Files()
    {
        StringBuilder index = new();
        index.Append($"<header>\n<h1>Throughput on real threads</h1>\n<p>{Escape(Sentence)}</p>\n</header>\n<main id=\"content\">\n<ul>\n");
        foreach (IGrouping<string, WorkloadTable> tables in Tables.GroupBy(table => table.Family.Name))
        {
            Family family = tables.First().Family;
            index.Append($"<li><a href=\"{ThroughputPage.FileOf(family)}\">{Escape(family.Name)}</a>: {Escape(family.Question)}</li>\n");
            yield return (ThroughputPage.FileOf(family), Encoding.UTF8.GetBytes(Page(family, tables)));
        }

        index.Append("</ul>\n");
        foreach (string left in SimulatedOnly)
            index.Append($"<p>Simulated only: {Escape(left)}.</p>\n");
        index.Append("</main>\n");
        yield return (Index, Encoding.UTF8.GetBytes(Html.Page("Variants: throughput on real threads", "", index)));
        yield return (StyleFile, Encoding.UTF8.GetBytes(Style.Text));
        yield return ("results.json", NativeJson.Render(Machine, Plan, Native));
    }

    private string Page(Family family, IEnumerable<WorkloadTable> tables)
    {
        StringBuilder html = new();
        html.Append(Trail([(Index, "Throughput on real threads")], family.Name));
        html.Append($"<header>\n<h1>On real threads: {Escape(family.Question)}</h1>\n<p>{Escape(Sentence)}</p>\n</header>\n<main id=\"content\">\n");
        foreach (WorkloadTable table in tables)
        {
            html.Append($"<h2>{Escape(Wording.Sentence(table.Workload.Title))}</h2>\n");
            foreach (Chart chart in ThroughputCharts.Of(table, Provenance.Threads).Concat(Compared(table)))
                html.Append(Figure(chart));
            html.Append($"<pre tabindex=\"0\" role=\"region\" aria-label=\"{Escape(table.Workload.Title)}, as a table\">{Escape(TextOf(table).TrimEnd())}\n</pre>\n");
        }

        html.Append("</main>\n");
        return Html.Page($"Variants: throughput of {family.Name} on real threads", "", html);
    }

    /// <summary>The table, and beside what is simulated if there is anything to compare.</summary>
    private string TextOf(WorkloadTable table) => table.Rows.Skip(1).Any()
        ? $"{ThroughputTable.Render(table)}\n{SimulatedAgainstNative.Render(table.Workload, Model, table.Measurements, Besides(table))}\n"
        : $"{ThroughputTable.Render(table)}\n";

    private IEnumerable<Chart> Compared(WorkloadTable table) => table.Rows.Skip(1).Any()
        ? [SimulatedAgainstNative.ChartOf(table, Model, Besides(table))]
        : [];

    private Measurement[] Besides(WorkloadTable table) => [.. Simulated.Where(one => one.Workload == table.Workload)];
}
