using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

public sealed class CampaignTests
{
    private static readonly CampaignOptions s_options = new(
        Seed: 7, Histories: 60, Schedules: 24, Strategies: ["random", "pct2", "pos"], Jobs: 1);

    [Fact]
    public void A_kernel_that_always_holds_has_no_failures_and_survives()
    {
        CampaignResult result = Campaign.Run([FakeKernel.Contender(machine => new CorrectKernel(machine))], s_options);

        VariantResult variant = Assert.Single(result.Variants);
        Assert.Equal(60, variant.Histories);
        Assert.Equal(60 * 24, variant.Executions);
        Assert.True(variant.Steps > variant.Executions);
        Assert.Equal(["swap-accounting", "no-deadlock", "no-livelock"], variant.Verdicts.Select(verdict => verdict.Property));
        Assert.All(variant.Verdicts, verdict =>
        {
            Assert.True(verdict.Holds);
            Assert.Equal(-1, verdict.FirstFailure);
            Assert.Equal(0, verdict.FailureRate95.Low);
            Assert.Equal(0.00256, verdict.FailureRate95.High, 0.00001);
            Assert.Empty(verdict.Counterexamples);
        });
        Assert.Equal([1, 2, 4, 8, 16, 24], variant.Survival.Select(point => point.Schedules));
        Assert.All(variant.Survival, point => Assert.Equal(1, point.Share));
        Assert.False(result.Interrupted);
    }

    [Fact]
    public void A_lost_update_shrinks_to_two_operations_and_one_preemption()
    {
        CampaignResult result = Campaign.Run(
            [FakeKernel.Contender(machine => new LostUpdateKernel(machine), Verbs.Reclaim)], s_options);

        Verdict verdict = result.Variants[0].Verdicts[0];
        Assert.False(verdict.Holds);
        Counterexample smallest = Assert.Single(verdict.Counterexamples);
        Assert.Equal("A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions", CampaignText.Of(smallest));
        Assert.Equal((FailureKind.Bug, "count"), smallest.Failure.Signature);
        Assert.False(smallest.Shrinking.HitLimit);
        Assert.True(smallest.Shrinking.FromOperations >= 2);
        Assert.InRange(smallest.Shrinking.Executions, 1, 20_000);
    }

