using Variants.Families;
using Variants.Harness.Exploration;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Tests.Campaigns;

namespace Variants.Tests.Verification;

public sealed class VerifierTests
{
    [Fact]
    public void A_kernel_that_is_right_is_proved()
    {
        VerifyState state = Verify(machine => new CorrectKernel(machine), new Scope(2, 2), jobs: 1);

        Assert.True(state.IsProved);

        // Each of them one trace, as its calls touch nothing in common; but which of two swapons is first, is of interest.
        Assert.Equal((57, 58), (state.Histories, state.Executions));
    }

    [Fact]
    public void A_lost_update_is_found_with_the_fewest_operations()
    {
        VerifyState state = Verify(machine => new CountingKernel(machine), new Scope(3, 2), jobs: 1);

        VerifyFailure failure = Assert.Single(state.Failures);
        Assert.Equal(("count", 2, true), (failure.Subject, failure.Operations, failure.IsMinimal));
        (History history, var schedule) = HistoryText.Parse(failure.History);
        Assert.Equal("reclaim 1|reclaim 1", string.Join('|', history.Actors.Select(actor => string.Join(' ', actor))));
        Assert.False(schedule.IsEmpty);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_found_does_not_depend_on_how_many_workers_there_are(int jobs)
    {
        VerifyState one = Verify(machine => new CountingKernel(machine), new Scope(3, 2), jobs: 1);
        VerifyState several = Verify(machine => new CountingKernel(machine), new Scope(3, 2), jobs);

        Assert.Equal(one with { Failures = [] }, several with { Failures = [] });
        Assert.Equal([.. one.Failures], several.Failures.ToArray());
    }

    [Theory]
    [InlineData("cow-reuse/2.6.26", 100_000)]
    [InlineData("cow-reuse/2.6.26", 150)]
    [InlineData("cow-reuse/2.6.0", 150)]
    public void A_history_that_several_explore_comes_to_the_same_whoever_takes_part(string name, int most)
    {
        VerifyState one = Shared(jobs: 1, alone: 40);
        VerifyState several = Shared(jobs: 3, alone: 40);

        Assert.Equal(one with { Failures = [] }, several with { Failures = [] });
        Assert.Equal(one.Failures.AsEnumerable(), several.Failures.AsEnumerable());
        VerifyState alone = Shared(jobs: 2, alone: int.MaxValue);
        Assert.Equal((alone.Histories, alone.Unfinished), (one.Histories, one.Unfinished));
        if (alone.Failures.IsEmpty)
        {
            Assert.InRange(one.Executions, alone.Executions, alone.Executions + (alone.Unfinished * SharedSearch.MostParts));
        }

        VerifyState Shared(int jobs, int alone)
        {
            Family family = FamilyList.All.Single(family => name.StartsWith($"{family.Name}/", StringComparison.Ordinal));
            var contender = new Contender(family, family.Variants.Single(variant => variant.Name == name));
            return new Verifier(contender, new Scope(2, 2, ExecutionsOfHistory: most), new VerifyState { Variant = name }, _ => { }) { ExecutionsAlone = alone }
                .Run(jobs, budget: null, CancellationToken.None);
        }
    }

    [Fact]
    public void Stopped_anywhere_and_gone_on_with_it_comes_to_the_same()
    {
        var scope = new Scope(3, 2);
        VerifyState whole = Verify(machine => new CountingKernel(machine), scope, jobs: 2);
        Contender contender = FakeKernel.Contender(machine => new CountingKernel(machine));
        foreach (int after in new[] { 1, 7, 40, 100 })
        {
            using var cancel = new CancellationTokenSource();
            VerifyState stopped = new Verifier(contender, scope, Begun, Progress).Run(jobs: 2, budget: null, cancel.Token);
            Assert.InRange(stopped.Histories, after, whole.Histories);
            VerifyState resumed = new Verifier(contender, scope, stopped, _ => { }).Run(jobs: 2, budget: null, CancellationToken.None);
            Assert.Equal(whole with { Failures = [] }, resumed with { Failures = [] });
            Assert.Equal([.. whole.Failures], resumed.Failures.ToArray());

            void Progress(VerifyState state)
            {
                if (state.Histories >= after)
                {
                    cancel.Cancel();
                }
            }
        }
    }

    [Fact]
    public void What_is_given_up_is_not_proved()
    {
        VerifyState state = Verify(machine => new CountingKernel(machine), new Scope(2, 2, ExecutionsOfHistory: 1), jobs: 1);

        Assert.True(state.IsDone);
        Assert.False(state.IsProved);
        Assert.NotEqual(0, state.Unfinished);
    }

    [Fact]
    public void Without_preemptions_the_lost_update_is_not_there()
    {
        Assert.True(Verify(machine => new CountingKernel(machine), new Scope(2, 2, Preemptions: 0), jobs: 1).IsProved);
        Assert.Single(Verify(machine => new CountingKernel(machine), new Scope(2, 2, Preemptions: 1), jobs: 1).Failures);
    }

    [Fact]
    public void A_kernel_that_shares_what_nobody_can_see_is_told()
    {
        UnseenSharingException told = Assert.Throws<UnseenSharingException>(
            () => Verify(machine => new LostUpdateKernel(machine), new Scope(3, 3), jobs: 1));

        Assert.Contains("no Cell, SharedObject or SharedFact", told.Message, StringComparison.Ordinal);
    }

    private static VerifyState Begun => new() { Variant = "fake/kernel" };

    private static VerifyState Verify(Func<Machine, Variants.Harness.Memory.IKernel> build, Scope scope, int jobs) =>
        new Verifier(FakeKernel.Contender(build, Verbs.Reclaim, Verbs.SwapOn), scope, Begun, _ => { }).Run(jobs, budget: null, CancellationToken.None);
}
