using System.Collections.Immutable;
using Variants.Families.CowReuse;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Tests.Campaigns;

namespace Variants.Tests.CowReuse;

/// <summary>
/// Every bug of the family comes out of its smallest history, and not out of the design that cures it. They are the same
/// schedules every time; a bug that has its schedule with it is replayed.
/// </summary>
public sealed class KnownBugsTests
{
    private static readonly Family s_family = CowReuseFamily.Family;

    public static TheoryData<string> Bugs => [.. s_family.FoundBugs().Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_its_smallest_history(string name)
    {
        KnownBug bug = s_family.Bug(name);
        Assert.True(s_family.Has(bug.Variant, bug), $"{name} is not found on {bug.Variant}");
    }

    [Theory]
    [InlineData("S1-B1", "rollup")]
    [InlineData("S1-B1", "2.6.29")]
    [InlineData("S1-B2", "rollup-one-section")]
    [InlineData("S1-B2", "2.6.26")]
    [InlineData("S1-B3", "2.6.26")]
    [InlineData("S1-B3", "2.6.29")]
    [InlineData("S1-B7", "5.8")]
    [InlineData("S1-B7", "2.6.0")]
    [InlineData("S1-B7", "5.9")]
    [InlineData("S1-B8", "2.6.7")]
    [InlineData("S1-B8", "2.6.26")]
    [InlineData("S1-B8 (5.9)", "5.8")]
    [InlineData("4969c1192d15", "2.6.36")]
    public void A_bug_is_not_where_it_is_cured(string name, string variant) =>
        Assert.False(s_family.Has(variant, s_family.Bug(name)));

    [Fact]
    public void The_last_design_has_none_of_them() => Assert.DoesNotContain(
        s_family.FoundBugs(),
        bug => s_family.Has("5.19", bug, anyPromise: true));

    [Theory]
    [InlineData("2.6.0")]
    [InlineData("2.6.26")]
    [InlineData("5.19")]
    public void A_fault_that_takes_its_own_page_away_does_not_go_on_for_ever(string variant)
    {
        TestBed bed = new(new Contender(s_family, s_family.Variants.Single(one => one.ShortName == variant)));
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(
            """
            history cow-reuse
            machine pages 4, low 2, slots 2, readahead 1, file 2
            actors
              A: clone { write 1 }
                 write 0
                 fork { write 0 }
            schedule 0*3 1 0*6 1
            """);
        Assert.Null(bed.Run(history, new Replay(schedule)));
        var strategy = new RandomWalk();
        for (ulong seed = 1; seed <= 500; seed++)
        {
            strategy.Begin(seed, 60);
            Failure? failure = bed.Run(history, strategy);
            Assert.NotEqual(PropertyNames.NoLivelock, failure is null ? "" : PropertyList.BrokenBy(failure).Name);
        }
    }

    [Theory]
    [InlineData("5.19")]
    [InlineData("2.6.29")]
    [InlineData("2.6.7")]
    public void An_execution_that_does_not_fail_allocates_nothing(string variant)
    {
        TestBed bed = new(new Contender(s_family, s_family.Variants.Single(one => one.ShortName == variant)));
        History history = HistoryText.Parse(
            """
            history cow-reuse
            actors
              A: write 0
                 pin-write 1
                 device-write
                 read 1
                 unpin
                 fork { read 0; write 0; exit }
                 write 0
              B: write 0
                 pin-read 0
                 migrate 1
                 reclaim 2
                 device-read
            """).History;
        var strategy = new RandomWalk();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (ulong seed = 1; seed <= 200; seed++)
            {
                strategy.Begin(seed, 60);
                Assert.True(bed.Run(history, strategy) is null);
            }
        }));
    }
}
