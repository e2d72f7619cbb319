using System.Text.Json;
using Variants.Reports.Pages;

namespace Variants.Reports.Throughput;

/// <summary><c>results.json</c> of measurements on real threads: it says that they are, and of which machine. Pure.</summary>
public static class NativeJson
{
    /// <summary>The file.</summary>
    public static byte[] Render(string machine, NativeThroughput plan, IReadOnlyList<Measurement> measurements)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ResultsJson.Options))
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
                ThroughputJson.Write(json, one);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
