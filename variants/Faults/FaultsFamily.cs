using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Workloads;

namespace Variants.Families.Faults;

/// <summary>
/// Page faults without mmap_sem: what keeps a fault from installing a page in a mapping that somebody else is changing?
/// </summary>
public static class FaultsFamily
{
    private const string Name = "faults";

    private static readonly VariantList s_list = new(Name, PropertyNames.WithoutPins);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "What keeps a page fault out of a mapping that mmap, munmap, mprotect or fork is changing, if not mmap_sem?",
        "Peter Zijlstra, \"[RFC] another crazy idea to get rid of mmap_sem in faults\", linux-mm, 28 November 2008",
        [
            new(Verbs.Write, 22), new(Verbs.Read, 14), new(Verbs.Clone, 6), new(Verbs.Fork, 10), new(Verbs.Exec, 1),
            new(Verbs.Exit, 1), new(Verbs.MapAnonymous, 6), new(Verbs.MapAnonymousPair, 5), new(Verbs.MapFile, 8),
            new(Verbs.Unmap, 8), new(Verbs.UnmapPair, 4), new(Verbs.ProtectRead, 6), new(Verbs.ProtectWrite, 6),
            new(Verbs.LockMemory, 3), new(Verbs.Reclaim, 3), new(Verbs.FailAlloc, 10),
        ],
        PropertyNames.WithoutPins,
        [
            s_list.Of("2.6.28", "V0", "holds mmap_sem for reading from the lookup of the vma to the end of the fault", "Linux 2.6.28, December 2008", m => new Linux2_6_28(m), "HHHHHHH"),
            s_list.Of("rfc-as-posted", "V1", "vmas marked dead before the zap and freed through SRCU; a fault that finds its vma dead under the ptl gets SIGBUS", "Peter Zijlstra, linux-mm, 28 November 2008", m => new RfcAsPosted(m), "FFFFFFF"),
            s_list.Of("rfc-retry", "V1+", "V1 that begins the fault anew instead of SIGBUS", "V1 with the question in its comment answered by yes", m => new RfcRetry(m), "FFFFFFF"),
            s_list.Of("rfc-replaced", "V1r", "a change marks the vma dead and puts another in its place; a fault that lost looks up again and compares", "the thread of V1, November and December 2008", m => new RfcReplaced(m), "FFHHFHF"),
            s_list.Of("2.6.37", "V2", "mmap_sem, dropped once to wait for a page that the disk is reading; then the fault begins anew", "Michel Lespinasse, \"mm: retry page fault when blocking on disk transfer\", d065bd810b6d, October 2010", m => new Linux2_6_37(m), "HHHHHHH"),
            s_list.Of("spf", "V3", "a sequence count in each vma, looked at again with the ptl; any doubt leads to the fault with mmap_sem", "Laurent Dufour, \"Speculative page faults\" v11 and v12, 2018 and 2019", m => new Spf(m), "HHHHHHH"),
            s_list.Of("per-vma-6.4.0", "V5", "a lock in each vma, taken for reading by faults and for writing by whoever changes the vma, but for fork", "Suren Baghdasaryan, \"Per-VMA locks\", Linux 6.4, June 2023", m => new PerVma640(m), "FHHHHHH"),
            s_list.Of("per-vma-6.4.3", "V5+", "V5 whose fork locks each vma of the parent before it copies it", "Suren Baghdasaryan, \"fork: lock VMAs of the parent process when forking\", fb49c455323f, July 2023", m => new PerVma643(m), "HHHHHHH"),
        ])
    {
        Idioms =
        [
            [Verbs.Unmap, Verbs.MapAnonymous],
            [Verbs.MapAnonymous, Verbs.Read],
            [Verbs.MapFile, Verbs.Read],
            [Verbs.FailAlloc, Verbs.Fork],
            [Verbs.FailAlloc, Verbs.Write],
            [Verbs.Write, Verbs.Fork],
            [Verbs.Write, Verbs.Fork, Verbs.FailAlloc, Verbs.Write],
            [Verbs.ProtectRead, Verbs.ProtectWrite],
        ],
        Workloads =
        [
            // The argument is about threads: overviews and trade-offs take the first workload.
            new FaultStorm("threads", "page faults, threads of one process", InThreads: true) { RunsOnThreads = true },
            new FaultStorm("processes", "page faults, one process for each CPU", InThreads: false) { RunsOnThreads = true },
            new FaultStorm("mappers", "page faults beside mmap and munmap, one thread in four", InThreads: true, MapperShare: 4) { RunsOnThreads = true },
            new FileFaultStorm("file-processes", "faults in private mappings of a file, one process for each CPU", InThreads: false) { RunsOnThreads = true },
            new FileFaultStorm("file-threads", "faults in private mappings of a file, threads of one process", InThreads: true) { RunsOnThreads = true },
            new MmapBesideReader("mmap-beside-reader", "mmap and munmap beside a thread that reads from the disk") { RunsOnThreads = true },
        ],
        Bugs = FaultsBugs.All,
        MostActors = 1,
        BeginsWithThreads = true,
        BeginsReclaimed = false,
        Machines = new(LeastPages: 8, MostPages: 16, TightPages: 5, MostLow: 0),
    };
}
