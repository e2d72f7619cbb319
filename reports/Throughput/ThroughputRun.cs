using System.Collections.Concurrent;
using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Reports.Throughput;

/// <summary>One variant under one workload at one size, once for each seed.</summary>
public sealed record Measurement(Contender Contender, Workload Workload, int Size, IReadOnlyList<WorkloadResult> Results)
{
    private const double Confidence = 0.95;

    /// <summary>What went wrong, null if nothing did.</summary>
    public Failure? Failure => Results.FirstOrDefault(one => one.Failure is not null)?.Failure;

    /// <summary>Operations a second, the mean of the seeds.</summary>
    public double PerSecond => Results.Average(one => one.PerSecond);

    /// <summary>The first seed's: how long operations took, and what was waited for.</summary>
    public WorkloadResult First => Results[0];

    /// <summary>The 95 % interval of the mean, by Student's t; null of one seed.</summary>
    public (double Low, double High)? Interval
    {
        get
        {
            if (Results.Count < 2)
                return null;
            double half = StudentT.InvCDF(0, 1, Results.Count - 1, 1 - ((1 - Confidence) / 2))
                * Rates.StandardDeviation() / Math.Sqrt(Results.Count);
            return (PerSecond - half, PerSecond + half);
        }
    }

    /// <summary>True if the two differ by more than their seeds do: Welch's test at 5 %.</summary>
    public bool DiffersFrom(Measurement other) => ChanceOfDifferenceFrom(other) < 1 - Confidence;

    /// <summary>How often seeds of two that are equally fast would differ by so much, by Welch's test; 1 of a single seed, which tells nothing.</summary>
    public double ChanceOfDifferenceFrom(Measurement other)
    {
        if (Results.Count < 2 || other.Results.Count < 2)
            return 1;
        double mine = Rates.Variance() / Results.Count;
        double others = other.Rates.Variance() / other.Results.Count;
        if (mine + others == 0)
            return PerSecond == other.PerSecond ? 1 : 0;
        double freedom = (mine + others) * (mine + others)
            / ((mine * mine / (Results.Count - 1)) + (others * others / (other.Results.Count - 1)));
        double t = Math.Abs(PerSecond - other.PerSecond) / Math.Sqrt(mine + others);
        return 2 * (1 - StudentT.CDF(0, 1, freedom, t));
    }

    private IEnumerable<double> Rates => Results.Select(one => one.PerSecond);
}

/// <summary>What is measured: a machine and a plan. The same for any number of workers.</summary>
/// <param name="Costs">The machine.</param>
/// <param name="Cpus">How many CPUs, one after another, where a workload does not say.</param>
/// <param name="Seed">From which tasks draw when they begin: the first of the seeds.</param>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Jobs">Worker threads.</param>
public sealed record ThroughputRun(CostModel Costs, IReadOnlyList<int> Cpus, ulong Seed, int Seeds, int Jobs)
{
    /// <summary>What is measured beside a comparison: one CPU, a few and many, as far as the machine has them.</summary>
    public static ThroughputRun Brief(CostModel costs, ulong seed, int jobs) =>
        new(costs, [.. new[] { 1, 8, 64 }.Select(cpus => Math.Min(cpus, costs.Cpus)).Distinct()], seed, Seeds: 1, jobs) { IsBrief = true };

    /// <summary>True if of the sizes that a workload has of its own only the least, the middle and the greatest are measured.</summary>
    public bool IsBrief { get; init; }

    /// <summary>True for the name of a workload that a user brought: what it does wrong is contained.</summary>
    public Func<string, bool> IsBrought { get; init; } = _ => false;

    /// <summary>What there is to measure, in the order of variants, workloads and sizes: nothing is run yet.</summary>
    public ThroughputPlan Plan(IReadOnlyList<Contender> contenders)
    {
        var brought = new BroughtCode(IsBrought);
        return new ThroughputPlan(contenders, [.. contenders.SelectMany(contender => PlanOf(contender, brought))], brought);
    }

