using System.Collections.Immutable;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>One failure, told: what a mail to the list would say of it. A value; rendering is separate and pure.</summary>
/// <param name="Id">Names the page: its anchor, and its file without the ending.</param>
/// <param name="Variant">Whose failure.</param>
/// <param name="Label">The variant's place in its story.</param>
/// <param name="Cause">What happened, in one sentence.</param>
/// <param name="Property">The promise that was broken, by name.</param>
/// <param name="Promise">The promise itself.</param>
/// <param name="Splat">What the kernel would have printed.</param>
/// <param name="Setup">What was done first, and how things stood after it; sentences.</param>
/// <param name="Diagram">Who did what, side by side.</param>
/// <param name="Elsewhere">What the same schedule does on a variant that keeps the promise; null if there is none.</param>
/// <param name="Replay">The command that runs it again.</param>
/// <param name="Shrinking">How it became so small.</param>
public sealed record FailurePage(
    string Id,
    string Variant,
    string Label,
    string Cause,
    string Property,
    string Promise,
    ImmutableArray<string> Splat,
    ImmutableArray<string> Setup,
    LaneTable Diagram,
    Elsewhere? Elsewhere,
    string Replay,
    string Shrinking);

/// <summary>The same history and schedule on another variant.</summary>
/// <param name="Variant">Which.</param>
/// <param name="Outcome">How it ends, in one sentence.</param>
/// <param name="Diagram">What happens there.</param>
public sealed record Elsewhere(string Variant, string Outcome, LaneTable Diagram);
