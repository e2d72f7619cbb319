using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Throughput;

/// <summary>A workload of which the throughput is measured.</summary>
/// <param name="Id">As files name it.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="InThreads">Threads of one address space, or processes.</param>
/// <param name="MapperShare">One task in so many only maps and unmaps; 0 for none.</param>
/// <param name="Pages">Pages that a task maps, touches and unmaps.</param>
public sealed record Workload(string Id, string Title, bool InThreads, int MapperShare, int Pages);

/// <summary>One variant under one workload on so many CPUs.</summary>
public sealed record Measurement(Contender Contender, Workload Workload, int Cpus, WorkloadResult Result);

/// <summary>What is measured: a machine and a plan. The same for any number of workers.</summary>
/// <param name="Costs">The machine.</param>
/// <param name="Cpus">How many CPUs, one after another.</param>
/// <param name="Seed">From which tasks draw when they begin.</param>
/// <param name="Jobs">Worker threads.</param>
public sealed record ThroughputRun(CostModel Costs, IReadOnlyList<int> Cpus, ulong Seed, int Jobs)
{
    /// <summary>Page faults in threads and processes, and beside threads that map and unmap.</summary>
    public static IReadOnlyList<Workload> Workloads { get; } =
    [
        new("processes", "page faults, one process for each CPU", false, 0, 256),
        new("threads", "page faults, threads of one process", true, 0, 256),
        new("mappers", "page faults beside mmap and munmap, one thread in four", true, 4, 256),
    ];

    /// <summary>True if there is a workload for the variant.</summary>
    public bool CanRun(Variant variant) =>
        new Machine(Costs, new MachineCapacity(Cpus: 1), variant.Build).Kernel is IMapsRanges;

    /// <summary>Measures everything, in the order of variants, workloads and CPUs.</summary>
    public IReadOnlyList<Measurement> Measure(IReadOnlyList<Contender> contenders)
    {
        (Contender Contender, Workload Workload, int Cpus)[] plan =
        [
            .. contenders.SelectMany(contender => Workloads.SelectMany(workload => Cpus.Select(cpus => (contender, workload, cpus)))),
        ];
        var results = new Measurement[plan.Length];
        Parallel.For(0, plan.Length, new ParallelOptions { MaxDegreeOfParallelism = Jobs }, index =>
        {
            // The largest first, so that no worker is left with one at the end.
            int at = plan.Length - 1 - index;
            (Contender contender, Workload workload, int cpus) = plan[at];
            var storm = new FaultStorm(Costs, contender.Variant.Build)
            {
                InThreads = workload.InThreads,
                Mappers = workload.MapperShare == 0 ? 0 : cpus / workload.MapperShare,
                Pages = workload.Pages,
            };
            results[at] = new Measurement(contender, workload, cpus, storm.Run(cpus, Seed));
        });
        return results;
    }
}