    [Fact]
    public void Each_way_to_fail_has_a_counterexample_of_its_own()
    {
        CampaignResult result = Campaign.Run([FakeKernel.Contender(machine => new LostUpdateKernel(machine))], s_options);

        Assert.Equal(
            [
                "A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions",
                "A: swapon | B: swapon | schedule 0 1 | 1 preemptions",
            ],
            result.Variants[0].Verdicts[0].Counterexamples.Select(CampaignText.Of).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Spinning_for_each_other_is_a_livelock_of_one_operation_each_way()
    {
        CampaignResult result = Campaign.Run(
            [FakeKernel.Contender(machine => new OpposedKernel(machine))], s_options with { Histories = 20, Schedules = 8 });

        Verdict livelock = result.Variants[0].Verdicts[2];
        Assert.Equal("no-livelock", livelock.Property);
        Assert.Equal("A: reclaim 1 | B: swapon | schedule 0 1 | 1 preemptions", CampaignText.Of(livelock.Counterexamples[0]));
    }

    [Fact]
    public void The_fewest_preemptions_are_found_where_one_is_not_enough()
    {
        CampaignResult result = Campaign.Run(
            [FakeKernel.Contender(machine => new TwoWindowsKernel(machine), Verbs.Reclaim)],
            s_options with { Schedules = 100 });

        Assert.Equal(
            "A: reclaim 1 | B: reclaim 1 | schedule 0 1 1 1 1 | 4 preemptions",
            CampaignText.Of(result.Variants[0].Verdicts[0].Counterexamples[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Results_do_not_depend_on_how_many_workers_there_are(int jobs)
    {
        Contender[] contenders =
        [
            FakeKernel.Contender(machine => new LostUpdateKernel(machine)),
            FakeKernel.Contender(machine => new CorrectKernel(machine)),
            FakeKernel.Contender(machine => new OpposedKernel(machine)),
        ];
        CampaignOptions options = s_options with { Histories = 40, Schedules = 9 };

        string alone = CampaignText.Of(Campaign.Run(contenders, options));

        Assert.Equal(alone, CampaignText.Of(Campaign.Run(contenders, options with { Jobs = jobs })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_variant_that_has_taken_its_steps_takes_no_further_history_however_many_workers_there_are(int jobs)
    {
        Contender[] contenders = [FakeKernel.Contender(machine => new LostUpdateKernel(machine)), FakeKernel.Contender(machine => new CorrectKernel(machine))];
        CampaignOptions bounded = s_options with { StepsPerVariant = 3_000 };

        CampaignResult result = Campaign.Run(contenders, bounded with { Jobs = jobs });

        Assert.All(result.Variants, variant =>
        {
            Assert.InRange(variant.Histories, 1, s_options.Histories - 1);
            Assert.InRange(variant.Steps, 3_000, 3_000 + (2 * variant.Steps / variant.Histories * 10));
        });
        Assert.Equal(
            CampaignText.Of(Campaign.Run([contenders[0]], s_options with { Histories = (int)result.Variants[0].Histories })),
            CampaignText.Of(result with { Variants = [result.Variants[0]] }));
    }

    [Fact]
    public void Another_seed_gives_other_executions()
    {
        Contender[] contenders = [FakeKernel.Contender(machine => new LostUpdateKernel(machine))];

        Assert.NotEqual(
            CampaignText.Of(Campaign.Run(contenders, s_options)),
            CampaignText.Of(Campaign.Run(contenders, s_options with { Seed = 8 })));
    }

    [Fact]
    public void The_first_failure_is_the_one_with_the_lowest_number()
    {
        Contender[] contenders = [FakeKernel.Contender(machine => new LostUpdateKernel(machine))];
        long first = Campaign.Run(contenders, s_options).Variants[0].Verdicts[0].FirstFailure;

        // Everything up to it, and nothing after it.
        CampaignOptions upTo = s_options with { Histories = (int)(first / 24) + 1 };
        CampaignOptions before = s_options with { Histories = (int)(first / 24) };
        Assert.Equal(first, Campaign.Run(contenders, upTo).Variants[0].Verdicts[0].FirstFailure);
        Assert.True(before.Histories == 0 || Campaign.Run(contenders, before).Variants[0].Verdicts[0].Holds);
    }

    [Fact]
    public void Cancelling_keeps_what_has_been_found()
    {
        using var cancel = new CancellationTokenSource();
        int calls = 0;
        Contender contender = FakeKernel.Contender(machine => new ScriptedKernel(machine, smp =>
        {
            if (++calls == 500)
            {
                cancel.Cancel();
            }

            smp.Bug("always", "always");
        }));

        CampaignResult result = Campaign.Run([contender], s_options with { Histories = int.MaxValue }, cancel: cancel.Token);

        Assert.True(result.Interrupted);
        Verdict verdict = result.Variants[0].Verdicts[0];
        Assert.InRange(verdict.Failures, 100, 500);
        Assert.Equal(verdict.Executions, result.Variants[0].Executions);
        Counterexample counterexample = verdict.Counterexamples[0];
        Assert.Equal("always", counterexample.Failure.Subject);
        Assert.True(counterexample.Shrinking.HitLimit);
        Assert.Equal(1, counterexample.Shrinking.Executions);
    }

    [Fact]
    public void A_time_budget_stops_at_the_end_of_a_history()
    {
        CampaignResult result = Campaign.Run(
            [.. Enumerable.Repeat(FakeKernel.Contender(machine => new CorrectKernel(machine)), 2)],
            s_options with { Histories = 0, BudgetPerVariant = TimeSpan.FromMilliseconds(30), Jobs = 2 });

        Assert.False(result.Interrupted);
        Assert.All(result.Variants, variant =>
        {
            Assert.True(variant.Histories > 0);
            Assert.Equal(variant.Histories * 24, variant.Executions);
        });
    }

    [Fact]
    public void The_limit_of_shrinking_is_kept_and_reported()
    {
        CampaignResult result = Campaign.Run(
            [FakeKernel.Contender(machine => new LostUpdateKernel(machine))], s_options with { ShrinkExecutions = 30 });

        Assert.All(result.Variants[0].Verdicts[0].Counterexamples, counterexample =>
        {
            Assert.True(counterexample.Shrinking.HitLimit);
            Assert.InRange(counterexample.Shrinking.Executions, 1, 31);
        });
    }

    [Fact]
    public void A_promise_that_is_not_the_familys_is_reported_too()
    {
        Contender contender = FakeKernel.Contender(
            machine => new ScriptedKernel(machine, _ => throw new InvalidOperationException("no such thing")));

        CampaignResult result = Campaign.Run([contender], s_options with { Histories = 3 });

        Verdict verdict = result.Variants[0].Verdicts[^1];
        Assert.Equal(PropertyNames.NoUseAfterFree, verdict.Property);
        Assert.Equal(FailureKind.Oops, verdict.Counterexamples[0].Failure.Kind);
        Assert.Equal(1, verdict.Counterexamples[0].Operations);
    }

    [Fact]
    public void A_variant_that_cannot_be_built_is_named()
    {
        var thrown = Assert.Throws<VariantException>(() => Campaign.Run(
            [FakeKernel.Contender(_ => throw new NotSupportedException("no"))], s_options));

        Assert.Equal("fake/kernel: its kernel could not be built: NotSupportedException: no", thrown.Message);
    }

    [Fact]
    public void A_variant_that_cannot_boot_is_named()
    {
        var thrown = Assert.Throws<VariantException>(() => Campaign.Run(
            [FakeKernel.Contender(machine => new ScriptedKernel(machine, _ => { }, () => throw new NotSupportedException("no")))],
            s_options with { Jobs = 2 }));

        Assert.Equal("fake/kernel: NotSupportedException outside of any system call, as in Boot(): no", thrown.Message);
    }

    [Fact]
    public void A_kernel_that_remembers_earlier_executions_is_found_out()
    {
        int calls = 0;
        var thrown = Assert.Throws<VariantException>(() => Campaign.Run(
            [FakeKernel.Contender(machine => new ScriptedKernel(machine, smp =>
            {
                if (++calls == 100)
                {
                    smp.Bug("hundred", "the hundredth call");
                }
            }))],
            s_options));

        Assert.Equal(
            "fake/kernel: failed once (Bug: the hundredth call) and not when the same history and schedule were run again; "
            + "Boot() must set everything that the kernel keeps, and nothing may depend on time, chance or threads",
            thrown.Message);
    }

    [Fact]
    public void Progress_ends_with_what_the_result_says()
    {
        var progress = new CampaignProgress();

        CampaignResult result = Campaign.Run(
            [FakeKernel.Contender(machine => new LostUpdateKernel(machine))], s_options with { Jobs = 2 }, progress);

        VariantResult variant = result.Variants[0];
        long failures = variant.Verdicts.Sum(verdict => verdict.Failures);
        Assert.Equal(
            new VariantProgress("fake/kernel", variant.Histories, variant.Executions, variant.Steps, failures),
            Assert.Single(progress.Variants));
        Assert.True(progress.Shrinking.Total > 0);
        Assert.Equal(progress.Shrinking.Total, progress.Shrinking.Done);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Contains("schedules", Refused(s_options with { Schedules = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("histories", Refused(s_options with { Histories = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("jobs", Refused(s_options with { Jobs = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("strategies", Refused(s_options with { Strategies = [] }).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => Campaign.Run([], s_options with { Strategies = ["best"] }));
    }

    private static ArgumentException Refused(CampaignOptions options) =>
        Assert.Throws<ArgumentException>(() => Campaign.Run([], options));
}
