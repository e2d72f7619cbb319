using System.Collections.Immutable;
using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Site;

namespace Variants.Tests.Reports;

public sealed class MeasureTableTests
{
    private static readonly ImmutableArray<Measure> s_measures =
    [
        new("run-length", "slots a run", "how many slots are written one after the other", MoreIsBetter: true, _ => 0),
        new("seeks", "an execution", "how often the disk has to move its head, which takes longer than all else that it does", MoreIsBetter: false, _ => 0),
    ];

    [Fact]
    public void The_table_marks_the_best_and_says_what_the_columns_mean() => Assert.Equal(
        """
                   run-length    seeks
        V0 first  *      3.33     2.00
        V1 second        1.00 *   1.50

        run-length: how many slots are written one after the other (slots a run;
             more is better)
        seeks: how often the disk has to move its head, which takes longer than all
             else that it does (an execution; fewer is better)
        *    the best of these, over executions that kept every promise

        """.ReplaceLineEndings("\n"),
        MeasureTable.Render(Report().Result.Variants[0].Family, Report().Result.Variants));

    [Fact]
    public void What_was_never_measured_is_a_dash_and_never_the_best() =>
        Assert.Contains("V1 second           -        -\n", MeasureTable.Render(Family(), Variants(second: [new(s_measures[0], 0, 0), new(s_measures[1], 0, 0)])), StringComparison.Ordinal);

    [Fact]
    public void One_variant_alone_is_not_the_best_of_anything() =>
        Assert.Contains("V0 first        3.33     2.00\n", MeasureTable.Render(Family(), [Variants()[0]]), StringComparison.Ordinal);

    [Fact]
    public void Families_without_measures_have_no_table()
    {
        Report without = SampleReport.Report();

        Assert.False(MeasureTable.Has(without.Result.Variants[0].Family, without.Result.Variants));
        Assert.True(MeasureTable.Has(Family(), Variants()));
        Assert.DoesNotContain("measures", Encoding.UTF8.GetString(ResultsJson.Render(without)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_output_has_the_measures()
    {
        Assert.Contains("V0 first  *      3.33     2.00\n", MailReport.Render(Report()), StringComparison.Ordinal);
        Assert.Contains("What each variant costs", FamilyPage.Render(Report(), Family(), Variants()), StringComparison.Ordinal);
        Assert.Contains(
            """
                  "measures": {
                    "run-length": {
                      "unit": "slots a run",
                      "better": "more",
                      "value": 3.3333333333333335,
                      "amount": 10,
                      "per": 3
                    },
            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(ResultsJson.Render(Report())),
            StringComparison.Ordinal);
    }

    private static Report Report()
    {
        Report sample = SampleReport.Report();
        return sample with { Result = sample.Result with { Variants = [.. Variants()] }, Failures = [] };
    }

    private static Family Family() => SampleReport.Report().Result.Variants[0].Family with { Measures = s_measures };

    private static VariantResult[] Variants(ImmutableArray<MeasureResult>? second = null)
    {
        VariantResult[] variants = [.. SampleReport.Report().Result.Variants.Select(variant => variant with { Family = Family() })];
        variants[0] = variants[0] with { Measures = [new(s_measures[0], 10, 3), new(s_measures[1], 4, 2)] };
        variants[1] = variants[1] with { Measures = second ?? [new(s_measures[0], 3, 3), new(s_measures[1], 3, 2)] };
        return variants;
    }
}
