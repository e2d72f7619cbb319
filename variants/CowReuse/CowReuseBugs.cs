using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.CowReuse;

/// <summary>The bugs of the cow-reuse family, by the catalogue's names.</summary>
internal static class CowReuseBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new(
            "S1-B1",
            "2.6.26",
            PropertyNames.PinCoherence,
            "reclaim has the page locked when its owner writes: a copy for the process, while the device keeps the page",
            """
            history cow-reuse
            setup
              A: write 0
              A: pin-write 0
              A: reclaim 1
              A: read 0
            actors
              A: write 0
                 device-write
              B: reclaim 1
            """),
        new(
            "S1-B2",
            "rollup",
            PropertyNames.DataIntegrity,
            "between the look at mapcount and the look at PG_swapcache the child swaps the page in: written to by one, seen by both",
            """
            history cow-reuse
            machine pages 16, low 0, slots 1, readahead 1
            setup
              A: write 0
            actors
              A: fork { read 0 }
                 reclaim 1
                 read 0
                 write 0
            """),
        new(
            "S1-B3",
            "rollup",
            PropertyNames.DataIntegrity,
            "a migration entry is counted nowhere: the child, mapped last, takes the page for its own",
            """
            history cow-reuse
            setup
              A: write 0
            actors
              A: fork { write 0 }
                 migrate 0
            """),
        new(
            "S1-B3 (V1c)",
            "rollup-one-section",
            PropertyNames.DataIntegrity,
            "the same: both counts are read in one section, and the entry is in neither",
            """
            history cow-reuse
            setup
              A: write 0
            actors
              A: fork { write 0 }
                 migrate 0
            """),
        new(
            "S1-B7",
            "2.6.26",
            PropertyNames.PinCoherence,
            "a child pins the page and unmaps it; its parent takes the page for its own and stores a secret (CVE-2020-29374)",
            """
            history cow-reuse
            setup
              A: write 0
            actors
              A: fork { pin-read 0; munmap 0; device-read }
                 write 0
            """),
        new(
            "S1-B8",
            "2.6.0",
            PropertyNames.PinCoherence,
            "the device's own reference makes the page a shared one: a copy for the process",
            """
            history cow-reuse
            setup
              A: write 0
              A: pin-write 0
              A: reclaim 1
            actors
              A: write 0
                 device-write
            """),
        new(
            "S1-B8 (5.9)",
            "5.9",
            PropertyNames.PinCoherence,
            "a page that has been swapped in is in the swap cache, whose reference makes it a shared one",
            """
            history cow-reuse
            setup
              A: write 0
              A: pin-write 0
              A: reclaim 1
              A: read 0
            actors
              A: write 0
                 device-write
            """),
        new(
            "S1-B9",
            "2.6.36",
            PropertyNames.PinCoherence,
            "fork shares a page that is pinned; its owner writes and gets a copy, and the child has the device's page",
            """
            history cow-reuse
            setup
              A: write 0
              A: pin-write 0
            actors
              A: fork { }
                 write 0
                 device-write
            """),
        new(
            "4969c1192d15",
            "2.6.29",
            PropertyNames.DataIntegrity,
            "a fault waits for a page that leaves the swap cache meanwhile, and finds the entry in its pte in a second life: stale data",
            """
            history cow-reuse
            machine pages 16, low 0, slots 1, readahead 1
            setup
              A: write 0
            actors
              A: fork { exit }
                 reclaim 1
                 clone { read 0 }
                 write 0
                 reclaim 1
            schedule 0*25 1 0*20 1 0*20 1
            """),
        new(
            "4969c1192d15 (V0)",
            "2.6.26",
            PropertyNames.DataIntegrity,
            "the same, where a reference keeps the page in the swap cache only until swap is half full",
            """
            history cow-reuse
            machine pages 16, low 0, slots 1, readahead 1
            setup
              A: write 0
            actors
              A: fork { exit }
                 reclaim 1
                 clone { read 0 }
                 write 0
                 reclaim 1
            schedule 0*26 1 0*20 1 0*14 1
            """),
        new(
            "4969c1192d15 (V3)",
            "2.6.7",
            PropertyNames.DataIntegrity,
            "the same, since a fault compares the pte and nothing else",
            """
            history cow-reuse
            machine pages 16, low 0, slots 1, readahead 1
            setup
              A: write 0
            actors
              A: fork { exit }
                 reclaim 1
                 clone { read 0 }
                 write 0
                 reclaim 1
            schedule 0*27 1 0*21 1 0*11 1
            """),
        new(
            "60e2793d440a",
            "2.6.36",
            PropertyNames.NoSpuriousSignal,
            "a fault finds its slot free, and then the same entry in its pte again: killed, although no allocation has failed",
            """
            history cow-reuse
            machine pages 16, low 0, slots 3, readahead 2, file 2
            setup
              B: write 0
              A: reclaim 1
              A: write 0
            actors
              A: reclaim 1
              B: device-write
                 clone { read 0 }
                 read 0
            schedule 1 0*5 1 0*7 1 0*9 2 0*2 2 0*4 2 0*4 1 0*5 1 2 0*14 1 0*3 1
            """),
        new(
            "S1-B4",
            "rollup",
            PropertyNames.DataIntegrity,
            "swapoff deletes the page it has waited for from the cache of another area by then; there is one area here",
            History: null),
        new(
            "S1-B6",
            "rollup-flag-first",
            PropertyNames.DataIntegrity,
            "PG_swapcache without its page->private: the counts come out too high or are complained of, never too low; not found",
            History: null),
        new(
            "S1-B10",
            "rollup",
            PropertyNames.SwapAccounting,
            "a page that is taken over while somebody has it locked keeps its slot: a matter of seeks, breaks no promise",
            History: null),
        new(
            "S1-B11",
            "rollup",
            PropertyNames.SwapAccounting,
            "swap_info_get() looks before swap_lock is taken: a loss of detection only, as nobody frees a slot twice",
            History: null),
        new(
            "S1-B12",
            "2.6.29",
            PropertyNames.DataIntegrity,
            "a page is stored to while it is being written: the pte is dirty, so it is written again; nothing is lost here",
            History: null),
        new(
            "S1-B14",
            "5.8",
            PropertyNames.NoLivelock,
            "a pin for reading of a huge page of a file never ends (backports to 5.4); there are no huge pages here",
            History: null),
    ];
}
