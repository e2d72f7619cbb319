using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Tests.Campaigns;

/// <summary>Small histories, explored whole, beside the random ones of a campaign.</summary>
public sealed class ProvedBoundTests
{
    /// <summary>One random execution, which finds nothing in a kernel that needs two operations and a preemption.</summary>
    private static readonly CampaignOptions s_options = new(
        Seed: 1, Histories: 1, Schedules: 1, ["random"], Jobs: 1, ShrinkExecutions: 5_000, CertifyExecutions: 1_000)
    {
        Small = new Scope(2, 2),
    };

    private static Contender Counting => FakeKernel.Contender(machine => new CountingKernel(machine), Verbs.Reclaim, Verbs.SwapOn);

    [Fact]
    public void A_kernel_that_is_right_is_proved()
    {
        VariantResult result = Run(s_options, FakeKernel.Contender(machine => new CorrectKernel(machine)));

        Assert.True(result.Proved!.State.IsProved);
        Assert.Equal((57, 58), (result.Proved.State.Histories, result.Proved.State.Executions));
        Assert.All(result.Verdicts, verdict => Assert.True(verdict.Holds));
    }

    [Fact]
    public void What_random_histories_missed_is_a_failure_like_any_other()
    {
        Assert.All(Run(s_options with { Small = null }, Counting).Verdicts, verdict => Assert.True(verdict.Holds));

        VariantResult result = Run(s_options, Counting);

        Verdict verdict = Assert.Single(result.Verdicts, verdict => !verdict.Holds);
        Assert.Equal(("swap-accounting", 0), (verdict.Property, verdict.Failures));
        Counterexample found = Assert.Single(verdict.Counterexamples);
        Assert.Equal("A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions", CampaignText.Of(found));
        Assert.True(found.Shrinking.Certificate!.IsProved);
        Assert.False(result.Proved!.State.IsProved);
    }

    [Fact]
    public void What_random_histories_found_is_not_told_twice()
    {
        CampaignOptions thorough = s_options with { Histories = 60, Schedules = 40 };

        VariantResult alone = Run(thorough with { Small = null }, Counting);
        VariantResult both = Run(thorough, Counting);

        Assert.NotEqual(0, both.Verdicts[0].Failures);
        Assert.Equal(alone.Verdicts[0].Counterexamples.Select(CampaignText.Of), both.Verdicts[0].Counterexamples.Select(CampaignText.Of));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1)]
    [InlineData(100)]
    public void It_does_not_depend_on_how_many_workers_there_are_nor_does_where_it_ends(long steps)
    {
        CampaignOptions options = s_options with { StepsOfSmall = steps };

        string[] texts = [.. new[] { 1, 2, 3 }.Select(jobs => CampaignText.Of(Campaign.Run([Counting], options with { Jobs = jobs })))];

        Assert.Equal([texts[0], texts[0]], texts[1..]);
        Assert.Equal(steps == long.MaxValue, Run(options, Counting).Proved!.State.IsDone);
    }

    [Fact]
    public void Of_CPUs_that_share_what_nobody_can_see_nothing_is_proved_and_the_rest_stands()
    {
        CampaignOptions options = s_options with { Small = new Scope(3, 3) };

        VariantResult result = Run(options, FakeKernel.Contender(machine => new LostUpdateKernel(machine)));

        Assert.Contains("no Cell, SharedObject or SharedFact", result.Proved!.Obstacle, StringComparison.Ordinal);
        Assert.Equal(1, result.Executions);
    }

    private static VariantResult Run(CampaignOptions options, Contender contender) =>
        Assert.Single(Campaign.Run([contender], options).Variants);
}
