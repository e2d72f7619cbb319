using Variants.Harness.Workloads;
using Variants.Reports.Charts;

namespace Variants.Reports.Throughput;

/// <summary>The charts of a workload: how many operations, how long one takes, and what is waited for.</summary>
public static class ThroughputCharts
{
    /// <summary>Locks below this share of all time are not drawn.</summary>
    private const double LeastShare = 0.005;

    /// <summary>All of them.</summary>
    public static IEnumerable<Chart> Of(WorkloadTable table, Provenance from)
    {
        yield return Curve(table, from);
        Measurement[] largest = [.. table.Largest.Where(one => one.Failure is null)];
        if (largest.Length == 0 || table.Workload.Sizes is not null)
            yield break;
        yield return Latency(table, largest, from);
        if (largest.Any(one => one.First.Waits.Any(wait => wait.Share >= LeastShare)))
            yield return Waiting(table, largest, from);
    }

    /// <summary>The one that says most: operations a second against CPUs, or how long it takes against how much there is.</summary>
    public static Chart Curve(WorkloadTable table, Provenance from) => table.Workload.Sizes is null ? Throughput(table, from) : Duration(table, from);

    /// <summary>Operations a second against CPUs, a line for each variant.</summary>
    private static Chart Throughput(WorkloadTable table, Provenance from) => new(
        IdOf(table),
        table.Workload.Title,
        $"Operations a second against the number of CPUs, for each variant: {table.Workload.Title}. The same numbers stand in the table.",
        ChartKind.Lines,
        new Axis(table.Workload.Axis, Scale.Log),
        new Axis($"{table.Workload.Unit} a second", Scale.Log),
        Lines(table, one => new Point(
            one.Size, Math.Round(one.PerSecond), one.Interval is { } low ? Math.Max(1, Math.Round(low.Low)) : null, one.Interval is { } high ? Math.Round(high.High) : null)),
        $"{(table.Measurements[0].Results.Count > 1 ? "Bands: 95 % intervals over " + from.Repetition + "s. " : "")}{from.Caveat}");

    /// <summary>How long it takes against how much there is.</summary>
    private static Chart Duration(WorkloadTable table, Provenance from) => new(
        IdOf(table),
        table.Workload.Title,
        $"Time against {table.Workload.Axis}, for each variant: {table.Workload.Title}.",
        ChartKind.Lines,
        new Axis(table.Workload.Axis, Scale.Log),
        new Axis("milliseconds", Scale.Log),
        Lines(table, one => new Point(one.Size, Math.Round(one.First.Nanoseconds / 1e6, 6))),
        from.Caveat);

    private static Chart Latency(WorkloadTable table, IReadOnlyList<Measurement> rows, Provenance from)
    {
        (string Name, Func<Latencies, long> Of)[] percentiles =
            [("median", one => one.P50), ("90 %", one => one.P90), ("99 %", one => one.P99), ("longest", one => one.Max)];
        return new(
            $"{IdOf(table)}-latency",
            $"How long one takes, {table.LargestSize}",
            $"Percentiles of the time of an operation, for each variant: {table.Workload.Title}.",
            ChartKind.Dots,
            Axis.Of("", [.. rows.Select(NameOf)]),
            new Axis("microseconds", Scale.Log),
            [.. percentiles.Select((percentile, number) => new Series(
                percentile.Name,
                [.. rows.Select((row, place) => new Point(place, percentile.Of(row.First.Latency) / 1000.0))],
                Look: number))],
            $"Of the first {from.Repetition}.");
    }

    private static Chart Waiting(WorkloadTable table, IReadOnlyList<Measurement> rows, Provenance from)
    {
        string[] classes =
        [
            .. rows.SelectMany(row => row.First.Waits).Where(wait => wait.Share >= LeastShare)
                .GroupBy(wait => wait.Class).OrderByDescending(one => one.Sum(wait => wait.Share)).ThenBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Key),
        ];
        return new(
            $"{IdOf(table)}-waiting",
            $"What is waited for, {table.LargestSize}",
            $"The share of all CPUs' time that was spent waiting for each kind of lock, for each variant: {table.Workload.Title}.",
            ChartKind.StackedBars,
            Axis.Of("", [.. rows.Select(NameOf)]),
            new Axis("% of all CPUs' time", Min: 0, Max: 100),
            [.. classes.Select((name, number) => new Series(
                name,
                [.. rows.Select((row, place) => new Point(place, Math.Round(100 * row.First.Waits.FirstOrDefault(wait => wait.Class == name).Share, 3)))],
                Look: number))],
            $"Of the first {from.Repetition}. What is not waiting is work, or fetching cache lines.");
    }

    private static Series[] Lines(WorkloadTable table, Func<Measurement, Point> point) =>
    [
        .. table.Rows.Select((row, number) => new Series(
            row.Key,
            [.. row.Where(one => one.Failure is null && one.PerSecond > 0).Select(point)],
            Interval.Band,
            Look: number)),
    ];

    /// <summary>Workloads that users bring may be called anything; what a page names is lower-case letters, digits and hyphens.</summary>
    internal static string IdOf(WorkloadTable table) =>
        string.Concat($"{table.Family.Name}-{table.Workload.Id}".ToLowerInvariant().Select(one => char.IsAsciiLetterOrDigit(one) ? one : '-'));

    private static string NameOf(Measurement one) => one.Contender.Variant.ShortName;
}
