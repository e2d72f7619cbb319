using System.Globalization;
using System.Text;
using Variants.Harness.Workloads;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Throughput;

/// <summary>
/// Operations a second as mmtests prints them: the baseline first, the others with their difference in percent, of which
/// positive is better, and a star if it is more than seeds differ by. Pure.
/// </summary>
public static class ThroughputTable
{
    private const int NameWidth = 19;
    private const int CellWidth = 8;
    private const double Thousands = 100_000;

    /// <summary>The tables of one workload, within 75 columns; sizes that do not fit follow in another block.</summary>
    public static string Render(Workload workload, IReadOnlyList<Measurement> measurements)
    {
        StringBuilder text = new();
        double unit = measurements.Max(one => one.PerSecond) >= Thousands ? 1000 : 1;
        text.Append(CultureInfo.InvariantCulture, $"{workload.Title}\n{workload.Unit}, {(unit == 1 ? "" : "thousands ")}a second\n");
        int[] sizes = [.. measurements.Select(one => one.Size).Distinct().Order()];
        IGrouping<string, Measurement>[] rows = [.. measurements.GroupBy(one => one.Contender.Variant.ShortName)];
        foreach (int[] block in sizes.Chunk((TextLines.Columns - NameWidth) / CellWidth))
        {
            text.Append($"{workload.Axis,-NameWidth}{string.Concat(block.Select(size => $"{size,CellWidth}"))}\n");
            foreach (IGrouping<string, Measurement> row in rows)
            {
                text.Append($"{row.Key,-NameWidth}{Cells(block, row, one => Rate(one, unit))}\n");
                if (row.Key != rows[0].Key)
                    text.Append($"{"",-NameWidth}{Cells(block, row, one => Difference(one, rows[0].First(other => other.Size == one.Size)))}\n");
            }
        }

        AppendDetails(text, workload, [.. rows.Select(row => row.MaxBy(one => one.Size)!)]);
        foreach (Measurement broken in measurements.Where(one => one.Failure is not null).DistinctBy(one => one.Contender.Variant.ShortName))
        {
            text.Append($"{broken.Contender.Variant.ShortName} breaks ({workload.Axis}: {broken.Size}):\n");
            foreach (string line in TextLines.Wrap($"{broken.Failure!.Kind}: {broken.Failure.Message}", TextLines.Columns - 2, hanging: 0))
                text.Append($"  {line}\n");
        }

        return text.ToString();
    }

    /// <summary>At the largest size: latencies in microseconds, fairness, and what most time was waited for.</summary>
    private static void AppendDetails(StringBuilder text, Workload workload, IReadOnlyList<Measurement> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"{workload.Axis} {rows[0].Size}: us of an operation, Jain's index, most waited for\n");
        text.Append($"{"",-NameWidth}{"p50",8}{"p90",8}{"p99",8}{"max",9}{"fair",6}\n");
        foreach (Measurement row in rows.Where(one => one.Failure is null))
        {
            Latencies latency = row.First.Latency;
            string waits = row.First.Waits.Length > 0 && row.First.Waits[0].Share >= 0.005
                ? $"  {Percent(row.First.Waits[0].Share)} {row.First.Waits[0].Class}"
                : "";
            string line = $"{row.Contender.Variant.ShortName,-NameWidth}{Microseconds(latency.P50),8}{Microseconds(latency.P90),8}"
                + $"{Microseconds(latency.P99),8}{Microseconds(latency.Max),9}{row.First.Fairness.ToString("0.00", CultureInfo.InvariantCulture),6}{waits}";
            text.Append(line.Length > TextLines.Columns ? line[..TextLines.Columns] : line).Append('\n');
            if (row.First.SlotsPerRun > 0)
                text.Append(CultureInfo.InvariantCulture, $"{"",-NameWidth}{row.First.SlotsPerRun,8:0.0} slots for each run written\n");
        }
    }

    private static string Cells(int[] block, IEnumerable<Measurement> row, Func<Measurement, string> cell) =>
        string.Concat(block.Select(size => cell(row.First(one => one.Size == size)).PadLeft(CellWidth))).TrimEnd();

    private static string Rate(Measurement one, double unit) => one.Failure is not null
        ? "broken"
        : (one.PerSecond / unit).ToString(one.PerSecond / unit < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Difference(Measurement one, Measurement baseline)
    {
        if (one.Failure is not null || baseline.Failure is not null || baseline.PerSecond == 0)
            return "-";
        double percent = ((one.PerSecond / baseline.PerSecond) - 1) * 100;
        string digits = Math.Abs(percent) >= 100 ? "+0;-0;0" : "+0.0;-0.0;0.0";
        return (one.DiffersFrom(baseline) ? "*" : "") + percent.ToString(digits, CultureInfo.InvariantCulture) + "%";
    }

    private static string Microseconds(long nanoseconds) =>
        (nanoseconds / 1000.0).ToString(nanoseconds < 100_000 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + "%";
}
