using System.Globalization;
using System.Text;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Throughput;

/// <summary>
/// Operations a second as mmtests prints them: the baseline first, the others with their difference in percent, of which
/// positive is better. Pure.
/// </summary>
public static class ThroughputTable
{
    private const int NameWidth = 15;
    private const int CellWidth = 8;

    /// <summary>The table of one workload, within 75 columns; CPUs that do not fit follow in another block.</summary>
    public static string Render(Workload workload, IReadOnlyList<Measurement> measurements)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{workload.Title}, thousands a second\n");
        int[] cpus = [.. measurements.Select(one => one.Cpus).Distinct().Order()];
        foreach (int[] block in cpus.Chunk((TextLines.Columns - NameWidth) / CellWidth))
        {
            text.Append($"{"CPUs",-NameWidth}{string.Concat(block.Select(count => $"{count,CellWidth}"))}\n");
            IGrouping<string, Measurement>[] rows = [.. measurements.GroupBy(one => one.Contender.Variant.ShortName)];
            foreach (IGrouping<string, Measurement> row in rows)
            {
                bool isBaseline = row.Key == rows[0].Key;
                text.Append($"{row.Key,-NameWidth}{Cells(block, row, one => Rate(one))}\n");
                if (!isBaseline)
                    text.Append($"{"",-NameWidth}{Cells(block, row, one => Difference(one, rows[0].First(other => other.Cpus == one.Cpus)))}\n");
            }
        }

        foreach (Measurement broken in measurements.Where(one => one.Result.Failure is not null).DistinctBy(one => one.Contender.Variant.ShortName))
            text.Append($"{broken.Contender.Variant.ShortName} breaks on {broken.Cpus} CPUs:\n  {broken.Result.Failure!.Kind}: {broken.Result.Failure.Subject}\n");
        return text.ToString();
    }

    private static string Cells(int[] block, IEnumerable<Measurement> row, Func<Measurement, string> cell) =>
        string.Concat(block.Select(cpus => cell(row.First(one => one.Cpus == cpus)).PadLeft(CellWidth))).TrimEnd();

    private static string Rate(Measurement one) => one.Result.Failure is not null
        ? "broken"
        : (one.Result.PerSecond / 1000).ToString("0", CultureInfo.InvariantCulture);

    private static string Difference(Measurement one, Measurement baseline)
    {
        if (one.Result.Failure is not null || baseline.Result.Failure is not null || baseline.Result.PerSecond == 0)
            return "-";
        double percent = ((one.Result.PerSecond / baseline.Result.PerSecond) - 1) * 100;
        return percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%";
    }
}
