using System.Text.Encodings.Web;
using System.Text.Json;
using Variants.Harness.Engine;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>
/// A recording for programs: every step of the execution with all that happened in it. The shape is published in
/// docs/trace.schema.json.
/// </summary>
public static class TraceJson
{
    /// <summary>Raised when a field changes its meaning or goes away.</summary>
    public const int Version = 1;

    internal static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file.</summary>
    public static byte[] Render(Scenery scenery, Case found)
    {
        ArgumentNullException.ThrowIfNull(scenery);
        ArgumentNullException.ThrowIfNull(found);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, scenery, found);
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Scenery scenery, Case found)
    {
        Recorder recording = scenery.Recording;
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("variant", found.Contender.Variant.Name);
        json.WriteString("history", Harness.Histories.HistoryText.Print(found.History, found.Schedule, []));
        json.WriteNumber("setupSteps", recording.SetupSteps);
        if (recording.Failure is { } failure)
            Write(json, scenery, failure);
        else
            json.WriteNull("failure");
        json.WriteStartArray("steps");
        for (int step = 0; step < recording.Steps.Count; step++)
            Write(json, scenery, step);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Scenery scenery, Failure failure)
    {
        Recorder recording = scenery.Recording;
        json.WriteStartObject("failure");
        json.WriteString("property", Variants.Properties.Promises.PropertyList.NameOfBroken(failure));
        json.WriteString("kind", failure.Kind.ToString());
        json.WriteString("message", scenery.Named(failure.Message));
        WriteIfKnown(json, "step", recording.FailedStep);
        WriteIfKnown(json, "cpu", failure.Cpu);
        json.WriteString("function", KernelNames.Of(recording.FailedFunction));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Scenery scenery, int number)
    {
        RecordedStep step = scenery.Recording.Steps[number];
        json.WriteStartObject();
        json.WriteNumber("cpu", step.Cpu);
        json.WriteString("actor", scenery.ActorOf(number));
        json.WriteString("does", step.Kind.ToString());
        json.WriteString("target", KernelNames.Word(step.Target));
        json.WriteString("function", KernelNames.Of(step.Function));
        json.WriteNumber("line", step.Line);
        if (step.IsBlocked)
            json.WriteString("waitsFor", scenery.Named(step.WaitsFor!));
        json.WriteStartArray("events");
        foreach (RecordedEvent happened in step.Events)
            Write(json, happened);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RecordedEvent happened)
    {
        json.WriteStartObject();
        switch (happened)
        {
            case WordChanged word:
                json.WriteString("type", "word");
                json.WriteString("name", KernelNames.Word(word.Name));
                json.WriteString("from", word.From);
                json.WriteString("to", word.To);
                break;
            case ObjectFreed freed:
                json.WriteString("type", "freed");
                json.WriteString("name", freed.Name);
                break;
            case LockBornLocked born:
                json.WriteString("type", "bornLocked");
                json.WriteString("name", born.Name);
                break;
            case LockTaken taken:
                json.WriteString("type", "taken");
                json.WriteString("name", taken.Name);
                json.WriteString("holder", taken.Holder);
                json.WriteBoolean("shared", taken.IsShared);
                break;
            case LockReleased released:
                json.WriteString("type", "released");
                json.WriteString("name", released.Name);
                json.WriteString("holder", released.Holder);
                break;
            case AccessEnded access:
                json.WriteString("type", "access");
                json.WriteString("text", access.Text);
                break;
            case OperationBegan began:
                json.WriteString("type", "began");
                json.WriteString("operation", began.Operation.ToString());
                break;
            case OperationEnded ended:
                json.WriteString("type", "ended");
                json.WriteString("operation", ended.Operation.ToString());
                json.WriteNumber("result", ended.Result);
                break;
            case FailureSeen:
                json.WriteString("type", "failure");
                break;
            default:
                throw new InvalidOperationException($"a recording has something that traces have no name for: {happened.GetType().Name}");
        }

        if (happened.Function.Length > 0)
            json.WriteString("function", KernelNames.Of(happened.Function));
        json.WriteEndObject();
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, int number)
    {
        if (number < 0)
            json.WriteNull(name);
        else
            json.WriteNumber(name, number);
    }
}
