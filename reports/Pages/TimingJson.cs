using System.Runtime.InteropServices;
using System.Text.Json;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Pages;

/// <summary><c>timing.json</c>: how long it took, and where. The only file that differs from run to run.</summary>
public static class TimingJson
{
    /// <summary>The file.</summary>
    public static byte[] Render(CampaignResult result)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ResultsJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", ResultsJson.Version);
            json.WriteStartObject("machine");
            json.WriteString("system", RuntimeInformation.OSDescription);
            json.WriteString("architecture", RuntimeInformation.ProcessArchitecture.ToString());
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteNumber("processors", Environment.ProcessorCount);
            json.WriteNumber("jobs", result.Options.Jobs);
            json.WriteEndObject();
            json.WriteStartArray("variants");
            foreach (VariantResult variant in result.Variants)
            {
                json.WriteStartObject();
                json.WriteString("name", variant.Variant.Name);
                json.WriteNumber("seconds", Math.Round(variant.Timing.Seconds, 3));
                json.WriteNumber("executionsPerSecond", Math.Round(variant.Timing.ExecutionsPerSecond));
                json.WriteNumber("stepsPerSecond", Math.Round(variant.Timing.StepsPerSecond));
                json.WriteNumber("shrinkSeconds", Math.Round(variant.Timing.ShrinkSeconds, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}
