using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.Swapoff;

/// <summary>The bugs of the swapoff family: those of the catalogue, and those that the harness found besides.</summary>
internal static class SwapoffBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new(
            "S0-B1",
            "2.3.8",
            PropertyNames.DataIntegrity,
            "a child that fork has not linked yet keeps an entry of the removed area",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
            actors
              A: fork
              B: swapoff
            """),
        new(
            "S0-B2",
            "2.3.8",
            PropertyNames.NoUseAfterFree,
            "a task that exits has hidden its entry: it is freed after swapoff forced its count to zero",
            """
            history swapoff
            setup
              A: write 1
              A: reclaim 1
              A: mmap-file 0
            actors
              A: exit
              B: swapoff
                 swapon
            """),
        new(
            "S0-B3",
            "kanoj-as-posted",
            PropertyNames.NoLivelock,
            "the walk never goes on to the next mm",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
              A: swapoff
            actors
              A:
            """),
        new(
            "S0-B4",
            "kanoj-advances",
            PropertyNames.NoDeadlock,
            "a fork that fails waits for the mmap_sem with which its own child was born",
            """
            history swapoff
            setup
              A: failalloc 3
              A: fork
            actors
              A:
            """),
        new(
            "S0-B5a",
            "kanoj-as-posted",
            PropertyNames.DataIntegrity,
            "truncate zaps the pte while a fault sleeps, and the fault does not look again",
            """
            history swapoff
            setup
              A: mmap-file 0
              A: write 0
              A: reclaim 3
            actors
              A: read 0
              B: truncate 0
            """),
        new(
            "S0-B5b",
            "kanoj-advances",
            PropertyNames.SwapAccounting,
            "a debugger and a thread fault in the same entry, and both free it",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 2
            actors
              A: clone { read 0 }
              B: peek A 0
            """),
        new(
            "S0-B7",
            "kanoj-rechecks",
            PropertyNames.SwapAccounting,
            "read-ahead binds a page to a slot that swapoff has given back",
            """
            history swapoff
            setup
              C: write 0
              A: reclaim 2
            actors
              A: peek C 0
              B: swapoff
              C:
            """),
        new(
            "S0-B8",
            "kanoj-rechecks",
            PropertyNames.DataIntegrity,
            "an entry that a walk has missed is forced to zero",
            """
            history swapoff
            setup
              B: write 0
            actors
              A: write 0
              B: reclaim 2
              C: swapoff
            """),
        new(
            "S0-B9",
            "kanoj-advances",
            PropertyNames.NoLivelock,
            "a convoy behind mm_sem: it ends, so that no promise is broken; a matter of throughput",
            History: null),
        new(
            "S0-B10",
            "kanoj-repaired",
            PropertyNames.SwapAccounting,
            "a swapoff that fails re-enables its area: breaks nothing in this family, where an entry found twice is the same page",
            History: null),
        new(
            "S0-B11",
            "tweedie-pin",
            PropertyNames.NoLivelock,
            "a walk by pid never reaches a task that shares its pid with an earlier one",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
              A: fork-clone-pid { swapoff }
            actors
              A:
            """),
        new(
            "S0-B12",
            "2.6.7",
            PropertyNames.NoDeadlock,
            "swapoff waits for mmap_sem with the page locked; a fault that holds it waits for the page",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
            actors
              A: clone { read 0 }
                 fork
              B: swapoff
            """),
        new(
            "S0-B13",
            "5.1-rc1",
            PropertyNames.NoLivelock,
            "swapoff gives up with -EBUSY although nothing is wrong",
            """
            history swapoff
            setup
              A: write 0
            actors
              A: reclaim 1
              B: swapoff
            """),
        new(
            "S0-B14",
            "5.1",
            PropertyNames.NoLivelock,
            "two swapoffs walk shmem_swaplist: there is no shared memory in this model",
            History: null),
        new(
            "eb085574a752",
            "5.1",
            PropertyNames.NoUseAfterFree,
            "a fault looks an entry up while swapoff frees swapper_space",
            """
            history swapoff
            setup
              A: mmap-file 0
              A: write 0
              A: reclaim 2
            actors
              A: write 0
              B: truncate 0
                 swapoff
            """),
        new(
            "82b1c07a0af6",
            "5.3",
            PropertyNames.NoUseAfterFree,
            "free_swap_and_cache looks at the cache of an area that swapoff frees once the count is gone",
            """
            history swapoff
            setup
              A: write 0
              A: write 1
              A: reclaim 1
            actors
              A: exit
              B: swapoff
            """),
        new(
            "S2-B4",
            "2.4.10",
            PropertyNames.NoSpuriousSignal,
            "the entry is freed and given out again while a fault sleeps: ABA",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
            actors
              A: clone { write 0 }
                 write 0
                 reclaim 1
            """),
        new(
            "31c4a3d3a0f8",
            "2.6.8",
            PropertyNames.NoSpuriousSignal,
            "the same ABA, through swapoff and swapon",
            """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
            actors
              A: clone { read 0 }
                 write 0
              B: swapoff
                 swapon
                 reclaim 1
            """),
        new(
            "31c4a3d3a0f8 (DI)",
            "2.6.8",
            PropertyNames.DataIntegrity,
            "a fault waits for a page that swapoff takes out of the cache meanwhile, and maps it where the pte has the entry again",
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1
            setup
              A: write 0
              A: reclaim 1
            actors
              A: clone { read 0 }
                 write 0
                 swapoff
                 swapon
                 reclaim 1
            schedule 0*30 1
            """),
    ];
}
