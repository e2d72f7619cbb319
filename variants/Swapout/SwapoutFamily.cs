using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Variants.Families.Swapout;

/// <summary>
/// When is a page written to swap: as soon as vmscan finds it, or when shrink_mmap() wants to free it? All these designs can
/// be right; what they cost is measured.
/// </summary>
public static class SwapoutFamily
{
    private const string Name = "swapout";

    private static readonly VariantList s_list = new(Name, PropertyNames.WithoutPins);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "When should a dirty page be written to swap: while vmscan walks virtual memory, or when the scan of physical memory wants to free it?",
        "Stephen C. Tweedie, \"Re: arca-vm-8\", linux-kernel and linux-mm, 9 January 1999",
        [
            new(Verbs.Write, 20), new(Verbs.Read, 14), new(Verbs.Fork, 6), new(Verbs.Clone, 4),
            new(Verbs.Exec, 1), new(Verbs.Exit, 3), new(Verbs.MapAnonymous, 3), new(Verbs.MapFile, 2),
            new(Verbs.Unmap, 2), new(Verbs.Truncate, 1), new(Verbs.Reclaim, 24), new(Verbs.FailAlloc, 1),
        ],
        PropertyNames.WithoutPins,
        [
            s_list.Of("early-write", "V8", "vmscan starts to write a page when it unmaps it, in virtual order", "Linux 2.2.0-pre5, January 1999, in the tree of 2.3.8", m => new Linux2_3_8(m), "HHHHHHH"),
            s_list.Of("deferred", "V9", "vmscan only marks PG_dirty; shrink_mmap writes, in physical order", "\"using PG_dirty from shrink_mmap\", quoted by Stephen C. Tweedie, linux-mm, 9 January 1999", m => new Deferred(m), "HHHHHHH"),
            s_list.Of("deferred-forgotten", "V9m", "V9 where the scan of an allocation does not test PG_dirty", "a mutant of V9", m => new DeferredForgotten(m), "FHHHHHH"),
            s_list.Of("hybrid", "V10", "always PG_dirty, but pages of one user are written early", "Linus Torvalds, linux-kernel, 7 January 1999", m => new Hybrid(m), "HHHHHHH"),
            s_list.Of("deferred-clustered", "V11", "V9 that writes the dirty neighbours of a slot with it", "Stephen C. Tweedie, linux-mm, 9 January 1999", m => new DeferredClustered(m), "HHHHHHH"),
        ])
    {
        Idioms =
        [
            [Verbs.MapAnonymous, Verbs.Write],
            [Verbs.MapFile, Verbs.Write],
            [Verbs.Write, Verbs.Reclaim],
            [Verbs.Reclaim, Verbs.Reclaim],
            [Verbs.Reclaim, Verbs.Read],
            [Verbs.Reclaim, Verbs.Write],
        ],
        HasAdministrator = false,
        BeginsDirty = true,
        Machines = new(LeastPages: 8, MostPages: 20, TightPages: 5, MostLow: 3, LeastSlots: 8, MostSlots: 16),
        SmallMachines = [MachineSize.Tight],
        Workloads = [new SwapChurn("swap-churn", "stores to a third more memory than there is, kswapd beside", Share: 75) { RunsOnThreads = true }],
        Bugs = SwapoutBugs.All,
        Measures =
        [
            new("run-length", "slots a run", "how many slots that follow one another are written one after the other", MoreIsBetter: true, m => m.VmStat.SlotsWritten, m => m.VmStat.RunsWritten),
            new("seeks", "an execution", "how often the disk has to move its head", MoreIsBetter: false, m => m.VmStat.Seeks),
            new("written", "pages an execution", "how many pages are written to swap", MoreIsBetter: false, m => m.VmStat.SlotsWritten),
            new("freed", "of 100 scanned", "how many pages reclaim gets back for all that it looks at", MoreIsBetter: true, m => m.VmStat.PagesFreed, m => m.VmStat.PagesScanned) { Scale = 100 },
            new("no-memory", "of 100 executions", "how many allocations find no page, although reclaim has looked for some", MoreIsBetter: false, m => m.VmStat.AllocationsFailed) { Scale = 100 },
        ],
    };
}
