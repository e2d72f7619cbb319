using Variants.Families.Faults;
using Variants.Harness.Engine;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests.Workloads;

/// <summary>
/// page_fault1 of will-it-scale at its full size, 128 MB, under the simulated clock, beside the same on a real kernel: Linux
/// 6.18 on a virtual machine of two CPUs, AMD EPYC, with per-VMA locks.
/// </summary>
public sealed class CalibrationTests
{
    private const double RealFaultNs = 1e9 / 705_000;
    private const double RealScalingOfThreads = 1.94;
    private const double RealScalingOfProcesses = 1.905;

    [Fact]
    public void One_fault_costs_what_it_really_does_within_a_quarter_and_two_tasks_scale_within_a_twentieth()
    {
        double one = PerSecond(cpus: 1, inThreads: true);
        double threads = PerSecond(cpus: 2, inThreads: true) / one;
        double processes = PerSecond(cpus: 2, inThreads: false) / PerSecond(cpus: 1, inThreads: false);

        Assert.InRange(1e9 / one, 0.75 * RealFaultNs, 1.25 * RealFaultNs);
        Assert.InRange(threads, 0.95 * RealScalingOfThreads, 1.05 * RealScalingOfThreads);
        Assert.InRange(processes, 0.95 * RealScalingOfProcesses, 1.05 * RealScalingOfProcesses);
    }

    /// <summary>As rounds go on, page tables and vmas have been touched before: the real test runs for seconds.</summary>
    [Fact]
    public void So_does_a_fault_of_many_rounds() =>
        Assert.InRange(1e9 / PerSecond(cpus: 1, inThreads: true, rounds: 32), 0.75 * RealFaultNs, 1.25 * RealFaultNs);

    private static double PerSecond(int cpus, bool inThreads, int rounds = 8)
    {
        var storm = new FaultStorm("full", "page_fault1", inThreads, Pages: 32768) { Rounds = rounds };
        WorkloadResult result = WorkloadRun.Measure(
            storm, CostModel.Named("epyc-2023")!, machine => new PerVma643(machine), cpus, seed: 1, PropertyList.Audit);
        Assert.Null(result.Failure);
        return result.PerSecond;
    }
}
