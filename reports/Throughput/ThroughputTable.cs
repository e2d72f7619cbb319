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
    private const int LeastNameWidth = 19;
    private const int MostNameWidth = 24;
    private const int CellWidth = 8;
    private const int DifferenceWidth = 9;
    private const double Thousands = 100_000;

    /// <summary>The tables of one workload, within 75 columns.</summary>
    public static string Render(WorkloadTable table)
    {
        StringBuilder text = new();
        AppendRates(text, table);
        AppendDetails(text, table);
        AppendBroken(text, table);
        return text.ToString();
    }

    /// <summary>The same without what happened at the greatest size.</summary>
    public static string RenderShort(WorkloadTable table)
    {
        StringBuilder text = new();
        AppendRates(text, table);
        AppendBroken(text, table);
        return text.ToString();
    }

    /// <summary><c>+12.3%</c>, with a star if it is more than seeds differ by; null if one of the two came to nothing.</summary>
    public static string? Difference(Measurement one, Measurement baseline)
    {
        if (one.Failure is not null || baseline.Failure is not null || baseline.PerSecond == 0)
            return null;
        double percent = ((one.PerSecond / baseline.PerSecond) - 1) * 100;
        string digits = Math.Abs(percent) >= 100 ? "+0;-0;0" : "+0.0;-0.0;0.0";
        return (one.DiffersFrom(baseline) ? "*" : "") + percent.ToString(digits, CultureInfo.InvariantCulture) + "%";
    }

    /// <summary><c>page faults, thousands a second</c>, and by how much rates are divided for it.</summary>
    public static (string Name, double Divisor) UnitOf(WorkloadTable table) => table.Measurements.Max(one => one.PerSecond) >= Thousands
        ? ($"{table.Workload.Unit}, thousands a second", 1000)
        : ($"{table.Workload.Unit} a second", 1);

    /// <summary>A rate in such a unit, to three digits at least.</summary>
    public static string Rate(Measurement one, double divisor) =>
        (one.PerSecond / divisor).ToString(one.PerSecond / divisor < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    /// <summary>
    /// Where there are few sizes, differences stand beside rates, and otherwise below them; sizes that do not fit follow in
    /// another block.
    /// </summary>
    private static void AppendRates(StringBuilder text, WorkloadTable table)
    {
        (string unit, double divisor) = UnitOf(table);
        text.Append($"{table.Workload.Title}\n{unit}\n");
        IGrouping<string, Measurement>[] rows = [.. table.Rows];
        int nameWidth = NameWidth(table);
        bool beside = table.Sizes.Length * (CellWidth + DifferenceWidth) <= TextLines.Columns - nameWidth;
        foreach (int[] block in table.Sizes.Chunk((TextLines.Columns - nameWidth) / CellWidth))
        {
            string gap = beside ? new string(' ', DifferenceWidth) : "";
            AppendRow(text, table.Workload.Axis, nameWidth, string.Join(gap, block.Select(size => $"{size,CellWidth}")));
            foreach (IGrouping<string, Measurement> row in rows)
            {
                Measurement[] cells = [.. block.Select(size => row.First(one => one.Size == size))];
                string[] rates = [.. cells.Select(one => (one.Failure is null ? Rate(one, divisor) : "broken").PadLeft(CellWidth))];
                string[] differences = [.. cells.Select(one => row.Key == rows[0].Key ? "" : Difference(one, rows[0].First(other => other.Size == one.Size)) ?? "-")];
                if (beside)
                {
                    AppendRow(text, row.Key, nameWidth, string.Concat(rates.Zip(differences, (rate, difference) => rate + difference.PadLeft(DifferenceWidth))));
                    continue;
                }

                AppendRow(text, row.Key, nameWidth, string.Concat(rates));
                if (row.Key != rows[0].Key)
                    AppendRow(text, "", nameWidth, string.Concat(differences.Select(one => one.PadLeft(CellWidth))));
            }
        }
    }

    /// <summary>At the largest size: latencies in microseconds, fairness, and what most time was waited for.</summary>
    private static void AppendDetails(StringBuilder text, WorkloadTable table)
    {
        int nameWidth = NameWidth(table);
        text.Append($"{table.LargestSize}: us of an operation, Jain's index, most waited for\n");
        AppendRow(text, "", nameWidth, $"{"p50",8}{"p90",8}{"p99",8}{"max",9}{"fair",6}");
        foreach (Measurement row in table.Largest.Where(one => one.Failure is null))
        {
            Latencies latency = row.First.Latency;
            string cells = $"{Microseconds(latency.P50),8}{Microseconds(latency.P90),8}{Microseconds(latency.P99),8}{Microseconds(latency.Max),9}"
                + row.First.Fairness.ToString("0.00", CultureInfo.InvariantCulture).PadLeft(6);
            string waits = row.First.Waits.Length > 0 && row.First.Waits[0].Share >= 0.005
                ? $"  {Percent(row.First.Waits[0].Share)} {row.First.Waits[0].Class}"
                : "";
            bool fits = nameWidth + cells.Length + waits.Length <= TextLines.Columns;
            AppendRow(text, row.Contender.Variant.ShortName, nameWidth, fits ? cells + waits : cells);
            if (!fits)
                AppendRow(text, "", nameWidth, waits);
            if (row.First.SlotsPerRun > 0)
                AppendRow(text, "", nameWidth, string.Create(CultureInfo.InvariantCulture, $"{row.First.SlotsPerRun,8:0.0} slots for each run written"));
        }
    }

    private static void AppendBroken(StringBuilder text, WorkloadTable table)
    {
        foreach (Measurement broken in table.Measurements.Where(one => one.Failure is not null).DistinctBy(one => one.Contender.Variant.ShortName))
        {
            text.Append($"{broken.Contender.Variant.ShortName} breaks ({table.Workload.Axis}: {broken.Size}):\n");
            foreach (string line in TextLines.Wrap($"{broken.Failure!.Kind}: {broken.Failure.Message}", TextLines.Columns - 2))
                text.Append($"  {line}\n");
        }
    }

    /// <summary>A name that is too long for its column has a line of its own.</summary>
    private static void AppendRow(StringBuilder text, string name, int nameWidth, string cells)
    {
        if (name.Length >= nameWidth)
        {
            text.Append(name.Length > TextLines.Columns ? name[..TextLines.Columns] : name).Append('\n');
            name = "";
        }

        text.Append($"{name.PadRight(nameWidth)}{cells}".TrimEnd()).Append('\n');
    }

    private static int NameWidth(WorkloadTable table) => Math.Clamp(table.Rows.Max(row => row.Key.Length) + 1, LeastNameWidth, MostNameWidth);

    private static string Microseconds(long nanoseconds) =>
        (nanoseconds / 1000.0).ToString(nanoseconds < 100_000 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + "%";
}
