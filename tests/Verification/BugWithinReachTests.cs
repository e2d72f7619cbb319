using Variants.Families;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Tests.Verification;

/// <summary>Known bugs that are small enough to be found by exploring all histories: are they?</summary>
public sealed class BugWithinReachTests
{
    private const int Operations = 3;

    /// <summary>What <c>verify --table</c> explores of a history at first.</summary>
    private const int Executions = 20_000;

    /// <summary>Those that variants/README.md says have up to three operations, on a machine that verify explores.</summary>
    [Theory]
    [InlineData("S0-B3")]
    [InlineData("S0-B4")]
    [InlineData("S0-B13")]
    [InlineData("S1-B9")]
    [InlineData("S2-B3")]
    [InlineData("S2-B3 (V4)")]
    [InlineData("S2-B7")]
    [InlineData("S2-B10")]
    [InlineData("S3-B3")]
    [InlineData("S3-B5")]
    [InlineData("S3-B6")]
    [InlineData("S3-B7")]
    [InlineData("S3-B11")]
    [InlineData("S3-B13 (leak)")]
    public void The_history_of_a_small_bug_is_among_those_that_are_explored_and_exploring_it_shows_the_bug(string name)
    {
        (Contender contender, KnownBug bug) = Named(name);
        History history = BugHunt.Smallest(contender, bug)!.History;
        Assert.Contains(history, SmallHistories.Of(contender.Family, new Scope(Operations, 2), history.Machine));

        HistoryOutcome outcome = new HistoryProof(new TestBed(contender), preemptions: null).Explore(history, Executions, CancellationToken.None);

        VerifyFailure[] failures = [.. outcome.Failures.Select(found =>
            new VerifyFailure(found.Property, found.Failure.Kind.ToString(), found.Failure.Subject, "", "", history.Count, true))];
        var state = new VerifyState { Variant = contender.Variant.Name, Machine = history.Machine, Failures = [.. failures] };
        Assert.Contains(new BugWithinReach(bug.Name, IsFound: true), Of(contender, state, Operations));
        Assert.Contains(new BugWithinReach(bug.Name, IsFound: false), Of(contender, state with { Failures = [] }, Operations));
    }

    [Fact]
    public void What_is_larger_than_all_that_was_explored_or_is_for_another_machine_is_not_missed()
    {
        (Contender contender, _) = Named("S0-B13");
        var nothing = new VerifyState { Variant = contender.Variant.Name };

        // A: write 0, B: write 0 beside swapoff: three operations, one of them in the setup.
        Assert.Equal([new BugWithinReach("S0-B13", false)], Of(contender, nothing, 3));
        Assert.Equal([new BugWithinReach("S0-B13", false)], Of(contender, nothing, 2, parallelOfNext: 2));
        Assert.Empty(Of(contender, nothing, 2, parallelOfNext: 0));
        Assert.Empty(Of(contender, nothing, 2));
        Assert.Empty(Of(contender, nothing with { Machine = MachineSize.Tight }, 3));
    }

    [Fact]
    public void What_is_for_another_machine_is_named_where_it_is_found()
    {
        (Contender contender, KnownBug bug) = Named("S4-B2");
        MachineSize small = contender.Family.SmallMachines[0];
        Assert.NotEqual(small, HistoryText.Parse(bug.History!).History.Machine);
        var state = new VerifyState { Variant = contender.Variant.Name, Machine = small };
        var deadlock = new VerifyFailure(PropertyNames.NoDeadlock, "Deadlock", "i_sem", "", "", 3, true);

        Assert.Equal([new BugWithinReach("S4-B2", true)], Of(contender, state with { Failures = [deadlock] }, 3));
        Assert.Empty(Of(contender, state with { Failures = [deadlock with { Subject = "s_lock" }] }, 3));
    }

    private static IEnumerable<BugWithinReach> Of(Contender contender, VerifyState state, int operations, int? parallelOfNext = null) =>
        BugWithinReach.Of(BugHunt.SmallestOf(contender), new ProofReach(operations, 0, state, TimeSpan.Zero, parallelOfNext), actors: 2);

    private static (Contender Contender, KnownBug Bug) Named(string name) => BugHunt.BugsOf(FamilyList.All).Single(one => one.Bug.Name == name);
}
