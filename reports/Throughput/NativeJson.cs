using System.Text.Json;
using Variants.Harness.Workloads;

namespace Variants.Reports.Throughput;

/// <summary><c>results.json</c> of measurements on real threads: it says that they are, and of which machine. Pure.</summary>
public static class NativeJson
{
    /// <summary>The file.</summary>
    public static byte[] Render(string machine, NativeThroughput plan, IReadOnlyList<Measurement> measurements)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("clock", "native");
            json.WriteBoolean("deterministic", false);
            json.WriteString("machine", machine);
            json.WriteNumber("seconds", plan.Seconds);
            json.WriteNumber("rounds", plan.Rounds);
            json.WriteNumber("seed", plan.Seed);
            json.WriteStartArray("measurements");
            foreach (Measurement one in measurements)
                Write(json, one);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Measurement one)
    {
        json.WriteStartObject();
        json.WriteString("variant", one.Contender.Variant.Name);
        json.WriteString("workload", one.Workload.Id);
        json.WriteString("axis", one.Workload.Axis);
        json.WriteNumber("size", one.Size);
        json.WriteStartArray("runs");
        foreach (WorkloadResult run in one.Results)
        {
            json.WriteStartObject();
            json.WriteNumber("operations", run.Operations);
            json.WriteNumber("nanoseconds", run.Nanoseconds);
            json.WriteNumber("p50_ns", run.Latency.P50);
            json.WriteNumber("p90_ns", run.Latency.P90);
            json.WriteNumber("p99_ns", run.Latency.P99);
            json.WriteNumber("max_ns", run.Latency.Max);
            json.WriteNumber("fairness", Math.Round(run.Fairness, 6));
            if (run.Failure is { } failure)
                json.WriteString("failure", $"{failure.Kind}: {failure.Message}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
