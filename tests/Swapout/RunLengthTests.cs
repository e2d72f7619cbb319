using Variants.Families.Swapout;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Swapout;

/// <summary>
/// S4-B14: "it loses all locality of reference". Slots are handed out in virtual order; who writes in physical order visits
/// them in no order, unless it gathers neighbours.
/// </summary>
public sealed class RunLengthTests
{
    /// <summary>Four pages are stored to in no order, so that page 2 comes first in memory; then they are reclaimed twice.</summary>
    private const string OfOneUser =
        """
        history swapout
        machine pages 16, low 0, slots 8, readahead 1
        setup
          A: mmap-anon 2
          A: mmap-anon 3
          A: write 2
          A: write 0
          A: write 3
          A: write 1
          A: reclaim 4
          A: reclaim 4
        actors
          A:
        """;

    /// <summary>The same, and a child has all four pages too.</summary>
    private const string OfTwoUsers =
        """
        history swapout
        machine pages 16, low 0, slots 8, readahead 1
        setup
          A: mmap-anon 2
          A: mmap-anon 3
          A: write 2
          A: write 0
          A: write 3
          A: write 1
          A: fork
          A: reclaim 4
          A: reclaim 4
          A: reclaim 4
        actors
          A:
        """;

    [Theory]
    [InlineData("early-write", 1)]
    [InlineData("deferred", 4)]
    [InlineData("hybrid", 1)]
    [InlineData("deferred-clustered", 1)]
    public void Four_neighbours_are_written_in_one_run_unless_the_physical_scan_writes_them_one_by_one(string variant, int runs) =>
        Assert.Equal((4, runs), WrittenBy(variant, OfOneUser));

    [Theory]
    [InlineData("early-write", 1)]
    [InlineData("deferred", 4)]
    [InlineData("hybrid", 4)]
    [InlineData("deferred-clustered", 1)]
    public void The_hybrid_loses_the_run_where_pages_are_shared(string variant, int runs) =>
        Assert.Equal((4, runs), WrittenBy(variant, OfTwoUsers));

    /// <summary>
    /// In 6,000 executions the means are about 3.3, 1.3, 3.2 and 3.3 slots a run, and differ by less than 0.15 from
    /// seed to seed.
    /// </summary>
    [Fact]
    public void Deferring_loses_more_than_half_of_the_run_length_and_clustering_restores_it()
    {
        double early = Mean("early-write", "run-length");
        double deferred = Mean("deferred", "run-length");
        double hybrid = Mean("hybrid", "run-length");
        double clustered = Mean("deferred-clustered", "run-length");

        Assert.InRange(deferred, 1, early / 2);
        Assert.InRange(clustered, early * 0.9, early * 1.1);
        Assert.InRange(hybrid, early * 0.9, early * 1.1);
        Assert.True(Mean("deferred", "seeks") > Mean("early-write", "seeks") * 1.3);
    }

    /// <summary>S4-B15: a scan that also writes frees less of what it looks at, 7.9 pages of a hundred instead of 9.4.</summary>
    [Fact]
    public void A_scan_that_also_writes_frees_less_of_what_it_looks_at()
    {
        Assert.True(Mean("deferred", "freed") < Mean("early-write", "freed") * 0.95);
        Assert.True(Mean("deferred", "no-memory") > Mean("early-write", "no-memory"));
    }

    private static readonly Lazy<CampaignResult> s_campaign = new(() => Campaign.Run(
        [.. Contender.AllOf([SwapoutFamily.Family]).Where(contender => contender.Variant.ShortName != "deferred-forgotten")],
        new CampaignOptions(Seed: 1, Histories: 600, Schedules: 10, Strategies: ["random", "pct3"], Jobs: 2)));

    private static double Mean(string variant, string measure) => s_campaign.Value.Variants
        .Single(result => result.Variant.ShortName == variant).Measures
        .Single(result => result.Measure.Name == measure).Value!.Value;

    private static (int Slots, int Runs) WrittenBy(string shortName, string text)
    {
        Family family = SwapoutFamily.Family;
        TestBed bed = new(new Contender(family, family.Variants.Single(variant => variant.ShortName == shortName)));
        (History history, _) = HistoryText.Parse(text);
        var strategy = new RoundRobin();
        strategy.Begin(1, 30);
        Assert.Null(bed.Run(history, strategy));
        VmStat counts = bed.Machine.VmStat;
        return (counts.SlotsWritten, counts.RunsWritten);
    }
}
