using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Variants.Families.CowReuse;

/// <summary>Who writes to a page that is mapped read-only may have it if nobody else does. How does a fault know?</summary>
public static class CowReuseFamily
{
    private const string Name = "cow-reuse";

    private static readonly VariantList s_list = new(Name, PropertyNames.All);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "May the one who writes to a page that is mapped read-only have it for himself, or must it be copied, while reclaim, swapoff, migration and devices have it, too?",
        "Hugh Dickins, \"Re: Can get_user_pages( ,write=1, force=1, ) result in a read-only pte and _count=2?\", linux-mm, 23 June 2008",
        [
            new(Verbs.Write, 20), new(Verbs.Read, 16), new(Verbs.Fork, 8), new(Verbs.Clone, 5), new(Verbs.Exit, 2),
            new(Verbs.MapAnonymous, 1), new(Verbs.Unmap, 3), new(Verbs.Reclaim, 12), new(Verbs.SwapOff, 2),
            new(Verbs.Migrate, 5), new(Verbs.PinWrite, 5), new(Verbs.PinRead, 5), new(Verbs.Unpin, 2),
            new(Verbs.DeviceWrite, 5), new(Verbs.DeviceRead, 5), new(Verbs.FailAlloc, 1),
        ],
        PropertyNames.All,
        [
            s_list.Of("2.6.26", "V0", "asks mapcount and swap_map if it can lock the page at once, and copies it if not", "Linux 2.6.26, July 2008", m => new Linux2_6_26(m), "FHHHHFFH"),
            s_list.Of("rollup", "V1", "asks without the page lock, by counts that are never too low; takes the lock only to free the slot", "Hugh Dickins, linux-mm, 23 June 2008", m => new Rollup(m), "FHHHHFFH"),
            s_list.Of("rollup-flag-first", "V1b", "V1 that sets PG_swapcache before page->private, as before", "V1 without the order that its comments ask for", m => new RollupFlagFirst(m), "FHHHHFFH"),
            s_list.Of("rollup-one-section", "V1c", "V1 that looks at PG_swapcache, too, under swap_lock", "V1 with its shortcut moved", m => new RollupOneSection(m), "FHHHHFFH"),
            s_list.Of("rollup-page-count", "V1d", "V1 that leaves pages in the swap cache to which others have references", "V1 with the test that it removes", m => new RollupPageCount(m), "FHHHHFFH"),
            s_list.Of("2.6.29", "V2", "waits for the page lock, then asks; the page leaves the swap cache whoever has references to it", "Hugh Dickins, \"mm: wp lock page before deciding cow\", ab967d86015a, January 2009", m => new LockPageLinux2_6_29(m), "FHHHHFFH"),
            s_list.Of("2.6.36", "V2+", "V2 whose swap-in asks whether the page it has waited for is still that of its entry", "Andrea Arcangeli and Hugh Dickins, 4969c1192d15 and 31c4a3d3a0f8, September 2010", m => new LockPageLinux2_6_36(m), "HHHHHFFH"),
            s_list.Of("2.6.0", "V3", "asks page_count: drivers' references make a page a shared one", "Linux 2.6.0, December 2003", m => new PageCountLinux2_6_0(m), "FHHHHFFH"),
            s_list.Of("2.6.7", "V3'", "V3 whose reclaim leaves pages mapped to which others have references", "Andrea Arcangeli, Linux 2.6.7, June 2004", m => new PageCountLinux2_6_7(m), "FHHHHFFH"),
            s_list.Of("5.8", "V2!", "V2+ that copies a shared page before it is pinned, even for reading", "Linus Torvalds, 17839856fd58, June 2020", m => new ForcedCowLinux5_8(m), "HHHHHFFH"),
            s_list.Of("5.9", "V3+", "asks whether the mapping is the only reference; any doubt leads to a copy", "Linus Torvalds, 09854ba94c6a, September 2020", m => new PageCountLinux5_9(m), "HHHHHFFH"),
            s_list.Of("5.19", "V4", "each page, or its swap pte, says whether it is exclusive; only such pages are pinned, and pinned pages are not shared", "David Hildenbrand, 6c287605fd56, July 2022", m => new AnonExclusiveLinux5_19(m), "HHHHHHHH"),
        ])
    {
        SmallMachines = [MachineSize.Tight],
        Workloads =
        [
            new CowStorm("cow-storm", "stores of processes that share their pages since a fork") { RunsOnThreads = true },
            new CowBesideReclaim("cow-beside-reclaim", "the same beside kswapd and a device that pins pages") { RunsOnThreads = true },
        ],
        Bugs = CowReuseBugs.All,
        Idioms =
        [
            [Verbs.PinWrite, Verbs.Reclaim, Verbs.Read, Verbs.Write],
            [Verbs.PinWrite, Verbs.DeviceWrite, Verbs.Read],
            [Verbs.PinRead, Verbs.Write, Verbs.DeviceRead],
            [Verbs.PinRead, Verbs.Unmap, Verbs.DeviceRead],
            [Verbs.Write, Verbs.Fork],
            [Verbs.Read, Verbs.Write],
        ],
        Interference = [new(Verbs.Reclaim, 3), new(Verbs.Migrate, 3), new(Verbs.SwapOff, 1), new(Verbs.Read, 1)],
        HasAdministrator = false,
    };
}