    /// <summary>
    /// Measures everything. What a user brought and cannot be relied on is set aside, and changes nothing for the others.
    /// Cancelled, it keeps the workloads that it had measured whole.
    /// </summary>
    public ThroughputResult Measure(ThroughputPlan planned, ThroughputProgress? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(planned);
        (ImmutableArray<PlannedRun> plan, BroughtCode brought) = (planned.Runs, planned.Brought);
        var results = new WorkloadResult?[plan.Length * Seeds];
        progress?.Begin(results.Length);

        // The largest first, so that no worker is left with one at the end.
        IEnumerable<(int Index, int Turn)> order = Enumerable.Range(0, results.Length)
            .OrderByDescending(index => plan[index / Seeds].Workers).ThenBy(index => index)
            .Select((index, turn) => (index, turn));
        Parallel.ForEach(Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Jobs }, next =>
        {
            PlannedRun one = plan[next.Index / Seeds];
            if (cancel.IsCancellationRequested || brought.IsSetAside(one, next.Turn))
                return;
            results[next.Index] = brought.Run(
                one, next.Turn, build => WorkloadRun.Measure(one.Workload, Costs, build, one.Size, Seed + (ulong)(next.Index % Seeds), PropertyList.Audit));
            progress?.OneDone();
        });
        (PlannedRun Plan, WorkloadResult?[] Results)[] done =
            [.. plan.Select((one, number) => (one, results[(number * Seeds)..((number + 1) * Seeds)])).Where(one => !brought.IsSetAside(one.one))];
        ImmutableArray<string> unfinished = [.. done.Where(one => one.Results.Contains(null)).Select(one => one.Plan.Table).Distinct()];
        return new ThroughputResult(
            this,
            [.. done.Where(one => !unfinished.Contains(one.Plan.Table))
                .Select(one => new Measurement(one.Plan.Contender, one.Plan.Workload, one.Plan.Size, [.. one.Results.OfType<WorkloadResult>()]))],
            brought.SetAside,
            Interrupted: !unfinished.IsEmpty);
    }

    /// <summary>What is measured of one design.</summary>
    private List<PlannedRun> PlanOf(Contender contender, BroughtCode brought)
    {
        IKernel? kernel = brought.Plan(contender, null, build => new Machine(Costs, new MachineCapacity(), build).Kernel);
        if (kernel is null)
            return [];
        List<PlannedRun> plan = [];
        foreach (Workload workload in contender.Family.Workloads)
        {
            plan.AddRange(brought.Plan<IReadOnlyList<PlannedRun>>(contender, workload, _ => workload.CanRun(kernel)
                ? [.. SizesOf(workload).Select(size => new PlannedRun(contender, workload, size, workload.CpusAt(size)))]
                : []) ?? []);
        }

        return plan;
    }

    /// <summary>A workload that does not depend on CPUs has sizes of its own.</summary>
    private IEnumerable<int> SizesOf(Workload workload)
    {
        IReadOnlyList<int>? own = workload.Sizes;
        return own is null ? Cpus.Where(cpus => cpus >= workload.LeastCpus)
            : IsBrief ? new[] { 0, (own.Count - 1) / 2, own.Count - 1 }.Distinct().Select(place => own[place])
            : own;
    }
}

/// <summary>What there is to measure.</summary>
public sealed class ThroughputPlan
{
    private readonly IReadOnlyList<Contender> _contenders;

    internal ThroughputPlan(IReadOnlyList<Contender> contenders, ImmutableArray<PlannedRun> runs, BroughtCode brought)
    {
        _contenders = contenders;
        Runs = runs;
        Brought = brought;
    }

    /// <summary>The designs that none of their family's workloads is for.</summary>
    public IEnumerable<Contender> Idle =>
        _contenders.Where(one => !Runs.Any(run => run.Contender == one) && Brought.SetAside.All(aside => aside.Name != one.Variant.Name));

    /// <summary>The workloads that are measured of a design.</summary>
    public IReadOnlyList<Workload> WorkloadsOf(Contender contender) =>
        [.. Runs.Where(run => run.Contender == contender).Select(run => run.Workload).Distinct()];

    internal ImmutableArray<PlannedRun> Runs { get; }

    internal BroughtCode Brought { get; }
}

/// <summary>One thing to measure, once for each seed.</summary>
/// <param name="Contender">The design.</param>
/// <param name="Workload">What it runs.</param>
/// <param name="Size">How big that is.</param>
/// <param name="Workers">How many CPUs work: the more, the longer it takes.</param>
internal sealed record PlannedRun(Contender Contender, Workload Workload, int Size, int Workers)
{
    /// <summary>In which table it stands.</summary>
    internal string Table => $"{Contender.Family.Name} {Workload.Id}";
}
