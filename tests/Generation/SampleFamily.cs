using Variants.Harness.Families;
using Variants.Harness.Histories;

namespace Variants.Tests.Generation;

/// <summary>A family without variants: all that generators look at is the verbs.</summary>
internal static class SampleFamily
{
    /// <summary>Every verb of swapoff.</summary>
    internal static Family Whole { get; } = Of(
        new(Verbs.Write, 16), new(Verbs.Read, 12), new(Verbs.Fork, 10), new(Verbs.ForkSamePid, 1), new(Verbs.Clone, 4),
        new(Verbs.Exec, 3), new(Verbs.Exit, 5), new(Verbs.MapAnonymous, 2), new(Verbs.MapFile, 5), new(Verbs.Unmap, 2),
        new(Verbs.Truncate, 4), new(Verbs.Peek, 4), new(Verbs.Reclaim, 12), new(Verbs.SwapOff, 14), new(Verbs.SwapOn, 5),
        new(Verbs.FailAlloc, 3));

    internal static Family Of(params WeightedVerb[] verbs) => new("sample", "?", "none", [.. verbs], [], [])
    {
        Idioms = Variants.Families.Swapoff.SwapoffFamily.Family.Idioms,
    };
}
