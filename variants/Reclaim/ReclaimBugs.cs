using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Families.Reclaim;

/// <summary>The bugs of the reclaim family, by the catalogue's names.</summary>
internal static class ReclaimBugs
{
    internal static ImmutableArray<KnownBug> All { get; } =
    [
        new(
            "S4-B1",
            "2.2.0pre5",
            PropertyNames.NoDeadlock,
            "to read a bitmap under the superblock lock needs a page; reclaim writes another file's page, which needs a block",
            """
            history reclaim
            machine pages 5, low 1, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              B: write 0
              A: file-write 0
            actors
              A:
              B:
            """),
        new(
            "S4-B2",
            "2.2.0pre5",
            PropertyNames.NoDeadlock,
            "write() holds i_sem and needs a page; reclaim writes a mapped page of the same file",
            """
            history reclaim
            machine pages 9, low 5, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              A: file-write 1
            actors
              A:
            """),
        new(
            "S4-B3",
            "recursive-super",
            PropertyNames.NoDeadlock,
            "two writers: one holds the superblock lock and wants an inode, the other has it the other way round; recursion is no help",
            """
            history reclaim
            machine pages 8, low 5, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 0
              A: write 0
            actors
              A: file-write 0
              B: file-write 1
            schedule 1*2
            """),
        new(
            "S4-B4",
            "pf-noio-saved",
            PropertyNames.NoDeadlock,
            "the writer does not enter the filesystem again, but kswapd, for which it waits, wants its i_sem",
            """
            history reclaim
            machine pages 4, low 0, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              A: file-write 1
            actors
              A:
            """),
        new(
            "S4-B5",
            "recursive-super",
            PropertyNames.NoUseAfterFree,
            "the nested call moves the cached bitmaps on: the outer one looks for a block in a bitmap that is gone",
            """
            history reclaim
            machine pages 5, low 1, slots 4, readahead 1, file 2
            setup
              B: mmap-shared 3
              A: file-write 1
            actors
              A: write 0
              B: write 3
                 file-write 0
            schedule 0*3 1 0*3 1 0*3 1*2
            """),
        new(
            "S4-B6",
            "drop-and-go-on",
            PropertyNames.NoUseAfterFree,
            "what was looked up before the superblock lock was dropped is used after it has been taken again",
            """
            history reclaim
            machine pages 10, low 6, slots 4, readahead 1, file 2
            setup
              A: file-write 3
            actors
              A: write 0
                 file-write 1
              B: file-write 0
            schedule 0*3 1 0 1
            """),
        new(
            "S4-B7",
            "pf-noio",
            PropertyNames.NoDeadlock,
            "to give the inner lock back clears the flag of the outer one, under which reclaim then enters the filesystem",
            """
            history reclaim
            machine pages 9, low 5, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              A: file-write 1
            actors
              A:
            """),
        new(
            "S4-B8",
            "pf-memalloc",
            PropertyNames.NoDeadlock,
            "who may take the last pages takes them: whoever would write a page to free it, finds none to begin with",
            """
            history reclaim
            machine pages 5, low 1, slots 4, readahead 1, file 2
            setup
              B: mmap-shared 1
              B: write 1
              B: mmap-shared 0
              B: write 0
            actors
              A: write 0
              B:
            schedule 0*15 1 0 1
            """),
        new(
            "S4-B9",
            "gfp-io-forgotten",
            PropertyNames.NoDeadlock,
            "one allocation below the lock has the wrong mask",
            """
            history reclaim
            machine pages 8, low 5, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              A: file-write 1
            actors
              A:
            """),
        new(
            "S4-B10",
            "gfp-io",
            PropertyNames.NoLivelock,
            "swap is refused as filesystems are, although it takes none of their locks: memory runs out sooner, which breaks no promise",
            History: null),
        new(
            "S4-B12",
            "truncate-lock",
            PropertyNames.NoDeadlock,
            "truncate holds the lock, allocates, and reclaim writes a page of the same file: here truncate leaves no page of the file",
            History: null),
        new(
            "S4-B13",
            "kpiod-as-posted",
            PropertyNames.DataIntegrity,
            "the page that waits to be written was truncated meanwhile: its old data comes over what was written since",
            """
            history reclaim
            machine pages 7, low 4, slots 4, readahead 1, file 2
            setup
              B: mmap-shared 1
              B: write 1
            actors
              A: write 0
                 file-write 1
              B: file-cut 1
            schedule 0*6 1 0*3 1
            """),
        new(
            "S4-B13 (V0)",
            "2.2.0pre5",
            PropertyNames.DataIntegrity,
            "the same: reclaim waits for i_sem, which truncate has, and then writes a page that is the file's no more",
            """
            history reclaim
            machine pages 16, low 0, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
            actors
              A: write 1
                 file-cut 1
                 file-write 1
              B: reclaim 2
            schedule 0*5 1 0*21 1
            """),
        new(
            "S4-B18",
            "kpiod",
            PropertyNames.NoDeadlock,
            "a writer holds i_sem and needs memory that kpiod, which waits for that i_sem, would free",
            """
            history reclaim
            machine pages 5, low 0, slots 4, readahead 1, file 2
            setup
              A: mmap-shared 1
              A: write 1
              A: mmap-shared 2
              A: write 2
              A: file-write 1
            actors
              A:
            """),
    ];
}
