using System.Collections.Immutable;
using System.Text;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>A form in which a counterexample can be taken to other tools.</summary>
/// <param name="Name">As the command line calls it: <c>ftrace</c>.</param>
/// <param name="Ending">Of its files: <c>.ftrace.txt</c>.</param>
/// <param name="Sentence">What reads it.</param>
/// <param name="Render">Makes it, of the recording of a case.</param>
public sealed record Export(string Name, string Ending, string Sentence, Func<Scenery, Case, byte[]> Render)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<Export> All { get; } =
    [
        new("ftrace", ".ftrace.txt", "the trace as ftrace prints one, for eyes and tools used to it", (scenery, _) => Utf8(FtraceText.Render(scenery))),
        new("chrome", ".perfetto.json", "the trace for Perfetto (ui.perfetto.dev) or chrome://tracing", (scenery, found) => ChromeTrace.Render(scenery, found.Id)),
        new("json", ".trace.json", "every step, for programs; docs/trace.schema.json", (scenery, found) => TraceJson.Render(scenery, found)),
        new("litmus", ".litmus", "a listing as herd7's readers know it", (scenery, found) => Utf8(LitmusListing.Render(scenery, found.Id))),
    ];

    /// <summary>Where it lies in the folder of a report.</summary>
    public string FileOf(Case found) => $"counterexamples/{found.Id}{Ending}";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
