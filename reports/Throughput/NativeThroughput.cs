using Variants.Harness.Engine;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Reports.Throughput;

/// <summary>What is measured on real threads of this machine, and for how long. Nothing that comes out is deterministic.</summary>
/// <param name="Threads">How many threads, one after another, where a workload does not say.</param>
/// <param name="Seconds">How long each measurement lasts.</param>
/// <param name="Rounds">How many measurements of each; one more before them is not counted, for the compiler to warm up.</param>
/// <param name="Seed">The first of their seeds.</param>
public sealed record NativeThroughput(IReadOnlyList<int> Threads, double Seconds, int Rounds, ulong Seed)
{
    private const int WordBytes = 8;
    private const int WordsOfLine = 8;

    /// <summary>A machine runs for so much less before it is measured.</summary>
    private const int ShareOfFirst = 8;

    private static readonly Failure s_stuck = new(FailureKind.HungTask, "native", "not run, as it may be stuck for good on real threads", -1, 0);

    /// <summary>
    /// Measures everything, one after another, in the order of workloads, sizes and variants. The designs take turns in every
    /// round, so that what else the machine does meets all of them alike, each on a machine built anew. One that fails is not
    /// measured again.
    /// </summary>
    /// <param name="contenders">The designs.</param>
    /// <param name="workloadsOf">The workloads that a design can run.</param>
    /// <param name="breaks">
    /// What went wrong when a design was simulated so, null if nothing did. One that breaks there is not run: it could spin for
    /// ever, and nothing stops a thread.
    /// </param>
    public IReadOnlyList<Measurement> Measure(
        IReadOnlyList<Contender> contenders, Func<Contender, IReadOnlyList<Workload>> workloadsOf, Func<Contender, Workload, int, Failure?> breaks)
    {
        var measurements = new List<Measurement>();
        foreach (IGrouping<Workload, Contender> asked in contenders.SelectMany(one => workloadsOf(one).Select(workload => (workload, one))).GroupBy(one => one.workload, one => one.one))
        {
            foreach (int size in asked.Key.Sizes ?? [.. Threads.Where(count => count >= asked.Key.LeastCpus)])
                measurements.AddRange(Measure(asked.Key, size, [.. asked], breaks));
        }

        return measurements;
    }

    private IEnumerable<Measurement> Measure(
        Workload workload, int size, Contender[] contenders, Func<Contender, Workload, int, Failure?> breaks)
    {
        List<WorkloadResult>[] results = [.. contenders.Select(one => NotRun(workload.StuckOnThreads.Contains(one.Variant.ShortName) ? s_stuck : Simulated(breaks(one, workload, size))))];
        for (int round = -1; round < Rounds; round++)
        {
            for (int index = 0; index < contenders.Length; index++)
            {
                if (results[index].LastOrDefault()?.Failure is not null)
                    continue;
                WorkloadResult result = Measure(workload, contenders[index], size, round);
                if (round >= 0 || result.Failure is not null)
                    results[index].Add(result);
            }
        }

        return contenders.Select((one, index) => new Measurement(one, workload, size, results[index]));
    }

    /// <summary>
    /// A machine at another place in memory each time: which of its words share a cache line makes up to 17 % of a rate, and is chance
    /// (Mytkowicz, Diwan, Hauswirth and Sweeney, ASPLOS'09).
    /// </summary>
    private WorkloadResult Measure(Workload workload, Contender contender, int size, int round)
    {
        GC.Collect();
        GC.KeepAlive(new byte[WordBytes * (1 + ((round + 1) % WordsOfLine))]);
        var run = new NativeRun(workload, contender.Variant.Build, size, PropertyList.Audit);
        ulong seed = Seed + (ulong)Math.Max(0, round);
        WorkloadResult first = run.Measure(seed, TimeSpan.FromSeconds(Seconds / ShareOfFirst));
        return first.Failure is null ? run.Measure(seed, TimeSpan.FromSeconds(Seconds)) : first;
    }

    private static Failure? Simulated(Failure? failure) =>
        failure is null ? null : failure with { Message = $"not run, as it breaks when simulated: {failure.Message}" };

    /// <summary>The one result of a design that is not run; none of one that is.</summary>
    private static List<WorkloadResult> NotRun(Failure? why) => why is null ? [] :
    [
        new WorkloadResult(
            Operations: 0, Nanoseconds: 0, Awaits: 0, default, Waits: [], FetchingShare: 0, Fairness: 0, SlotsPerRun: 0,
            why),
    ];
}
