using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Variants.Harness.Engine;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>
/// A recording in the Trace Event Format (JSON), which Perfetto and chrome://tracing open: a track for each CPU, on it
/// the operations, within them waits and the functions that ran, what changed as instants, and an arrow from whoever
/// released a lock to whoever had waited for it.
/// </summary>
/// <remarks>Times are in microseconds, one for each thing that happened.</remarks>
public sealed class ChromeTrace
{
    /// <summary>All tracks belong to one process: the machine.</summary>
    private const int Machine = 1;

    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<int, Track> _tracks = [];
    private readonly Dictionary<string, Moment> _lastRelease = new(StringComparer.Ordinal);
    private Slice? _function;
    private int _arrows;

    private ChromeTrace(Utf8JsonWriter json) => _json = json;

    /// <summary>The file.</summary>
    public static byte[] Render(Scenery scenery, string title)
    {
        ArgumentNullException.ThrowIfNull(scenery);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, TraceJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("displayTimeUnit", "ns");
            json.WriteStartObject("otherData");
            json.WriteString("title", $"SIMULATED: {title}");
            json.WriteEndObject();
            json.WriteStartArray("traceEvents");
            new ChromeTrace(json).Write(scenery, title);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private void Write(Scenery scenery, string title)
    {
        ImmutableArray<Moment> moments = Timeline.Of(scenery);
        Name("process_name", 0, title);
        foreach (IGrouping<int, Moment> cpu in moments.GroupBy(moment => moment.Cpu).OrderBy(group => group.Key))
            Name("thread_name", cpu.Key, string.Create(CultureInfo.InvariantCulture, $"CPU{cpu.Key} {string.Join(", ", cpu.Select(moment => moment.Actor).Distinct())}"));
        foreach (Moment moment in moments)
            Add(moment);

        EndFunction();
        long end = moments.IsEmpty ? 0 : moments[^1].Time + 1;
        if (scenery.Recording.Failure is { } failure)
        {
            Moment? seen = moments.LastOrDefault(moment => moment.What is FailureSeen);
            Event("i", seen?.Cpu ?? 0, seen?.Time ?? end, scenery.Named(failure.Message), "failure", () => _json.WriteString("s", "g"));
        }

        foreach ((int cpu, Track track) in _tracks.OrderBy(pair => pair.Key))
            CloseAll(cpu, track, end);
    }

    private void Add(Moment moment)
    {
        if (!_tracks.TryGetValue(moment.Cpu, out Track? track))
            _tracks[moment.Cpu] = track = new Track();

        switch (moment.What)
        {
            case OperationBegan began:
                EndFunction();
                Open(moment, track, began.Operation.ToString() ?? "", "operation");
                return;
            case OperationEnded:
                EndFunction();
                CloseAll(moment.Cpu, track, moment.Time);
                return;
            case WaitBegan wait:
                EndFunction();
                Open(moment, track, $"waits for {wait.Target}{(wait.Holders.Length > 0 ? $", held by {wait.Holders}" : "")}", "wait");
                return;
            case WaitEnded wait:
                EndFunction();
                Close(moment.Cpu, track, moment.Time);
                if (_lastRelease.Remove(wait.Target, out Moment? release) && release.Cpu != moment.Cpu)
                    Arrow(release, moment, wait.Target);
                break;
            case LockReleased released:
                _lastRelease[released.Name] = moment;
                break;
            default:
                break;
        }

        Go(moment);
        if (Instant(moment) is { } text)
            Event("i", moment.Cpu, moment.Time, text, "change", () => _json.WriteString("s", "t"));
    }

    private static string? Instant(Moment moment) => moment.What switch
    {
        WordChanged word => $"{KernelNames.Word(word.Name)} {word.From} -> {word.To}",
        ObjectFreed freed => $"frees {freed.Name}",
        LockBornLocked born => $"{born.Name} is born locked",
        LockTaken taken => $"takes {taken.Name}{(taken.IsShared ? " for reading" : "")}",
        LockReleased released => $"releases {released.Name}",
        AccessEnded access => access.Text,
        _ => null,
    };

    private void Open(Moment moment, Track track, string name, string category)
    {
        Event("B", moment.Cpu, moment.Time, name, category);
        track.Depth++;
    }

    private void Close(int cpu, Track track, long time)
    {
        if (track.Depth == 0)
            return;
        Event("E", cpu, time);
        track.Depth--;
    }

    /// <summary>A function's slice lasts as long as its CPU does one thing after another in it, and no other CPU does anything.</summary>
    private void Go(Moment moment)
    {
        string name = moment.Function.Length > 0 ? moment.Function : moment.Actor;
        if (_function is { } slice && slice.Cpu == moment.Cpu && slice.Name == name && slice.End == moment.Time)
        {
            _function = slice with { End = moment.Time + 1 };
            return;
        }

        EndFunction();
        _function = new Slice(moment.Cpu, name, moment.Time, moment.Time + 1);
    }

    private void EndFunction()
    {
        if (_function is not { } slice)
            return;
        Event("X", slice.Cpu, slice.Start, slice.Name, "function", () => _json.WriteNumber("dur", slice.End - slice.Start));
        _function = null;
    }

    private void CloseAll(int cpu, Track track, long time)
    {
        while (track.Depth > 0)
            Close(cpu, track, time);
    }

    /// <summary>The lock goes from one CPU to the other.</summary>
    private void Arrow(Moment from, Moment to, string name)
    {
        int id = ++_arrows;
        Event("s", from.Cpu, from.Time, name, "hand-over", () => _json.WriteNumber("id", id));
        Event("f", to.Cpu, to.Time, name, "hand-over", () =>
        {
            _json.WriteNumber("id", id);
            _json.WriteString("bp", "e");
        });
    }

    private void Name(string kind, int cpu, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", "M");
        _json.WriteNumber("pid", Machine);
        _json.WriteNumber("tid", cpu);
        _json.WriteString("name", kind);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Event(string phase, int cpu, long time, string? name = null, string? category = null, Action? more = null)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteNumber("pid", Machine);
        _json.WriteNumber("tid", cpu);
        _json.WriteNumber("ts", time);
        if (name is not null)
            _json.WriteString("name", name);
        if (category is not null)
            _json.WriteString("cat", category);
        more?.Invoke();
        _json.WriteEndObject();
    }

    private sealed class Track
    {
        /// <summary>Slices that are open.</summary>
        internal int Depth { get; set; }
    }

    /// <summary>A function that runs, from <see cref="Start"/> to just before <see cref="End"/>.</summary>
    private sealed record Slice(int Cpu, string Name, long Start, long End);
}
