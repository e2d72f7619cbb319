using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Workloads;

namespace Variants.Reports.Throughput;

/// <summary>What was measured: the same for the same arguments, however many workers there were.</summary>
/// <param name="Run">The machine and the plan.</param>
/// <param name="Measurements">In the order of variants, workloads and sizes.</param>
/// <param name="SetAside">What a user brought and could not be relied on: nothing above speaks of it.</param>
/// <param name="Interrupted">True if it was stopped: workloads that were not measured whole are left out.</param>
public sealed record ThroughputResult(
    ThroughputRun Run, ImmutableArray<Measurement> Measurements, ImmutableArray<SetAsideCode> SetAside, bool Interrupted)
{
    /// <summary>What was measured of a family, a table for each workload; those of the designs that could run it.</summary>
    public IEnumerable<WorkloadTable> Of(Family family) => WorkloadTable.Of(Measurements.Where(one => one.Contender.Family.Name == family.Name));

    /// <summary>
    /// The workload by which a family's designs are told apart in a word: the first, in the family's order, of those that the
    /// most of them get through. Null if nothing was measured.
    /// </summary>
    public WorkloadTable? HeadlineOf(Family family) => Of(family).MaxBy(table => table.Largest.Count(one => one.Failure is null));
}

/// <summary>All that was measured under one workload: the rows of a table, the lines of a chart.</summary>
/// <param name="Family">Whose designs.</param>
/// <param name="Workload">Under what.</param>
/// <param name="Measurements">In the order of variants and sizes; the first variant is what the others are compared with.</param>
public sealed record WorkloadTable(Family Family, Workload Workload, ImmutableArray<Measurement> Measurements)
{
    /// <summary>A table for each workload of each family that was measured.</summary>
    public static IEnumerable<WorkloadTable> Of(IEnumerable<Measurement> measurements) => measurements
        .GroupBy(one => (one.Contender.Family.Name, one.Workload.Id))
        .Select(rows => new WorkloadTable(rows.First().Contender.Family, rows.First().Workload, [.. rows]));

    /// <summary>A row for each variant.</summary>
    public IEnumerable<IGrouping<string, Measurement>> Rows => Measurements.GroupBy(one => one.Contender.Variant.ShortName);

    /// <summary>The sizes, from the least.</summary>
    public ImmutableArray<int> Sizes => [.. Measurements.Select(one => one.Size).Distinct().Order()];

    /// <summary>Of each variant, what was measured at its greatest size.</summary>
    public IEnumerable<Measurement> Largest => Rows.Select(row => row.MaxBy(one => one.Size)!);

    /// <summary><c>CPUs 64</c>.</summary>
    public string LargestSize => $"{Workload.Axis} {Sizes[^1]}";
}

/// <summary>How far a measurement is, for whoever wants to look, from any thread.</summary>
public sealed class ThroughputProgress
{
    private int _done;
    private int _total;

    /// <summary>Runs done, of how many; 0 of 0 until it is known.</summary>
    public (int Done, int Total) Runs => (Volatile.Read(ref _done), Volatile.Read(ref _total));

    internal void Begin(int total) => Volatile.Write(ref _total, total);

    internal void OneDone() => Interlocked.Increment(ref _done);
}
