using System.Text.Json;
using Variants.Harness.Workloads;

namespace Variants.Reports.Throughput;

/// <summary>
/// What was measured, for programs: the results.json of <c>throughput</c>, and a part of that of a comparison, where
/// <c>docs/results.schema.json</c> says what each field is. Pure.
/// </summary>
internal static class ThroughputJson
{
    /// <summary>Locks that less of all time was waited for are left out.</summary>
    private const double LeastShare = 0.001;

    /// <summary>One object.</summary>
    internal static void Write(Utf8JsonWriter json, ThroughputResult result)
    {
        json.WriteStartObject();
        json.WriteString("machine", result.Run.Costs.Name);
        json.WriteNumber("seed", result.Run.Seed);
        json.WriteNumber("seeds", result.Run.Seeds);
        json.WriteBoolean("interrupted", result.Interrupted);
        json.WriteStartArray("measurements");
        foreach (Measurement one in result.Measurements)
            Write(json, one);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One variant under one workload at one size.</summary>
    internal static void Write(Utf8JsonWriter json, Measurement one)
    {
        json.WriteStartObject();
        json.WriteString("variant", one.Contender.Variant.Name);
        json.WriteString("workload", one.Workload.Id);
        json.WriteString("unit", one.Workload.Unit);
        json.WriteString("axis", one.Workload.Axis);
        json.WriteNumber("size", one.Size);
        if (one.Failure is { } failure)
            json.WriteString("failure", $"{failure.Kind}: {failure.Message}");
        json.WriteStartArray("runs");
        foreach (WorkloadResult run in one.Results)
            Write(json, run);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WorkloadResult run)
    {
        json.WriteStartObject();
        json.WriteNumber("operations", run.Operations);
        json.WriteNumber("nanoseconds", run.Nanoseconds);
        json.WriteNumber("p50Ns", run.Latency.P50);
        json.WriteNumber("p90Ns", run.Latency.P90);
        json.WriteNumber("p99Ns", run.Latency.P99);
        json.WriteNumber("maxNs", run.Latency.Max);
        json.WriteNumber("fairness", Math.Round(run.Fairness, 6));
        if (run.Awaits > 0)
            WriteSimulated(json, run);
        json.WriteEndObject();
    }

    /// <summary>What nobody counts on real threads.</summary>
    private static void WriteSimulated(Utf8JsonWriter json, WorkloadResult run)
    {
        json.WriteNumber("awaits", run.Awaits);
        json.WriteNumber("fetchingShare", Math.Round(run.FetchingShare, 6));
        json.WriteNumber("slotsPerRun", Math.Round(run.SlotsPerRun, 6));
        json.WriteStartObject("waitedShare");
        foreach (LockWait wait in run.Waits.Where(wait => wait.Share >= LeastShare))
            json.WriteNumber(wait.Class, Math.Round(wait.Share, 6));
        json.WriteEndObject();
    }
}
