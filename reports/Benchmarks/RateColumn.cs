using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Variants.Reports.Benchmarks;

/// <summary>How many of something are done in a second, from the median time of one operation.</summary>
/// <param name="name">What is counted: <c>steps/s</c>.</param>
/// <param name="perOperation">How many an operation does, in each case; null where nobody knows.</param>
public sealed class RateColumn(string name, Func<BenchmarkCase, double?> perOperation) : IColumn
{
    /// <summary>So many in every case.</summary>
    public RateColumn(string name, int perOperation)
        : this(name, _ => perOperation)
    {
    }

    public string Id => name;

    public string ColumnName => name;

    public string Legend => $"{name}: from the median";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => 1;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics && perOperation(benchmarkCase) is { } count
            ? (count * 1e9 / statistics.Median).ToString("N0", CultureInfo.InvariantCulture)
            : "?";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    public override string ToString() => name;
}
