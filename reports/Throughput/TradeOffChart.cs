using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Throughput;

/// <summary>
/// Correctness beside throughput: how many promises a design breaks against how fast it is. Promises are counted, and not
/// failures in a million executions: how often one shows follows from the histories as much as from the design, and known
/// cases and proofs, which count too, have no rate. Nobody takes a design that breaks one; the chart of failures has the rates.
/// </summary>
public static class TradeOffChart
{
    /// <summary>So that one promise is not drawn as if it were all of them, and names have room.</summary>
    private const int LeastTop = 4;

    /// <summary>The chart of a family; null if nothing was measured.</summary>
    public static Chart? Of(ThroughputResult? result, Family family, IReadOnlyList<VariantResult> variants)
    {
        if (result?.HeadlineOf(family) is not { } headline)
            return null;
        (VariantResult Variant, Measurement? Measured)[] rows =
            [.. variants.Select(variant => (variant, headline.Largest.FirstOrDefault(one => one.Contender.Variant.Name == variant.Variant.Name)))];
        string[] broken = [.. rows.Where(row => row.Measured?.Failure is not null).Select(row => row.Variant.Variant.ShortName)];
        string[] unable = [.. rows.Where(row => row.Measured is null).Select(row => row.Variant.Variant.ShortName)];
        return new Chart(
            $"{family.Name}-trade-off",
            "Correctness beside throughput",
            $"For each variant, how many promises it breaks against its throughput: {headline.Workload.Title}, {headline.LargestSize}. A design belongs in the lower right.",
            ChartKind.Scatter,
            new Axis($"{headline.Workload.Unit} a second: {headline.Workload.Title}, {headline.LargestSize}"),
            new Axis("promises broken", Min: 0, Max: Math.Max(LeastTop, variants.Max(Broken))),
            [.. rows.Select((row, number) => new Series(
                row.Variant.Variant.ShortName,
                row.Measured is { Failure: null } one ? [new Point(Math.Round(one.PerSecond), Broken(row.Variant))] : [],
                Look: number))],
            $"A design belongs in the lower right. {result.Run.Costs.Name}, simulated."
                + (broken.Length == 0 ? "" : $" Broken under the workload, and not drawn: {Wording.List(broken)}.")
                + (unable.Length == 0 ? "" : $" Not measured: {Wording.List(unable)}."));
    }

    private static int Broken(VariantResult variant) => variant.Verdicts.Count(verdict => !verdict.Holds);
}
