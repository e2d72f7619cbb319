using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.SwapCache;

/// <summary>The bugs of the swap-cache family, by the catalogue's names.</summary>
internal static class SwapCacheBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new(
            "S2-B1",
            "2.4.8",
            PropertyNames.DataIntegrity,
            "the slot is freed and given out again between a fault's lookup and its add: two pages for one entry",
            """
            history swap-cache
            machine pages 16, low 0, slots 1, readahead 1
            setup
              A: write 0
              A: reclaim 1
              B: write 0
            actors
              A: clone { read 0 }
                 read 0
              B: reclaim 1
            schedule 0*28 2 0*40 1
            """),
        new(
            "S2-B2",
            "2.4.8",
            PropertyNames.DataIntegrity,
            "read-ahead adds a page for a slot that reclaim has taken and not yet filled",
            """
            history swap-cache
            machine pages 16, low 0, slots 4, readahead 2
            setup
              A: write 0
              A: reclaim 1
              B: write 0
            actors
              A: read 0
              B: reclaim 1
            """),
        new(
            "S2-B3",
            "2.4.8",
            PropertyNames.DataIntegrity,
            "swapoff reads such a slot, and maps what it read",
            """
            history swap-cache
            setup
              A: write 0
            actors
              A: reclaim 1
              B: swapoff
            """),
        new(
            "S2-B3 (V4)",
            "2.4.11",
            PropertyNames.DataIntegrity,
            "the same where add_to_swap_cache refuses a second page: swapoff has taken its own out again by then",
            """
            history swap-cache
            setup
              A: write 0
            actors
              A: reclaim 1
              B: swapoff
            """),
        new(
            "S2-B4",
            "2.4.10",
            PropertyNames.NoSpuriousSignal,
            "the entry is freed and given to the same pte again while a fault sleeps: ABA",
            """
            history swap-cache
            setup
              A: write 0
              A: reclaim 1
            actors
              A: clone { write 0 }
                 read 0
                 reclaim 1
            """),
        new(
            "S2-B5",
            "2.4.4",
            PropertyNames.SwapAccounting,
            "a fault that finds another entry than it came for frees and replaces it",
            """
            history swap-cache
            actors
              A: clone { read 0 }
                 write 0
              B: reclaim 2
            schedule 0*10 1 0*57 1
            """),
        new(
            "S2-B6",
            "2.4.4",
            PropertyNames.NoSpuriousSignal,
            "the slot has gone because another has brought the page in: killed",
            """
            history swap-cache
            setup
              A: write 0
              A: reclaim 1
            actors
              A: write 0
              B: swapoff
            """),
        new(
            "S2-B7",
            "read-side-check",
            PropertyNames.DataIntegrity,
            "readers look and add in one section, and reclaim still takes its slot in one and adds in another",
            """
            history swap-cache
            setup
              A: write 0
            actors
              A: reclaim 1
              B: swapoff
            """),
        new(
            "S2-B8",
            "get-swap-page-naive",
            PropertyNames.NoDeadlock,
            "swap_list_lock and pagecache_lock in both orders",
            """
            history swap-cache
            setup
              B: write 0
              A: write 0
            actors
              A: reclaim 1
              B: reclaim 1
            """),
        new(
            "S2-B9",
            "2.4.11",
            PropertyNames.NoLivelock,
            "a reclaimer that always loses its slot to a reader: ends under fair scheduling, as the slots do",
            History: null),
        new(
            "S2-B10",
            "2.6.31",
            PropertyNames.LockContext,
            "sleeps while others spin for SWAP_HAS_CACHE",
            """
            history swap-cache
            setup
              A: write 0
              A: reclaim 1
              A: read 0
            actors
              A:
            """),
    ];
}
