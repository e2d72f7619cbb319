using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;

namespace Variants.Tests.Campaigns;

public sealed class ShrinkerTests
{
    private static readonly Operation s_reclaim = new(Verbs.Reclaim, 3);
    private static readonly Operation s_swapOn = new(Verbs.SwapOn);

    /// <summary>Both bugs of <see cref="LostUpdateKernel"/> can happen in it, swapon's far more often.</summary>
    private static readonly History s_both = new(
        "fake",
        new MachineSize(Pages: 9),
        [new SetupStep(1, s_reclaim)],
        [[s_swapOn, s_reclaim, s_swapOn], [s_swapOn, s_reclaim], [s_swapOn, s_swapOn]]);

    [Theory]
    [InlineData("count", "A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions")]
    [InlineData("swapon", "A: swapon | B: swapon | schedule 0 1 | 1 preemptions")]
    public void The_failure_stays_the_same_though_another_is_near(string subject, string smallest)
    {
        Counterexample counterexample = ShrinkFirst(s_both, subject);

        Assert.Equal(smallest, CampaignText.Of(counterexample));
        Assert.Equal(subject, counterexample.Failure.Subject);
        Assert.Equal(new MachineSize(), counterexample.History.Machine);
        Assert.Equal(8, counterexample.Shrinking.FromOperations);
    }

    [Fact]
    public void A_counterexample_fails_again_when_it_is_replayed()
    {
        Counterexample counterexample = ShrinkFirst(s_both, "count");
        var replay = new Replay(counterexample.Schedule);
        replay.Begin(0, 0);

        Assert.Equal(counterexample.Failure, Bed().Run(counterexample.History, replay));
    }

    [Fact]
    public void No_schedule_fails_when_an_operation_is_taken_out()
    {
        Counterexample counterexample = ShrinkFirst(s_both, "count");
        TestBed bed = Bed();

        foreach (History smaller in SmallerHistories.Of(counterexample.History, bed.Contender.Family)
            .Where(history => history.Count < counterexample.Operations))
        {
            Assert.False(FailsUnderAnySchedule(bed, smaller, counterexample.Failure.Signature));
        }

        Assert.True(FailsUnderAnySchedule(bed, counterexample.History, counterexample.Failure.Signature));
    }

    [Fact]
    public void A_child_that_need_not_be_one_becomes_an_actor()
    {
        var history = new History(
            "fake", new MachineSize(), [], [[s_swapOn, new Operation(Verbs.Fork, [s_reclaim, s_reclaim])]]);

        Assert.Contains(
            "A: swapon | B: reclaim 3; reclaim 3",
            SmallerHistories.Of(history, Bed().Contender.Family).Select(CampaignText.Of));
    }

    [Fact]
    public void The_histories_with_the_fewest_operations_are_tried_first()
    {
        int[] counts = [.. SmallerHistories.Of(s_both, Bed().Contender.Family).Select(history => history.Count)];

        Assert.Equal(counts.Order(), counts);
        Assert.All(counts, count => Assert.InRange(count, 0, s_both.Count));
    }

    [Fact]
    public void Shrinking_stops_early_at_what_is_known()
    {
        Counterexample first = ShrinkFirst(s_both, "count");
        Counterexample second = ShrinkFirst(s_both, "count", [first]);

        Assert.Equal(CampaignText.Of(first), CampaignText.Of(second));
        Assert.True(second.Shrinking.Executions < first.Shrinking.Executions);
    }

    [Fact]
    public void Counterexamples_that_do_the_same_operations_are_one_and_the_smallest_comes_first()
    {
        ImmutableArray<Counterexample> distinct = Distinctness.Smallest(
        [
            Made([s_swapOn, s_reclaim], [], preemptions: 0, 1, 1),
            Made([s_reclaim], [s_reclaim], preemptions: 2, 1, 1),
            Made([s_reclaim], [s_swapOn], preemptions: 0, 1),
            Made([s_reclaim], [s_reclaim], preemptions: 1, 0, 1),
            Made([s_reclaim, s_reclaim], [], preemptions: 1, 1),
        ]);

        Assert.Equal(
            [
                "A: reclaim 3 | B: swapon | schedule 1 | 0 preemptions",
                "A: reclaim 3; reclaim 3 | B:  | schedule 1 | 1 preemptions",
            ],
            distinct.Select(CampaignText.Of));
    }

    private static Counterexample Made(
        ImmutableArray<Operation> first,
        ImmutableArray<Operation> second,
        int preemptions,
        params ImmutableArray<int> schedule) => new(
            new History("fake", new MachineSize(), [], [first, second]),
            schedule,
            new Failure(FailureKind.Bug, "made", "up", 0, 0),
            preemptions,
            new ShrinkStatistics(0, 0, 0, false));

    private static TestBed Bed() => new(FakeKernel.Contender(machine => new LostUpdateKernel(machine)));

    /// <summary>Shrinks the first random execution that fails so.</summary>
    private static Counterexample ShrinkFirst(History history, string subject, IReadOnlyList<Counterexample>? known = null)
    {
        TestBed bed = Bed();
        var random = new RandomWalk();
        for (ulong seed = 0; ; seed++)
        {
            random.Begin(seed, 100);
            if (bed.Run(history, random) is { } failure && failure.Subject == subject)
            {
                random.Begin(seed, 100);
                return Shrinker.Shrink(bed, history, random, failure, 100_000, 1, known ?? [], CancellationToken.None);
            }
        }
    }

    private static bool FailsUnderAnySchedule(TestBed bed, History history, (FailureKind, string) signature)
    {
        var all = new Exhaustive();
        while (all.Begin(0, 0))
        {
            if (bed.Run(history, all)?.Signature == signature)
            {
                return true;
            }
        }

        return false;
    }
}
