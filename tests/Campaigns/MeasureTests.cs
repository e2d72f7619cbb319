using System.Collections.Immutable;
using Variants.Families.Swapout;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Properties.Generation;

namespace Variants.Tests.Campaigns;

public sealed class MeasureTests
{
    private static readonly Measure s_pages = new("pages", "pages", "how many", MoreIsBetter: true, machine => machine.Size.Pages);
    private static readonly Measure s_seeks = new("seeks", "seeks", "how many", MoreIsBetter: false, machine => machine.Size.Pages);

    [Fact]
    public void A_measure_is_the_ratio_of_two_sums_in_its_unit()
    {
        Assert.Equal(2.5, new MeasureResult(s_pages, 5, 2).Value);
        Assert.Equal(250, new MeasureResult(s_pages with { Scale = 100 }, 5, 2).Value);
        Assert.Null(new MeasureResult(s_pages, 5, 0).Value);
    }

    [Fact]
    public void The_best_is_the_most_or_the_fewest_of_those_that_have_a_value()
    {
        Assert.Equal(3, MeasureResult.Best([new(s_pages, 2, 1), new(s_pages, 3, 1), new(s_pages, 9, 0)])?.Value);
        Assert.Equal(2, MeasureResult.Best([new(s_seeks, 9, 0), new(s_seeks, 2, 1), new(s_seeks, 3, 1)])?.Value);
        Assert.Null(MeasureResult.Best([new(s_seeks, 9, 0)]));
    }

    [Fact]
    public void Only_executions_that_kept_every_promise_are_measured()
    {
        Family family = SwapoutFamily.Family with { Measures = [s_pages] };
        CampaignOptions options = new(Seed: 1, Histories: 200, Schedules: 4, Strategies: ["random"], Jobs: 1);
        Variant mutant = family.Variants.Single(variant => variant.ShortName == "deferred-forgotten");

        VariantResult result = Campaign.Run([new Contender(family, mutant)], options).Variants[0];

        long failures = result.Verdicts.Sum(verdict => verdict.Failures);
        Assert.InRange(failures, 1, result.Executions - 1);
        Assert.Equal(result.Executions - failures, result.Measures[0].Per);
    }

    [Fact]
    public void What_is_measured_does_not_depend_on_the_number_of_workers()
    {
        CampaignOptions options = new(Seed: 3, Histories: 30, Schedules: 10, Strategies: ["random", "pct2"], Jobs: 1);
        Contender[] contenders = [.. Contender.AllOf([SwapoutFamily.Family]).Take(2)];

        Assert.Equal(Measured(options), Measured(options with { Jobs = 3 }));

        (string, long, long)[] Measured(CampaignOptions options) =>
        [
            .. Campaign.Run(contenders, options).Variants.SelectMany(
                variant => variant.Measures, (variant, one) => ($"{variant.Variant.Name} {one.Measure.Name}", one.Amount, one.Per)),
        ];
    }

    [Fact]
    public void A_family_without_measures_has_none()
    {
        CampaignOptions options = new(Seed: 3, Histories: 2, Schedules: 2, Strategies: ["random"], Jobs: 1);

        Assert.Empty(Campaign.Run([FakeKernel.Contender(machine => new CorrectKernel(machine))], options).Variants[0].Measures);
    }

    [Fact]
    public void Histories_that_begin_dirty_are_legal_and_store_to_much()
    {
        ImmutableArray<History> histories =
            [.. Enumerable.Range(0, 500).Select(number => HistoryGenerator.Generate(SwapoutFamily.Family, 5, number))];

        Assert.All(histories, history => Assert.Equal(history, HistoryText.Parse(history.ToString()).History));
        Assert.True(histories.Average(history => history.Setup.Count(step => step.Operation.Verb == Verbs.Write)) > 4);
        Assert.Contains(histories, history => history.Setup.Count(step => step.Operation.Verb == Verbs.Reclaim) > 2);
        Assert.All(histories, history => Assert.InRange(history.Machine.Slots, 8, 16));
    }
}
