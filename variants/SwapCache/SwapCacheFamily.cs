using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Variants.Families.SwapCache;

/// <summary>
/// add_to_swap_cache() has two contrary users: swap-in adds a new page for an old entry, swap-out an old page for a new
/// entry. What keeps them from adding two pages for one?
/// </summary>
public static class SwapCacheFamily
{
    private const string Name = "swap-cache";

    private static readonly VariantList s_list = new(Name, PropertyNames.WithoutPins);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "What keeps swap-in, which adds a new page for an old entry, and swap-out, which adds an old page for a new one, from adding two pages under one entry?",
        "Hugh Dickins and Marcelo Tosatti, \"two contrary uses of add_to_swap_cache\", linux-kernel, summer 2001",
        [
            new(Verbs.Write, 16), new(Verbs.Read, 14), new(Verbs.Fork, 5), new(Verbs.Clone, 8),
            new(Verbs.Exit, 2), new(Verbs.MapAnonymous, 2), new(Verbs.Unmap, 2), new(Verbs.Reclaim, 16),
            new(Verbs.SwapOff, 3), new(Verbs.SwapOn, 2), new(Verbs.FailAlloc, 2),
        ],
        PropertyNames.WithoutPins,
        [
            s_list.Of("2.4.8", "V0", "looks, then adds; takes a slot, then adds: the big kernel lock keeps only readers apart", "Linux 2.4.8, August 2001", m => new Linux2_4_8(m), "FFHHHFH"),
            s_list.Of("2.4.4", "V0a", "V0 whose faults look only whether a page is mapped by now, and kill when a read finds the slot gone", "Linux 2.4.4 to 2.4.7, April to July 2001", m => new Linux2_4_4(m), "FFHFHFH"),
            s_list.Of("read-side-check", "V1", "V0 whose readers look and add in one section, under the lock of get_swap_page", "Hugh Dickins, linux-kernel, summer 2001", m => new ReadSideCheck(m), "FFHHHFH"),
            s_list.Of("get-swap-page-naive", "V2n", "V2 that still frees the slot under pagecache_lock", "the constraint named in the mail, overlooked", m => new GetSwapPageNaive(m), "HHFHHFF"),
            s_list.Of("get-swap-page", "V2", "get_swap_page(page) gives a slot out and hashes the page under it in one section", "Hugh Dickins, linux-kernel, summer 2001", m => new GetSwapPage(m), "FHHHHFH"),
            s_list.Of("2.4.10", "V3", "one lock around both steps on both sides", "Linux 2.4.10, September 2001 (Hugh Dickins, swap readahead race)", m => new Linux2_4_10(m), "FHHHHFH"),
            s_list.Of("2.4.11", "V4", "add_to_swap_cache refuses a second page, and whoever loses tries again", "Linux 2.4.11, October 2001 (Hugh Dickins, add_to_swap_cache racefix cleanup)", m => new Linux2_4_11(m), "FHHHHFH"),
            s_list.Of("2.6.31", "V5", "SWAP_HAS_CACHE claims the slot for the cache before the page is there; its owner may sleep meanwhile", "KAMEZAWA Hiroyuki, 355cfa73ddff, Linux 2.6.31, September 2009", m => new HasCacheLinux2_6_31(m), "HHHHHHF"),
            s_list.Of("2.6.32", "V5b", "V5 that makes all its preparations before", "Daisuke Nishimura, 31a5639623a4, Linux 2.6.32, December 2009", m => new HasCacheLinux2_6_32(m), "HHHHHHH"),
            s_list.Of("insert-at-allocation", "V10", "the page is inserted in the section in which the slot is given out", "Kairui Song, 270f095179ff, December 2025", m => new InsertAtAllocation(m), "HHHHHHH"),
        ])
    {
        Idioms =
        [
            [Verbs.SwapOff, Verbs.SwapOn],
            [Verbs.FailAlloc, Verbs.SwapOff],
            [Verbs.Write, Verbs.Reclaim],
            [Verbs.Reclaim, Verbs.Read],
            [Verbs.Reclaim, Verbs.Write],
        ],
        Interference = [new(Verbs.Reclaim, 6), new(Verbs.Read, 3), new(Verbs.Write, 2), new(Verbs.SwapOff, 1)],
        SmallMachines = [MachineSize.Tight],
        Workloads =
        [
            // The naive design takes pagecache_lock and swaplock in both orders.
            new SwapChurn("swap-churn", "stores to a third more memory than there is, kswapd beside", Share: 75) { RunsOnThreads = true, StuckOnThreads = ["get-swap-page-naive"] },
        ],
        Bugs = SwapCacheBugs.All,
        HasAdministrator = false,
        DuelsOfThreads = true,
        Machines = new(LeastSlots: 1, MostSlots: 3),
    };
}
