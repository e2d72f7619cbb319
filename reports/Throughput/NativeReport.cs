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
    private const string Name = "Throughput on real threads";

    /// <summary>All tables, within 75 columns.</summary>
    public string Text
    {
        get
        {
            StringBuilder text = new($"{Head}\n\n");
            foreach (WorkloadTable table in Tables)
                text.Append(TextOf(table));
            foreach (string note in Notes)
                text.Append($"{note}\n");
            return text.ToString();
        }
    }

    private string Head => string.Create(
        CultureInfo.InvariantCulture, $"{Machine}\n{WakeUpNanoseconds / 1000.0:0.#} us from a wake-up to running; real threads, not deterministic");

    private string Sentence => Wording.Sentence(Head.Replace("\n", "; ", StringComparison.Ordinal));

    private IEnumerable<string> Notes => SimulatedOnly.Select(left => $"Simulated only: {left}.");

    private IEnumerable<WorkloadTable> Tables => WorkloadTable.Of(Native);

    /// <summary>Every file: a page for each family, and the numbers.</summary>
    public IEnumerable<(string Path, byte[] Content)> Files()
    {
        IGrouping<Family, WorkloadTable>[] families = [.. Tables.GroupBy(table => table.Family)];
        foreach (IGrouping<Family, WorkloadTable> tables in families)
            yield return (ThroughputPage.FileOf(tables.Key), Encoding.UTF8.GetBytes(Page(tables.Key, tables)));
        yield return (ThroughputPage.Index, Encoding.UTF8.GetBytes(ThroughputPage.RenderIndex(Name, Sentence, families.Select(tables => tables.Key), Notes)));
        yield return (StyleFile, Encoding.UTF8.GetBytes(Style.Text));
        yield return ("results.json", NativeJson.Render(Machine, Plan, Native));
    }

    private string Page(Family family, IEnumerable<WorkloadTable> tables)
    {
        StringBuilder html = new();
        html.Append(Trail([(ThroughputPage.Index, Name)], family.Name));
        html.Append($"<header>\n<h1>On real threads: {Escape(family.Question)}</h1>\n<p>{Escape(Sentence)}</p>\n</header>\n<main id=\"content\">\n");
        foreach (WorkloadTable table in tables)
            ThroughputPage.Append(html, table, ThroughputCharts.Of(table, Provenance.Threads).Concat(Compared(table)), $"{TextOf(table).TrimEnd()}\n");
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
