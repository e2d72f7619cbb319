using System.Collections.Immutable;
using Variants.Families.Reclaim;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Tests.Reclaim;

/// <summary>Bugs of the family that need one process and no luck: they come in the execution in which nobody preempts.</summary>
public sealed class SmallestHistoryTests
{
    private const string WritesItsOwnMapping = """
        history reclaim
        machine pages 5, low 0, slots 4, readahead 1, file 2
        setup
          A: mmap-shared 1
          A: write 0
          A: write 1
          A: file-write 1
        actors
          A: read 1
        """;

    private const string ReclaimsUnderItsOwnLock = """
        history reclaim
        machine pages 6, low 2, slots 4, readahead 1, file 2
        setup
          A: mmap-shared 0
          A: write 0
          A: file-write 0
        actors
          A: read 0
        """;

    private const string QueuedBeforeTheTruncation = """
        history reclaim
        machine pages 16, low 0, slots 4, readahead 1, file 2
        setup
          A: mmap-shared 0
          A: write 0
        actors
          A: reclaim 1
             file-cut 0
             file-write 0
        """;

    /// <summary>Every page is a buffer that the disk writes; it is done when kswapd has scanned the last of them.</summary>
    private const string ReadyBeforeKswapdSleeps = """
        history reclaim
        machine pages 5, low 2, slots 4, readahead 1, file 2
        setup
          A: write 0
          A: mmap-shared 1
        actors
          A: write 1
             mmap-shared 2
             write 2
             file-write 0
             file-write 3
        schedule 0*94 1 0*16 1
        """;

    private const string TwoMappings = """
        history reclaim
        machine pages 5, low 0, slots 4, readahead 1, file 2
        setup
          A: mmap-shared 0
          A: mmap-shared 1
        actors
          A:
        """;

    [Theory]
    [InlineData("2.2.0pre5", ReclaimsUnderItsOwnLock)]
    [InlineData("recursive-super", ReclaimsUnderItsOwnLock)]
    [InlineData("gfp-io", WritesItsOwnMapping)]
    public void A_write_to_a_file_that_its_writer_has_mapped_deadlocks(string variant, string history)
    {
        Failure failure = Assert.IsType<Failure>(Run(variant, history));
        Assert.Equal(PropertyNames.NoDeadlock, PropertyList.BrokenBy(failure).Name);
    }

    [Theory]
    [InlineData(ReclaimsUnderItsOwnLock)]
    [InlineData(WritesItsOwnMapping)]
    public void Nobody_waits_in_vain_where_reclaim_only_tries_locks(string history) =>
        Assert.Null(Run("truncate-trylock", history));

    [Fact]
    public void Kpiod_writes_a_page_that_was_truncated_while_it_was_queued()
    {
        Failure failure = Assert.IsType<Failure>(Run("kpiod-as-posted", QueuedBeforeTheTruncation));
        Assert.Equal(PropertyNames.DataIntegrity, PropertyList.BrokenBy(failure).Name);
    }

    [Fact]
    public void Kpiod_that_asks_whose_page_it_is_does_not() => Assert.Null(Run("kpiod", QueuedBeforeTheTruncation));

    /// <summary>More often than the machine has pages: kpiod, for whom nobody makes way, has not come to the first request yet.</summary>
    [Theory]
    [InlineData("kpiod-as-posted")]
    [InlineData("kpiod")]
    public void A_page_waits_for_kpiod_as_often_as_reclaim_has_found_it_dirty(string variant) =>
        Assert.Null(Run(variant, $"{TwoMappings}{WritesAndReclaims(page: 0, times: 40)}{WritesAndReclaims(page: 1, times: 10)}"));

    [Fact]
    public void Who_looked_for_memory_before_the_disk_was_ready_looks_again_before_he_sleeps() =>
        Assert.Null(Run("truncate-trylock", ReadyBeforeKswapdSleeps));

    private static string WritesAndReclaims(int page, int times) =>
        string.Concat(Enumerable.Repeat($"\n     write {page}\n     reclaim 1", times));

    private static Failure? Run(string shortName, string text)
    {
        Family family = ReclaimFamily.Family;
        Variant variant = family.Variants.Single(variant => variant.ShortName == shortName);
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(text);
        return new TestBed(new Contender(family, variant)).Run(history, new Replay(schedule));
    }
}
