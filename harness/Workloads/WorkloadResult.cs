using System.Collections.Immutable;
using Variants.Harness.Engine;

namespace Variants.Harness.Workloads;

/// <summary>What a workload came to.</summary>
/// <param name="Operations">Operations done.</param>
/// <param name="Nanoseconds">From the beginning to the last of them.</param>
/// <param name="Awaits">Awaits that were simulated, what came before the beginning included.</param>
/// <param name="Latency">How long operations took.</param>
/// <param name="Waits">The share of all CPUs' time that was spent waiting for locks of a class, the greatest first.</param>
/// <param name="FetchingShare">The share of all CPUs' time that was spent fetching cache lines that others had.</param>
/// <param name="Fairness">Jain's index of the workers' operations: 1 if all did as many, 1/n if one did all.</param>
/// <param name="SlotsPerRun">Slots written to swap for each run of neighbouring ones; 0 if none was.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
public sealed record WorkloadResult(
    long Operations,
    long Nanoseconds,
    long Awaits,
    Latencies Latency,
    ImmutableArray<LockWait> Waits,
    double FetchingShare,
    double Fairness,
    double SlotsPerRun,
    Failure? Failure)
{
    /// <summary>Operations in a second of the simulated machine.</summary>
    public double PerSecond => Nanoseconds == 0 ? 0 : Operations * 1e9 / Nanoseconds;

    /// <summary>The share of all CPUs' time that was spent waiting for locks.</summary>
    public double WaitedShare => Waits.Sum(one => one.Share);
}

/// <summary>What was waited for one class of lock: a share of all CPUs' time.</summary>
public readonly record struct LockWait(string Class, double Share);

/// <summary>Percentiles of how long operations took, in nanoseconds, 3 % above the truth at most.</summary>
public readonly record struct Latencies(long P50, long P90, long P99, long Max);
