using Variants.Families.Kernels;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Workloads;

namespace Variants.Families.Reclaim;

/// <summary>
/// Reclaim that writes files: what keeps an allocation from waiting, through reclaim and the filesystem, for a lock that its
/// own caller holds?
/// </summary>
public static class ReclaimFamily
{
    private const string Name = "reclaim";

    private static readonly VariantList s_list = new(Name, PropertyNames.WithoutPins);

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "What keeps an allocation under a filesystem's locks from waiting, through reclaim and that filesystem, for itself?",
        "Stephen Tweedie, \"Re: arca-vm-8\", linux-mm, 9 January 1999",
        [
            new(Verbs.Write, 22), new(Verbs.Read, 8), new(Verbs.Clone, 4), new(Verbs.MapShared, 20), new(Verbs.Unmap, 4),
            new(Verbs.FileWrite, 24), new(Verbs.FileRead, 8), new(Verbs.FileCut, 8), new(Verbs.FileSync, 4),
            new(Verbs.Reclaim, 8), new(Verbs.Exit, 2),
        ],
        PropertyNames.WithoutPins,
        [
            s_list.Of("2.2.0pre5", "V0", "reclaim writes dirty pages of shared mappings at once, with the filesystem's locks", "Linux 2.2.0pre5, January 1999", m => new Linux2_2_0pre5(m), "FHFHHHF"),
            s_list.Of("recursive-super", "V1", "the superblock lock may be taken again by its holder", "Stephen Tweedie, linux-mm, 9 January 1999, proposal (1)", m => new RecursiveSuperLock(m), "FFFHFHF"),
            s_list.Of("drop-and-retry", "V2", "the superblock lock is dropped to read a bitmap, and the search begins anew", "Stephen Tweedie, linux-mm, 9 January 1999, proposal (2)", m => new DropAndRetry(m), "FHFHHHF"),
            s_list.Of("drop-and-go-on", "V2m", "V2 that goes on where it was", "mutant of V2", m => new DropAndGoOn(m), "FFFHFHF"),
            s_list.Of("pf-memalloc", "V3", "who holds i_sem or the superblock lock is PF_MEMALLOC: takes the last pages, does not reclaim", "Stephen Tweedie, linux-mm, 9 January 1999", m => new PfMemAlloc(m), "FHFHHHF"),
            s_list.Of("gfp-io", "V4", "buffers are allocated with a mask that forbids reclaim to start I/O", "Linux 2.2.0pre6, January 1999", m => new GfpIo(m), "FHFHHHH"),
            s_list.Of("gfp-io-forgotten", "V4m", "V4 with one site forgotten: the buffers of bitmaps", "mutant of V4", m => new GfpIoForgotten(m), "FHFHHHF"),
            s_list.Of("pf-noio", "V5", "a task flag instead of the mask, set and cleared with the locks", "Stephen Tweedie, linux-mm, 9 January 1999", m => new PfNoIo(m), "FHFHHHF"),
            s_list.Of("pf-noio-saved", "V5+", "V5 that restores what the flag was, and forbids filesystems only", "Ming Lei, \"mm: teach mm by current context info to not do I/O during memory allocation\", 21caf2fc1931, February 2013", m => new PfNoIoSaved(m), "FHFHHHH"),
            s_list.Of("recursive-inode", "V6", "i_sem may be taken again by its holder", "Linux 2.2.0, January 1999", m => new RecursiveInodeLock(m), "FHFHHHF"),
            s_list.Of("truncate-lock", "V7", "page-out takes a sharable truncate lock instead of i_sem", "Stephen Tweedie, linux-mm, 9 January 1999", m => new TruncateLock(m), "FHFHHHF"),
            s_list.Of("truncate-trylock", "V7+", "V7 whose reclaim only tries locks, with V5+", "V7 as it could have been", m => new TruncateTryLock(m), "HHHHHHH"),
            s_list.Of("kpiod-as-posted", "V5k", "page-out is queued to a thread of its own, with V5+", "Stephen Tweedie, \"[PATCH] Fix for VM deadlock in 2.2.1\", linux-mm, 5 February 1999", m => new Kpiod(m), "FHFHHHH"),
            s_list.Of("kpiod", "V5k+", "V5k that drops a request whose page is no longer the file's", "V5k, with what running it showed", m => new KpiodThatAsks(m), "HHFHHHH"),
        ])
    {
        Idioms =
        [
            [Verbs.MapShared, Verbs.Write],
            [Verbs.MapShared, Verbs.Write, Verbs.FileWrite],
            [Verbs.Write, Verbs.FileWrite],
            [Verbs.Write, Verbs.Reclaim],
            [Verbs.FileCut, Verbs.FileWrite],
        ],
        // Two of them are freepages.min: the second page that anybody wants is reclaimed for.
        SmallMachines = [new(Pages: 5, Low: 2)],
        Workloads =
        [
            new ReclaimUnderLocks("writes", "writes to files, memory of processes is all that is dirty", DirtyStores: 0) { RunsOnThreads = true },
            new ReclaimUnderLocks("writes-beside-mappings", "writes to files, beside stores to shared mappings of them", DirtyStores: 4) { RunsOnThreads = true },
        ],
        Bugs = ReclaimBugs.All,
        MostActors = 3,
        BeginsReclaimed = false,
        Machines = new(LeastPages: 6, MostPages: 12, TightPages: 5, MostLow: 6, LeastSlots: 6, MostSlots: 8),
    };
}
