using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Variants.Families.Swapoff;

/// <summary>
/// swapoff against fork, exit, exec, fault and reclaim: how does whoever removes a swap area find everybody who has
/// an entry of it?
/// </summary>
public static class SwapoffFamily
{
    private const string Name = "swapoff";

    private static readonly VariantList s_list = new(Name, PropertyNames.WithoutPins);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "How does swapoff find everybody who holds an entry of the area, while they fork, exit, fault and are reclaimed?",
        "Kanoj Sarcar, \"[PATCH] kanoj-mm12-2.3.8 Fix swapoff races\", linux-mm, 27 June 1999",
        [
            new(Verbs.Write, 16), new(Verbs.Read, 12), new(Verbs.Fork, 10), new(Verbs.ForkSamePid, 1),
            new(Verbs.Clone, 4), new(Verbs.Exec, 3), new(Verbs.Exit, 5), new(Verbs.MapAnonymous, 2),
            new(Verbs.MapFile, 5), new(Verbs.Unmap, 2), new(Verbs.Truncate, 4), new(Verbs.Peek, 4),
            new(Verbs.Reclaim, 12), new(Verbs.SwapOff, 14), new(Verbs.SwapOn, 5), new(Verbs.FailAlloc, 3),
        ],
        PropertyNames.WithoutPins,
        [
            s_list.Of("2.3.8", "V0", "walks every task's page tables under tasklist_lock, forces leftover counts to zero", "Linux 2.3.8, June 1999", m => new Linux2_3_8(m), "FFHHFFH"),
            s_list.Of("kanoj-as-posted", "V1", "mm list under a sleeping mutex, each mmap_sem taken; the loop never advances, swap_in's recheck is gone", "Kanoj Sarcar, linux-mm, 27 June 1999", m => new KanojAsPosted(m), "FFFFFFH"),
            s_list.Of("kanoj-advances", "V2", "V1 whose loop advances to the next mm", "V1 as evidently meant", m => new KanojAdvances(m), "FFFHFFH"),
            s_list.Of("kanoj-rechecks", "V3", "V2 that keeps the pte recheck in swap_in", "repair ladder", m => new KanojRechecks(m), "FFFHFFH"),
            s_list.Of("kanoj-page-locked", "V4a", "V3 with the page locked during the walk and the fork error path repaired", "repair ladder", m => new KanojPageLocked(m), "FFFHFFF"),
            s_list.Of("kanoj-uncached", "V4b", "V3 with the page out of the cache before the walk and the fork error path repaired", "repair ladder", m => new KanojUncached(m), "FFHHFFH"),
            s_list.Of("kanoj-repaired", "V4c", "V4b with PG_dirty honoured by reclaim, and sweeps until the area is empty", "repair ladder", m => new KanojRepaired(m), "HHHHHHH"),
            s_list.Of("tweedie-pin", "V5", "pins one mm at a time by pid under tasklist_lock, takes its mmap_sem, sweeps until the area is empty", "Stephen Tweedie, linux-mm, 28 to 30 June 1999", m => new TweediePin(m), "HHHFFHH"),
            s_list.Of("2.4.10", "V7", "mm list under a spin lock; page out of the cache and dirty, then a walk that never sleeps, until the area is empty", "Linux 2.4.10, September 2001 (Hugh Dickins)", m => new Linux2_4_10(m), "FHHHHFH"),
            s_list.Of("2.6.7", "V9", "pins one mm of mmlist at a time and takes its mmap_sem, with the page locked in the swap cache", "Linux 2.6.7, June 2004", m => new Linux2_6_7(m), "FHFHHFF"),
            s_list.Of("2.6.8", "V10", "V9 that tries the mmap_sem, and unlocks the page before it waits for it", "Hugh Dickins, \"rmaplock 5/6 unuse_process mmap_sem\", linux-kernel, 12 July 2004", m => new Linux2_6_8(m), "FHHHHFH"),
            s_list.Of("5.1-rc1", "V13", "pins one mm after another and brings in all that each has; gives up with -EBUSY after three rounds", "Vineeth Pillai and Kelley Nielsen, \"mm: rid swapoff of quadratic complexity\", b56a2d8af914, March 2019", m => new Linux5_1_rc1(m), "HHHFFFH"),
            s_list.Of("5.1", "V14", "V13 that goes on until the area is empty, and notices when it is", "Hugh Dickins, \"mm: swapoff: remove too limiting SWAP_UNUSE_MAX_TRIES\", linux-mm, April 2019", m => new Linux5_1(m), "HHHHFFH"),
            s_list.Of("5.3", "V14b", "V14 that pins the area where an entry is looked up that nothing else pins", "Huang Ying, \"mm, swap: fix race between swapoff and some swap operations\", eb085574a752, July 2019", m => new Linux5_3(m), "HHHHFFH"),
            s_list.Of("6.9", "V14c", "V14b that pins the area where the last pte of an entry is freed, too", "Ryan Roberts, \"mm: swap: fix race between free_swap_and_cache() and swapoff()\", 82b1c07a0af6, March 2024", m => new Linux6_9(m), "HHHHHHH"),
        ])
    {
        Idioms =
        [
            [Verbs.SwapOff, Verbs.SwapOn],
            [Verbs.FailAlloc, Verbs.Fork],
            [Verbs.FailAlloc, Verbs.Clone],
            [Verbs.MapAnonymous, Verbs.Write],
            [Verbs.MapFile, Verbs.Write],
            [Verbs.Unmap, Verbs.MapAnonymous],
            [Verbs.Write, Verbs.Reclaim],
            [Verbs.Reclaim, Verbs.Read],
        ],
        SmallMachines = [MachineSize.Tight],
        Workloads =
        [
            new SwapoffOfArea("swapoff-ram", "swapoff of an area on a RAM disk, four processes", Processes: 4, OnRamDisk: true) { RunsOnThreads = true },
            new SwapoffOfArea("swapoff-disk", "swapoff of an area on the machine's disk, four processes", Processes: 4, OnRamDisk: false) { RunsOnThreads = true },
            new SwapoffOfArea("swapoff-processes", "swapoff of 512 slots on a RAM disk", Processes: 4, OnRamDisk: true) { AgainstProcesses = 512, RunsOnThreads = true },
            new SwapoffBesideForks("swapoff-beside-forks", "swapoff on a RAM disk beside processes that fork and exit", CountsForks: false) { RunsOnThreads = true },
            new SwapoffBesideForks("forks-beside-swapoff", "fork and exit beside a swapoff on a RAM disk", CountsForks: true) { RunsOnThreads = true },
        ],
        Bugs = SwapoffBugs.All,
    };
}
