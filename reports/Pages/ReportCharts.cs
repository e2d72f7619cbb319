using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Charts;

namespace Variants.Reports.Pages;

/// <summary>The two charts of a family: how often each promise is broken, and how many schedules it takes.</summary>
public static class ReportCharts
{
    /// <summary>The share of executions that broke each promise, with its interval.</summary>
    public static Chart Failures(Family family, IReadOnlyList<VariantResult> variants)
    {
        Series[] series = [.. family.Properties
            .Select((property, number) => new Series(
                property,
                [.. variants.SelectMany((variant, row) => variant.Verdicts
                    .Where(verdict => verdict.Property == property && verdict.Failures > 0)
                    .Select(verdict => new Point(row, Share(verdict), verdict.FailureRate95.Low, verdict.FailureRate95.High)))],
                Look: number))
            .Where(one => one.Points.Count > 0)];
        string rule = Bound(variants) is { } bound
            ? $" A promise without a mark was never broken at random: its rate is below {VerdictTable.Rate(bound)}."
            : "";
        return new Chart(
            $"{family.Name}-failures",
            "How often each promise is broken",
            "For each variant and promise, the share of executions that broke it first, with its 95 % interval. "
                + "The same numbers stand in the table of verdicts.",
            ChartKind.Dots,
            Axis.Of("", [.. variants.Select(NameOf)]),
            new Axis("share of executions", Scale.Log),
            series,
            $"Whiskers: 95 % Clopper-Pearson intervals.{rule}");
    }

    /// <summary>How many histories had not failed after so many schedules.</summary>
    public static Chart Survival(Family family, IReadOnlyList<VariantResult> variants) => new(
        $"{family.Name}-survival",
        "How many schedules it takes to see a failure",
        "For each variant, the share of histories in which no schedule so far has failed, against the number of schedules.",
        ChartKind.Steps,
        new Axis("schedules tried of each history", Scale.Log),
        new Axis("histories without a failure, %", Min: 0, Max: 100),
        [.. variants.Select((variant, number) => new Series(
            NameOf(variant),
            [.. variant.Survival.Select(point => new Point(point.Schedules, Math.Round(point.Share * 100, 3)))],
            Look: number))],
        "A curve that is flat at its right end says that more schedules would find little; one that still falls, that they would.");

    private static double Share(Verdict verdict) => verdict.Executions == 0 ? 0 : verdict.Failures / (double)verdict.Executions;

    /// <summary>The largest upper bound of what was never broken at random.</summary>
    private static double? Bound(IReadOnlyList<VariantResult> variants)
    {
        double[] bounds = [.. variants.SelectMany(variant => variant.Verdicts)
            .Where(verdict => verdict.Failures == 0 && verdict.Executions > 0)
            .Select(verdict => verdict.FailureRate95.High)];
        return bounds.Length == 0 ? null : bounds.Max();
    }

    private static string NameOf(VariantResult variant) => $"{variant.Variant.Label} {variant.Variant.ShortName}";
}
