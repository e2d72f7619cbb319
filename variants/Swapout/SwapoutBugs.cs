using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.Swapout;

/// <summary>The bugs of the swapout family, by the catalogue's names. Most are costs, which the measures show.</summary>
internal static class SwapoutBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new(
            "S4-B16",
            "deferred-forgotten",
            PropertyNames.DataIntegrity,
            "an allocation's own scan frees a page that only the swap cache has, unwritten",
            """
            history swapout
            machine pages 16, low 15, slots 4, readahead 1
            setup
              A: write 0
              A: reclaim 1
              A: write 1
            actors
              A:
            """),
        new(
            "S4-B14",
            "deferred",
            PropertyNames.NoLivelock,
            "neighbouring slots are written apart: a cost, which run-length and seeks show; it breaks no promise",
            History: null),
        new(
            "S4-B15",
            "deferred",
            PropertyNames.NoLivelock,
            "a scan that both writes and frees looks at more pages for each it frees: a cost, which freed and no-memory show; every operation ends",
            History: null),
        new(
            "S4-B17",
            "early-write",
            PropertyNames.DataIntegrity,
            "the page is stored to while it is written; 2.3.8 maps no page of the swap cache writable, and there is no shared memory here",
            History: null),
    ];
}
