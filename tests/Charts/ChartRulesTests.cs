using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class ChartRulesTests
{
    [Fact]
    public void Every_sample_obeys_the_rules()
    {
        foreach (Chart chart in SampleCharts.All)
            ChartRules.Check(chart);
    }

    [Fact]
    public void A_chart_that_would_lie_is_refused_with_its_place_and_a_remedy()
    {
        Chart dots = SampleCharts.Dots;
        Chart lines = SampleCharts.Lines;
        Refused("chart 'No': an id starts with a lower-case letter and holds only lower-case letters, digits and hyphens",
            dots with { Id = "No" });
        Refused("chart 'dots': give it a title", dots with { Title = "" });
        Refused("chart 'dots': Dots needs categories on its X axis; use Axis.Of(label, names)", dots with { X = new("x") });
        Refused("chart 'lines': Lines needs numbers on its X axis, not categories", lines with { X = Axis.Of("", ["a"]) });
        Refused("chart 'dots', Y axis: a log axis has ends above zero; zeros in the data get a lane of their own",
            dots with { Y = new("y", Scale.Log, Min: 0) });
        Refused("chart 'dots', Y axis: its Min must be below its Max", dots with { Y = new("y", Min: 2, Max: 1) });
        Refused("chart 'stacked-bars': stacked pieces do not add up on a log axis; use Bars or Dots, or a linear Y axis",
            SampleCharts.StackedBars with { Y = new("y", Scale.Log) });
        Refused("chart 'bars', X axis: names have no log scale",
            SampleCharts.Bars with { X = SampleCharts.Bars.X with { Scale = Scale.Log } });
        Refused("chart 'dots', series 's', point 1: every number must be finite; leave a missing value out",
            With(dots, new(0, 1), new(1, double.NaN)));
        Refused("chart 'dots', series 's', point 0: an interval needs both Low and High", With(dots, new Point(0, 1, Low: 0.5)));
        Refused("chart 'dots', series 's', point 0: its value 3 is outside its interval 1 to 2", With(dots, new Point(0, 3, 1, 2)));
        Refused("chart 'dots', series 's', point 0: a value is negative, or positive but below 1e-300, on a log axis; use a linear one",
            With(dots, new Point(0, -1)));
        Refused("chart 'dots', series 's', point 0: X is 2, but the categories are numbered 0 to 1", With(dots, new Point(2, 1)));
        Refused("chart 'dots', series 's', point 1: category 'patched' already has a value in this series", With(dots, new(1, 1), new(1, 2)));
        Refused("chart 'lines', series 's', point 1: X goes back; Lines run from the left to the right, so sort the points",
            With(lines, new(2, 1), new(1, 1)));
        Refused("chart 'stacked-bars', series 's', point 0: a part of a whole cannot be negative", With(SampleCharts.StackedBars, new Point(0, -1)));
    }

    [Fact]
    public void Both_renderers_refuse_before_they_draw()
    {
        Assert.Throws<ArgumentException>(() => SvgRenderer.Render(SampleCharts.Dots with { Title = "" }));
        Assert.Throws<ArgumentException>(() => TextRenderer.Render(SampleCharts.Dots with { Title = "" }));
    }

    [Fact]
    public void Only_lines_and_steps_must_run_from_the_left_to_the_right() =>
        ChartRules.Check(With(SampleCharts.Scatter, new(2, 1), new(1, 1)));

    private static Chart With(Chart chart, params Point[] points) => chart with { Series = [new("s", points)] };

    private static void Refused(string message, Chart chart) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => ChartRules.Check(chart)).Message);
}
