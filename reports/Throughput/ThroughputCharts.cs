using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Reports.Charts;

namespace Variants.Reports.Throughput;

/// <summary>The charts of a workload: how many operations, how long one takes, and what is waited for.</summary>
public static class ThroughputCharts
{
    private const string Caveat = "Simulated: shapes can be compared, not numbers with those of a machine.";

    /// <summary>Locks below this share of all time are not drawn.</summary>
    private const double LeastShare = 0.005;

    /// <summary>All of them.</summary>
    public static IEnumerable<Chart> Of(Family family, Workload workload, IReadOnlyList<Measurement> measurements)
    {
        yield return workload.Sizes is null ? Throughput(family, workload, measurements) : Duration(family, workload, measurements);
        Measurement[] largest = [.. measurements.GroupBy(one => one.Contender.Variant.ShortName).Select(row => row.MaxBy(one => one.Size)!).Where(one => one.Failure is null)];
        if (largest.Length == 0 || workload.Sizes is not null)
            yield break;
        yield return Latency(family, workload, largest);
        if (largest.Any(one => one.First.Waits.Any(wait => wait.Share >= LeastShare)))
            yield return Waiting(family, workload, largest);
    }

    /// <summary>Operations a second against CPUs, a line for each variant.</summary>
    public static Chart Throughput(Family family, Workload workload, IReadOnlyList<Measurement> measurements) => new(
        $"{family.Name}-{workload.Id}",
        workload.Title,
        $"Operations a second against the number of CPUs, for each variant: {workload.Title}. The same numbers stand in the table.",
        ChartKind.Lines,
        new Axis(workload.Axis, Scale.Log),
        new Axis($"{workload.Unit} a second", Scale.Log),
        Lines(measurements, one => new Point(
            one.Size, Math.Round(one.PerSecond), one.Interval is { } low ? Math.Max(1, Math.Round(low.Low)) : null, one.Interval is { } high ? Math.Round(high.High) : null)),
        $"{(measurements[0].Results.Count > 1 ? "Bands: 95 % intervals over seeds. " : "")}{Caveat}");

    /// <summary>How long it takes against how much there is.</summary>
    public static Chart Duration(Family family, Workload workload, IReadOnlyList<Measurement> measurements) => new(
        $"{family.Name}-{workload.Id}",
        workload.Title,
        $"Time against {workload.Axis}, for each variant: {workload.Title}.",
        ChartKind.Lines,
        new Axis(workload.Axis, Scale.Log),
        new Axis("milliseconds", Scale.Log),
        Lines(measurements, one => new Point(one.Size, Math.Round(one.First.Nanoseconds / 1e6, 6))),
        Caveat);

    private static Chart Latency(Family family, Workload workload, IReadOnlyList<Measurement> rows)
    {
        (string Name, Func<Latencies, long> Of)[] percentiles =
            [("median", one => one.P50), ("90 %", one => one.P90), ("99 %", one => one.P99), ("longest", one => one.Max)];
        return new(
            $"{family.Name}-{workload.Id}-latency",
            $"How long one takes, {workload.Axis} {rows[0].Size}",
            $"Percentiles of the time of an operation, for each variant: {workload.Title}.",
            ChartKind.Dots,
            Axis.Of("", [.. rows.Select(NameOf)]),
            new Axis("microseconds", Scale.Log),
            [.. percentiles.Select((percentile, number) => new Series(
                percentile.Name,
                [.. rows.Select((row, place) => new Point(place, percentile.Of(row.First.Latency) / 1000.0))],
                Look: number))],
            "Of the first seed.");
    }

    private static Chart Waiting(Family family, Workload workload, IReadOnlyList<Measurement> rows)
    {
        string[] classes =
        [
            .. rows.SelectMany(row => row.First.Waits).Where(wait => wait.Share >= LeastShare)
                .GroupBy(wait => wait.Class).OrderByDescending(one => one.Sum(wait => wait.Share)).ThenBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Key),
        ];
        return new(
            $"{family.Name}-{workload.Id}-waiting",
            $"What is waited for, {workload.Axis} {rows[0].Size}",
            $"The share of all CPUs' time that was spent waiting for each kind of lock, for each variant: {workload.Title}.",
            ChartKind.StackedBars,
            Axis.Of("", [.. rows.Select(NameOf)]),
            new Axis("% of all CPUs' time", Min: 0, Max: 100),
            [.. classes.Select((name, number) => new Series(
                name,
                [.. rows.Select((row, place) => new Point(place, Math.Round(100 * row.First.Waits.FirstOrDefault(wait => wait.Class == name).Share, 3)))],
                Look: number))],
            "Of the first seed. What is not waiting is work, or fetching cache lines.");
    }

    private static Series[] Lines(IReadOnlyList<Measurement> measurements, Func<Measurement, Point> point) =>
    [
        .. measurements.GroupBy(NameOf).Select((row, number) => new Series(
            row.Key,
            [.. row.Where(one => one.Failure is null && one.PerSecond > 0).Select(point)],
            Interval.Band,
            Look: number)),
    ];

    private static string NameOf(Measurement one) => one.Contender.Variant.ShortName;
}
