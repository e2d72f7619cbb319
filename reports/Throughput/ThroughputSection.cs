using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Throughput;

/// <summary>What the pages of a comparison say of throughput beside verdicts. Nothing where nothing was measured. Pure.</summary>
internal static class ThroughputSection
{
    /// <summary>On a family's page: correctness beside throughput, the chart that says most, and the way to the others.</summary>
    internal static void Append(StringBuilder html, ThroughputResult? result, Family family, IReadOnlyList<VariantResult> variants)
    {
        if (TradeOffChart.Of(result, family, variants) is not { } tradeOff || result?.HeadlineOf(family) is not { } headline)
            return;
        html.Append(Figure(tradeOff));
        html.Append(Figure(ThroughputCharts.Curve(headline, Provenance.Simulated)));
        html.Append($"<p><a href=\"{ThroughputPage.FileOf(family)}\">Every workload, as tables: how long one takes, what is waited for</a>. {Escape(ThroughputPage.MachineOf(result))}</p>\n");
    }

    /// <summary>The head of the overview's column.</summary>
    internal static void AppendHead(StringBuilder html, ThroughputResult? result, Family family)
    {
        if (result?.HeadlineOf(family) is not { } headline)
            return;
        html.Append($"<th scope=\"col\" title=\"{Escape(headline.Workload.Title)}\">throughput <span class=\"rate\">{Escape(headline.Workload.Id)}, {Escape(headline.LargestSize)}; {Escape(result.Run.Costs.Name)}</span></th>");
    }

    /// <summary>A variant's rate, and by how much it differs from the first one's.</summary>
    internal static void AppendCell(StringBuilder html, ThroughputResult? result, VariantResult variant)
    {
        if (result?.HeadlineOf(variant.Family) is not { } headline)
            return;
        Measurement[] all = [.. headline.Largest];
        (string unit, double divisor) = ThroughputTable.UnitOf(headline);
        html.Append(all.FirstOrDefault(one => one.Contender.Variant.Name == variant.Variant.Name) switch
        {
            null => "<td class=\"untried\"><span class=\"word\">-</span><span class=\"rate\">cannot run it</span></td>",
            { Failure: { } failure } => $"<td class=\"fails\"><span class=\"word\">broken</span><span class=\"rate\">{Escape($"{failure.Kind}")}</span></td>",
            var one => $"<td><span class=\"word\">{Escape(one == all[0] ? "baseline" : ThroughputTable.Difference(one, all[0]) ?? "-")}</span>"
                + $"<span class=\"rate\" title=\"{Escape(unit)}\">{Escape(ThroughputTable.Rate(one, divisor))}{(divisor > 1 ? " k/s" : "/s")}</span></td>",
        });
    }
}
