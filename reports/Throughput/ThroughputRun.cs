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
    public bool DiffersFrom(Measurement other)
    {
        if (Results.Count < 2 || other.Results.Count < 2)
            return false;
        double mine = Rates.Variance() / Results.Count;
        double others = other.Rates.Variance() / other.Results.Count;
        if (mine + others == 0)
            return PerSecond != other.PerSecond;
        double freedom = (mine + others) * (mine + others)
            / ((mine * mine / (Results.Count - 1)) + (others * others / (other.Results.Count - 1)));
        double t = Math.Abs(PerSecond - other.PerSecond) / Math.Sqrt(mine + others);
        return 2 * (1 - StudentT.CDF(0, 1, freedom, t)) < 1 - Confidence;
    }

    private IEnumerable<double> Rates => Results.Select(one => one.PerSecond);
}

/// <summary>A workload, or a kernel under it, has thrown.</summary>
public sealed class WorkloadException(string workload, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Which workload.</summary>
    public string Workload { get; } = workload;
}

/// <summary>What is measured: a machine and a plan. The same for any number of workers.</summary>
/// <param name="Costs">The machine.</param>
/// <param name="Cpus">How many CPUs, one after another, where a workload does not say.</param>
/// <param name="Seed">From which tasks draw when they begin: the first of the seeds.</param>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Jobs">Worker threads.</param>
public sealed record ThroughputRun(CostModel Costs, IReadOnlyList<int> Cpus, ulong Seed, int Seeds, int Jobs)
{
    /// <summary>The workloads of its family that the variant can run.</summary>
    public IReadOnlyList<Workload> WorkloadsOf(Contender contender)
    {
        IKernel kernel = new Machine(Costs, new MachineCapacity(), contender.Variant.Build).Kernel;
        return [.. contender.Family.Workloads.Where(workload => workload.CanRun(kernel))];
    }

    /// <summary>Measures everything, in the order of variants, workloads and sizes.</summary>
    /// <exception cref="AggregateException">Of <see cref="WorkloadException"/>s: a workload or a kernel under it has thrown.</exception>
    public IReadOnlyList<Measurement> Measure(IReadOnlyList<Contender> contenders)
    {
        (Contender Contender, Workload Workload, int Size)[] plan =
        [
            .. contenders.SelectMany(contender => WorkloadsOf(contender)
                .SelectMany(workload => SizesOf(workload).Select(size => (contender, workload, size)))),
        ];
        var results = new WorkloadResult[plan.Length * Seeds];

        // The largest first, so that no worker is left with one at the end.
        int[] order = [.. Enumerable.Range(0, results.Length).OrderByDescending(index => plan[index / Seeds].Workload.CpusAt(plan[index / Seeds].Size))];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = Jobs }, turn =>
        {
            int index = order[turn];
            (Contender contender, Workload workload, int size) = plan[index / Seeds];
            try
            {
                results[index] = WorkloadRun.Measure(workload, Costs, contender.Variant.Build, size, Seed + (ulong)(index % Seeds), PropertyList.Audit);
            }
            catch (Exception error)
            {
                throw new WorkloadException(
                    workload.Id, $"the workload {workload.Id} ended in {error.GetType().Name} on {contender.Variant.Name} at {size}: {error.Message}", error);
            }
        });
        return [.. plan.Select((one, number) => new Measurement(one.Contender, one.Workload, one.Size, results[(number * Seeds)..((number + 1) * Seeds)]))];
    }

    /// <summary>A workload that does not depend on CPUs has sizes of its own.</summary>
    private IReadOnlyList<int> SizesOf(Workload workload) => workload.Sizes ?? [.. Cpus.Where(cpus => cpus >= workload.LeastCpus)];
}
