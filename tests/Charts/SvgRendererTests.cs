using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class SvgRendererTests
{
    [Fact]
    public void Each_kind_of_chart_is_drawn_as_its_golden_file_says()
    {
        foreach (Chart chart in SampleCharts.Small)
            Golden.AssertEquals($"{chart.Id}.svg", SvgRenderer.Render(chart));
    }

    [Fact]
    public void There_is_a_golden_file_for_every_kind() =>
        Assert.Equal(Enum.GetValues<ChartKind>(), SampleCharts.Small.Select(chart => chart.Kind).Distinct().Order());

    [Fact]
    public void The_same_chart_is_the_same_text_in_a_culture_with_decimal_commas()
    {
        string[] expected = [.. SampleCharts.All.Select(SvgRenderer.Render)];
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        commas.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.Equal("1,5", 1.5.ToString(CultureInfo.CurrentCulture));
            Assert.Equal(expected, SampleCharts.All.Select(SvgRenderer.Render));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_drawing_is_well_formed_XML_and_no_name_of_a_chart_is_markup_in_it()
    {
        foreach (Chart chart in SampleCharts.All)
            XDocument.Parse(SvgRenderer.Render(chart));

        Drawn drawn = Drawn.From(SampleCharts.Hostile);
        Assert.Equal(SampleCharts.Hostile.Title, drawn.Root.Elements().First().Value);
        Assert.Equal(["<b>&amp;\uFFFD\uFFFD", "\U0001F600 grin"], drawn.Names.Select(name => name.Text));
        Assert.DoesNotContain(drawn.Root.Descendants(), element => element.Name.LocalName is "script" or "b");
    }

    [Fact]
    public void A_screen_reader_is_told_that_it_is_an_image_and_what_it_shows()
    {
        XElement root = Drawn.From(SampleCharts.Dots).Root;
        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.Equal("dots-title dots-desc", root.Attribute("aria-labelledby")!.Value);
        Assert.Equal(
            [("dots-title", "Broken promises of two designs"), ("dots-desc", "2.3.8 loses writes and deadlocks; the patched design does neither.")],
            root.Elements().Take(2).Select(element => (element.Attribute("id")!.Value, element.Value)));
    }

    [Fact]
    public void Nothing_of_a_chart_reaches_out_of_it_into_the_page()
    {
        foreach (Chart chart in SampleCharts.All)
        {
            XElement root = Drawn.From(chart).Root;
            Assert.All(root.DescendantsAndSelf().Attributes("id"), id => Assert.Matches($"^{chart.Id}(-|$)", id.Value));
            string style = root.Elements().Single(element => element.Name.LocalName == "style").Value;
            Assert.All(
                style.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                rule => Assert.Matches($"^(@media \\(prefers-color-scheme:dark\\){{)?#{chart.Id}[ {{]", rule));
        }
    }

    [Fact]
    public void No_text_overlaps_another_or_leaves_the_picture()
    {
        foreach (Chart chart in SampleCharts.All)
        {
            Drawn drawn = Drawn.From(chart);
            Box picture = new(0, 0, drawn.Width, drawn.Height);
            IReadOnlyList<(string Text, Box Box)> texts = drawn.Texts;
            for (int i = 0; i < texts.Count; i++)
            {
                (string text, Box box) = texts[i];
                Assert.True(
                    box.Left >= 0 && box.Top >= 0 && box.Right <= picture.Right && box.Bottom <= picture.Bottom,
                    $"{chart.Id}: '{text}' at {box} leaves the picture");
                Assert.All(texts.Skip(i + 1), other =>
                    Assert.False(box.Overlaps(other.Box), $"{chart.Id}: '{text}' overlaps '{other.Text}'"));
            }
        }
    }

    [Fact]
    public void A_legend_of_thirteen_names_has_them_all_and_stays_outside_of_the_plot()
    {
        foreach (Chart chart in SampleCharts.Thirteen.Where(chart => chart.Kind != ChartKind.Scatter))
        {
            Drawn drawn = Drawn.From(chart);
            Assert.Equal(chart.Series.Count, drawn.OfClass("key").Count());
            string written = string.Concat(drawn.Names.Select(name => name.Text.Replace(" ", "")));
            Assert.All(chart.Series, series => Assert.Contains(series.Name.Replace(" ", ""), written));
            Assert.All(drawn.Names, name =>
                Assert.False(name.Box.Overlaps(drawn.Plot), $"{chart.Id}: '{name.Text}' at {name.Box} is in the plot {drawn.Plot}"));
        }
    }

    [Fact]
    public void A_point_of_its_own_has_its_name_beside_it_in_the_plot_over_no_other_and_points_in_one_place_share_theirs()
    {
        Drawn drawn = Drawn.From(SampleCharts.ThirteenPoints);
        HashSet<string> lines = [.. drawn.OfClass("name").Select(name => name.Value)];
        (string Text, Box Box)[] names = [.. drawn.Texts.Where(text => lines.Contains(text.Text))];
        string written = string.Concat(names.Select(name => name.Text.Replace(" ", "")));
        Assert.All(SampleCharts.ThirteenPoints.Series, series => Assert.Contains(series.Name.Replace(" ", ""), written));
        Assert.Empty(drawn.OfClass("key"));
        Assert.All(names, name => Assert.True(
            name.Box.Left >= drawn.Plot.Left && name.Box.Right <= drawn.Plot.Right, $"'{name.Text}' at {name.Box} leaves the plot {drawn.Plot}"));
        Assert.All(names, name => Assert.DoesNotContain(
            drawn.Markers, marker => name.Box.Overlaps(new Box(marker.X - 4, marker.Y - 4, marker.X + 4, marker.Y + 4))));

        Drawn same = Drawn.From(SampleCharts.Scatter with { Series = [new("one", [new(5, 1)]), new("two", [new(5, 1)]), new("far", [new(9, 1)])] });
        Assert.Equal(["one, two", "far"], same.OfClass("name").Select(name => name.Value));
    }

    [Fact]
    public void A_line_that_reaches_the_end_has_its_name_in_the_order_of_the_ends()
    {
        Drawn drawn = Drawn.From(SampleCharts.ThirteenLines);
        Assert.Equal(SampleCharts.ThirteenNames[0], drawn.Names[0].Text);
        Assert.Equal(13, drawn.OfClass("leader").Count());

        // The other way around, the legend turns around with the lines.
        Drawn turned = Drawn.From(SampleCharts.ThirteenLines with { Series = [.. SampleCharts.ThirteenLines.Series.Reverse()] });
        Assert.Equal(drawn.Names.Select(name => name.Text), turned.Names.Select(name => name.Text));
    }

    [Fact]
    public void The_ticks_of_a_log_axis_are_decades_and_zero_has_a_lane_only_where_there_is_a_zero()
    {
        Assert.Equal(["0", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"], Drawn.From(SampleCharts.Dots).TickLabels);

        Chart withoutZeros = SampleCharts.Dots with { Series = [new("no lost write", [new(0, 0.012), new(1, 1e-6)])] };
        Drawn drawn = Drawn.From(withoutZeros);
        Assert.Equal(["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"], drawn.TickLabels);
        Assert.Empty(drawn.OfClass("lane"));
        Assert.Empty(drawn.OfClass("break"));
        Assert.Contains("Share of executions that fail (log scale)", drawn.Texts.Select(text => text.Text));
    }

    [Fact]
    public void A_zero_on_a_log_axis_stands_in_its_lane_before_the_break_and_the_axis_says_so()
    {
        Drawn drawn = Drawn.From(SampleCharts.Dots);
        double lane = Drawn.Ends(drawn.OfClass("lane").Single())[0].X;
        double zero = Drawn.Number(drawn.OfClass("label").First(), "x");
        Assert.Equal([false, true, false, true], drawn.Markers.Select(marker => marker.X < lane));
        Assert.Equal([zero, zero], drawn.Markers.Where(marker => marker.X < lane).Select(marker => marker.X));
        Assert.Equal(2, drawn.OfClass("break").Count());
        Assert.Contains(
            "Share of executions that fail (log scale; 0 has its own lane, before the break)",
            drawn.Texts.Select(text => text.Text));

        // The interval of a zero crosses the break.
        Assert.Contains(drawn.OfClass("whisker"), whisker =>
            Regex.IsMatch(whisker.Attribute("d")!.Value, FormattableString.Invariant($"M{zero} \\S+H(?!{zero})")));
    }

    [Fact]
    public void A_linear_axis_has_no_lane_for_zero()
    {
        Drawn drawn = Drawn.From(SampleCharts.Dots with { Y = new("Share of executions that fail") });
        Assert.Empty(drawn.OfClass("lane"));
        Assert.Equal("0", drawn.TickLabels[0]);
    }

    [Fact]
    public void No_value_is_dropped_whatever_its_size()
    {
        Gen<double> values = Gen.OneOf(
            Gen.Constant(0.0),
            Gen.Choose(-300, 300).Select(exponent => Math.Pow(10, exponent / 10.0)),
            Gen.Choose(1, 1000).Select(n => n / 1000.0));
        Gen<(double X, double Y)[]> points = values.Zip(values).Select(pair => (X: pair.Item1, Y: pair.Item2))
            .NonEmptyListOf().Select(list => list.ToArray());
        Prop.ForAll(points.ToArbitrary(), drawn =>
        {
            foreach (Scale scale in Enum.GetValues<Scale>())
            {
                Chart chart = SampleCharts.Scatter with
                {
                    X = new("x", scale),
                    Y = new("y", scale),
                    Series = [new("all", [.. drawn.Select(point => new Point(point.X, point.Y, point.Y / 2, point.Y * 2))])],
                };
                Drawn picture = Drawn.From(chart);
                Assert.Equal(drawn.Length, picture.Markers.Count);
                Box plot = picture.Plot;
                Assert.All(picture.Markers, marker =>
                    Assert.True(marker.X >= plot.Left && marker.X <= plot.Right && marker.Y >= plot.Top && marker.Y <= plot.Bottom));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_value_can_be_read_by_pointing_at_it()
    {
        XElement[] titles = [.. Drawn.From(SampleCharts.Dots).Root.Descendants().Where(element => element.Name.LocalName == "title").Skip(1)];
        Assert.Equal(
            [
                "no lost write, 2.3.8: 0.012 (0.01 to 0.014)",
                "no lost write, patched: 0 (0 to 3.7e-6)",
                "no deadlock, 2.3.8: 3e-5 (1e-5 to 7e-5)",
                "no deadlock, patched: 0 (0 to 3.7e-6)",
            ],
            titles.Select(title => title.Value));
    }

    [Fact]
    public void A_chart_without_points_says_no_data_and_invents_no_axes()
    {
        Drawn drawn = Drawn.From(SampleCharts.Empty);
        Assert.Equal(
            ["Faults per second against CPUs", "2.3.8 (no data)", "patched (no data)", "no data"],
            drawn.Texts.Select(text => text.Text));
        Assert.Empty(drawn.TickLabels);

        Drawn other = Drawn.From(SampleCharts.Lines);
        Assert.Contains("not measured (no data)", other.Texts.Select(text => text.Text));
        Assert.DoesNotContain("no data", other.Texts.Select(text => text.Text));
    }

    [Fact]
    public void A_single_point_is_a_marker_and_no_line()
    {
        Drawn drawn = Drawn.From(SampleCharts.OnePoint);
        Assert.Single(drawn.Markers);
        Assert.DoesNotContain(drawn.OfClass("line"), line => line.Parent!.Parent!.Attribute("class")?.Value != "key");
    }

    [Fact]
    public void A_variant_keeps_its_look_where_another_is_left_out()
    {
        Series[] kept = [SampleCharts.ThirteenLines.Series[3] with { Look = 3 }];
        Drawn alone = Drawn.From(SampleCharts.ThirteenLines with { Series = kept });
        Drawn all = Drawn.From(SampleCharts.ThirteenLines);
        string d = all.OfClass("c3").First(group => group.Descendants().Any(element => element.Value == kept[0].Name))
            .Elements().Last().Attribute("d")!.Value;
        Assert.All(alone.OfClass("c3").SelectMany(group => group.Elements().Where(element => element.Attribute("transform") is not null)),
            marker => Assert.Equal(d, marker.Attribute("d")!.Value));
    }

    [Fact]
    public void Short_names_stand_below_upright_bars_and_long_ones_at_the_left_of_lying_bars()
    {
        Assert.All(Bars(SampleCharts.Bars).Take(1), bar => Assert.True(Drawn.Number(bar, "height") > Drawn.Number(bar, "width")));
        Assert.All(Bars(SampleCharts.LyingBars).Where(bar => Drawn.Number(bar, "width") > 0).Take(1),
            bar => Assert.True(Drawn.Number(bar, "width") > Drawn.Number(bar, "height")));

        static IEnumerable<XElement> Bars(Chart chart) =>
            Drawn.From(chart).OfClass("bar").Where(bar => bar.Parent!.Parent!.Attribute("class")?.Value != "key");
    }
}
