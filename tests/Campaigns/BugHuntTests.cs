using Variants.Families;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

/// <summary>What a hunt for known bugs tells, and when.</summary>
public sealed class BugHuntTests
{
    /// <summary>Of 2.3.8: the second takes less time.</summary>
    private static readonly IReadOnlyList<(Contender Contender, KnownBug Bug)> s_bugs =
        [.. BugHunt.BugsOf(FamilyList.All).Where(one => one.Contender.Variant.Name == "swapoff/2.3.8")];

    [Fact]
    public void Bugs_are_told_in_their_order_whichever_is_found_first()
    {
        List<BugReport> told = [];
        List<string> ended = [];
        BugHunt.Run(s_bugs, jobs: 2, told.Add, report => ended.Add(report.Bug.Name), CancellationToken.None);
        Assert.Equal(["S0-B1", "S0-B2"], told.Select(report => report.Bug.Name));
        Assert.Equal(["S0-B1", "S0-B2"], ended.Order(StringComparer.Ordinal));
        Assert.All(told, report => Assert.All(report.ToFirst, median => Assert.InRange(median!.Value, 1, BugHunt.Limit)));
    }

    [Fact]
    public void A_hunt_that_is_stopped_tells_the_bugs_that_it_has_hunted_to_the_end_and_no_other()
    {
        using var stop = new CancellationTokenSource();
        List<string> told = [];
        BugHunt.Run(s_bugs, jobs: 1, report => told.Add(report.Bug.Name), _ => stop.Cancel(), stop.Token);
        Assert.Equal(["S0-B1"], told);
    }
}
