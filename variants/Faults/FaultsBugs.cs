using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.Faults;

/// <summary>The bugs that designs of the family are known to have, as the catalogue numbers them; N are found here.</summary>
internal static class FaultsBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new("S3-B1", "rfc-as-posted", PropertyNames.NoSpuriousSignal, "a merge marks the vma dead that the fault has found: SIGBUS for an address that was mapped all the while", """
            history faults
            setup
              A: mprotect-ro 1
            actors
              A: clone { mprotect-rw 1 }
                 read 1
            """),
        new("S3-B2", "rfc-retry", PropertyNames.DataIntegrity, "a partial munmap marks the new half dead; a fault that has found the old one installs a page in the hole", """
            history faults
            setup
              A: mmap-anon2 0
            actors
              A: clone { munmap 1 }
                 write 1
            """),
        new("S3-B3", "rfc-as-posted", PropertyNames.DataIntegrity, "mprotect marks nothing dead: a fault installs a writable page after it has returned", """
            history faults
            setup
              A: write 1
            actors
              A: clone { mprotect-ro 0 }
                 write 0
            """),
        new("S3-B5", "rfc-replaced", PropertyNames.SwapAccounting, "fork copies a vma before it has an anon_vma, and its pages after: reclaim does not find the child's", """
            history faults
            actors
              A: clone { read 0 }
                 fork
            """),
        new("S3-B5 (UAF)", "rfc-replaced", PropertyNames.NoUseAfterFree, "as S3-B5; the parent's exit frees the anon_vma that the child's page still points to", """
            history faults
            setup
              A: mmap-anon2 2
            actors
              A: clone { write 2; exit }
                 fork { reclaim 4; reclaim 4 }
                 exit
            """),
        new("S3-B6", "rfc-replaced", PropertyNames.NoUseAfterFree, "munmap frees the page table whose lock a fault is about to take", """
            history faults
            actors
              A: clone { munmap2 0 }
                 read 0
            """),
        new("S3-B7", "rfc-replaced", PropertyNames.SwapAccounting, "a fault allocates a page table where munmap has just freed it: nobody ever frees it again", """
            history faults
            actors
              A: clone { munmap2 0 }
                 read 0
            """),
        new("S3-B8", "rfc-as-posted", PropertyNames.NoLivelock, "munmap spins for a vma_get() whose holder found no memory and never came to its vma_put()", """
            history faults
            setup
              A: write 0
              A: fork
            actors
              A: clone { failalloc 1; write 0 }
                 munmap 0
            """),
        new("S3-B8b", "rfc-as-posted", PropertyNames.LockContext, "vma_adjust spins with anon_vma->lock for a fault that is asleep", """
            history faults
            setup
              A: mprotect-ro 0
              A: write 1
              A: fork
            actors
              A: clone { mprotect-rw 0 }
                 write 1
            """),
        new("S3-B10", "rfc-as-posted", PropertyNames.SwapAccounting, "vma_get looks, then counts, and munmap comes between or just before: BUG() in a legal program", """
            history faults
            setup
              A: write 0
              A: fork
            actors
              A: clone { munmap 0 }
                 write 0
            """),
        new("S3-B11", "rfc-as-posted", PropertyNames.SwapAccounting, "exit_mmap marks nothing dead, and vma_free says BUG: on every exit", """
            history faults
            actors
              A: exit
            """),
        new("S3-B12", "rfc-replaced", PropertyNames.NoUseAfterFree, "munmap gives up the file at once, while a fault waits for the disk", """
            history faults
            setup
              A: mmap-file 0
            actors
              A: clone { munmap 0 }
                 read 0
            """),
        new("S3-B13", "rfc-retry", PropertyNames.NoDeadlock, "a fault that lost leaves the file's page locked: the next fault of it hangs", """
            history faults
            setup
              A: mmap-file 0
            actors
              A: clone { mmap-file 0 }
                 read 0
                 read 0
            """),
        new("S3-B13 (leak)", "rfc-as-posted", PropertyNames.SwapAccounting, "a fault that lost leaves the page that it has allocated", """
            history faults
            setup
              A: munmap 1
            actors
              A: clone { munmap 0 }
                 read 0
            """),
        new("S3-N1", "rfc-retry", PropertyNames.NoSpuriousSignal, "vm_start, vm_end and vm_flags are read after the lookup: a split that moves them meanwhile makes a SIGSEGV", """
            history faults
            setup
              A: mmap-anon2 0
            actors
              A: clone { mlock 1 }
                 write 0
            """),
        new("S3-N2", "rfc-replaced", PropertyNames.DataIntegrity, "without vma_get, do_wp_page compares the pte only, and mprotect leaves a read-only pte as it is: the copy becomes writable", """
            history faults
            setup
              A: write 0
              A: fork
            actors
              A: clone { write 0 }
                 mprotect-ro 0
            """),
        new("S3-B22", "per-vma-6.4.0", PropertyNames.DataIntegrity, "fork has made a page read-only and not flushed it; one thread copies the page while another stores to the old one: the store is lost", """
            history faults
            setup
              A: write 0
            actors
              A: clone { fork; read 0 }
                 clone { write 0 }
                 write 0
            schedule 1 0*11 1 2 0*9 1*2 0 1
            """),
        new("S3-B14", "rfc-as-posted", PropertyNames.DataIntegrity, "drivers install ptes without asking whether the vma is dead; there are no drivers here, and do_swap_page() neither", null),
        new("S3-B15", "rfc-as-posted", PropertyNames.DataIntegrity, "a zap that finds no page table takes no ptl; needs weak memory, which is not modelled", null),
        new("S3-B17", "rfc-as-posted", PropertyNames.DataIntegrity, "expand_stack() without mmap_sem; there are no stacks that grow here", null),
        new("S3-B18", "rfc-as-posted", PropertyNames.NoUseAfterFree, "anon_vma_prepare looks at its neighbours; no history has shown it yet, as S3-B6 and S3-B12 come first", null),
        new("S3-B20", "rfc-as-posted", PropertyNames.NoDeadlock, "a fault in kernel mode under mmap_sem waits where the baseline would print an oops; there are no such faults here", null),
    ];
}
