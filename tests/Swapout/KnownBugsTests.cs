using System.Collections.Immutable;
using Variants.Families.Swapout;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Tests.Swapout;

/// <summary>
/// S4-B16, the one bug of the family that breaks a promise: it comes in every execution of its smallest history, whatever
/// the schedule, because nothing runs beside it.
/// </summary>
public sealed class KnownBugsTests
{
    private static readonly KnownBug s_bug = SwapoutFamily.Family.Bugs.Single(bug => bug.Name == "S4-B16");

    [Fact]
    public void A_page_that_an_allocation_frees_unwritten_is_lost()
    {
        Failure? failure = Run("deferred-forgotten");

        Assert.NotNull(failure);
        Assert.Equal(s_bug.Property, PropertyList.BrokenBy(failure).Name);
    }

    [Theory]
    [InlineData("early-write")]
    [InlineData("deferred")]
    [InlineData("hybrid")]
    [InlineData("deferred-clustered")]
    public void A_design_that_tests_PG_dirty_everywhere_loses_nothing(string variant) => Assert.Null(Run(variant));

    private static Failure? Run(string shortName)
    {
        Family family = SwapoutFamily.Family;
        TestBed bed = new(new Contender(family, family.Variants.Single(variant => variant.ShortName == shortName)));
        (History history, ImmutableArray<int> _) = HistoryText.Parse(s_bug.History!);
        var strategy = new RandomWalk();
        strategy.Begin(1, 30);
        return bed.Run(history, strategy);
    }
}
