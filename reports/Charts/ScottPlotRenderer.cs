#if SCOTTPLOT
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Variants.Reports.Charts;

/// <summary>
/// Draws a <see cref="Chart"/> with ScottPlot 5 (written against the API of 5.1.60), for builds with <c>-p:Charts=ScottPlot</c>.
/// The same ranges, ticks and looks as <see cref="SvgRenderer"/>, as far as ScottPlot has them: four dashes instead of seven, no
/// hatches, bars always lie, and the colours are those for light paper.
/// <para>
/// ScottPlot has no log axis: what is plotted is log10 of a value, and the ticks are labelled with the value. Zero stands half a
/// decade before the smallest value, with a tick of its own.
/// </para>
/// </summary>
public static class ScottPlotRenderer
{
    private const int Width = 920;
    private const int XyHeight = 520;
    private const double ZeroLane = 0.5;

    private static readonly LinePattern[] s_patterns =
        [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.OpenSquare, MarkerShape.FilledTriangleUp, MarkerShape.OpenDiamond, MarkerShape.Eks,
        MarkerShape.FilledSquare, MarkerShape.OpenCircle, MarkerShape.FilledTriangleDown, MarkerShape.Cross, MarkerShape.FilledDiamond,
        MarkerShape.OpenTriangleUp, MarkerShape.Asterisk, MarkerShape.OpenTriangleDown, MarkerShape.HashTag,
    ];

    /// <summary>The SVG text of a chart. Throws an <see cref="ArgumentException"/> for a chart that cannot be drawn
    /// truthfully.</summary>
    public static string Render(Chart chart)
    {
        ChartRules.Check(chart);

        // ScottPlot has no words for a chart without points.
        if (!chart.HasData)
            return SvgRenderer.Render(chart);

        using Plot plot = new();
        plot.Title(chart.Title);
        int height = chart.IsCategorical ? DrawCategories(plot, chart) : DrawXy(plot, chart);
        if (Legend.IsNeeded(chart))
            plot.ShowLegend(Edge.Right);
        return Accessible(chart, plot.GetSvgXml(Width, height));
    }

    private static int DrawXy(Plot plot, Chart chart)
    {
        IEnumerable<Point> all = chart.Series.SelectMany(series => series.Points);
        AxisScale xs = AxisScale.For(chart.X, all.Select(point => point.X), ticks: 8);
        AxisScale ys = AxisScale.For(chart.Y, all.SelectMany(XyPlot.Values), ticks: 7);
        for (int i = 0; i < chart.Series.Count; i++)
        {
            Series series = chart.Series[i];
            if (series.Points.Count == 0)
                continue;
            Look look = Look.Of(chart, i);
            Color color = Color.FromHex(look.OnLight);
            double[] x = [.. series.Points.Select(point => At(xs, point.X))];
            double[] y = [.. series.Points.Select(point => At(ys, point.Y))];
            double[] low = [.. series.Points.Select(point => At(ys, point.Low ?? point.Y))];
            double[] high = [.. series.Points.Select(point => At(ys, point.High ?? point.Y))];
            if (series.Interval == Interval.Band && chart.Kind != ChartKind.Scatter)
            {
                ScottPlot.Plottables.FillY band = plot.Add.FillY(x, low, high);
                band.FillStyle.Color = color.WithAlpha(0.15);
                band.LineStyle.Width = 0;
            }
            else
            {
                plot.Add.Plottable(new ScottPlot.Plottables.ErrorBar(x, y, null, null, Less(high, y), Less(y, low)) { Color = color });
            }

            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y, color);
            line.LegendText = series.Name;
            line.LineWidth = chart.Kind == ChartKind.Scatter ? 0 : 2;
            line.LinePattern = s_patterns[look.Number % s_patterns.Length];
            line.MarkerShape = s_markers[look.Number % s_markers.Length];
            line.MarkerSize = chart.Kind == ChartKind.Steps && series.Points.Count > 1 ? 0 : 8;
            line.ConnectStyle = chart.Kind == ChartKind.Steps ? ConnectStyle.StepHorizontal : ConnectStyle.Straight;
        }

        plot.XLabel(chart.X.Label);
        plot.YLabel(chart.Y.Label);
        plot.Axes.Bottom.TickGenerator = TicksOf(xs);
        plot.Axes.Left.TickGenerator = TicksOf(ys);
        plot.Axes.SetLimits(Start(xs), End(xs), Start(ys), End(ys));
        return XyHeight;
    }

    private static int DrawCategories(Plot plot, Chart chart)
    {
        AxisScale values = CategoryPlot.ValueScale(chart, labels: 8);
        double[] stacked = new double[chart.X.Categories.Count];
        for (int i = 0; i < chart.Series.Count; i++)
        {
            if (chart.Series[i].Points.Count > 0)
                DrawSeries(plot, chart, i, values, stacked);
        }

        NumericManual names = new();
        for (int category = 0; category < chart.X.Categories.Count; category++)
            names.AddMajor(-category, chart.X.Categories[category]);
        plot.Axes.Left.TickGenerator = names;
        plot.Axes.Bottom.TickGenerator = TicksOf(values);
        plot.XLabel(chart.Y.Label);
        plot.YLabel(chart.X.Label);
        plot.Axes.SetLimits(Start(values), End(values), -(chart.X.Categories.Count - 0.4), 0.6);
        return 140 + chart.X.Categories.Select((_, category) => (CategoryPlot.Lanes(chart, category).Count * 13) + 16).Sum();
    }

    private static void DrawSeries(Plot plot, Chart chart, int index, AxisScale values, double[] stacked)
    {
        Series series = chart.Series[index];
        Look look = Look.Of(chart, index);
        Color color = Color.FromHex(look.OnLight);
        int count = series.Points.Count;
        double[] place = new double[count];
        double[] value = new double[count];
        double[] low = new double[count];
        double[] high = new double[count];
        Bar[] bars = new Bar[count];
        for (int i = 0; i < count; i++)
        {
            Point point = series.Points[i];
            int category = (int)point.X;
            List<int> lanes = [.. CategoryPlot.Lanes(chart, category)];
            double lane = 0.8 / lanes.Count;
            int inLane = Math.Max(0, lanes.IndexOf(index));
            double below = stacked[category];
            place[i] = -(category + ((inLane - ((lanes.Count - 1) / 2.0)) * lane));
            value[i] = At(values, below + point.Y);
            low[i] = At(values, below + (point.Low ?? point.Y));
            high[i] = At(values, below + (point.High ?? point.Y));
            bars[i] = new Bar
            {
                Position = place[i],
                Value = value[i],
                ValueBase = values.Scale == Scale.Log ? Start(values) : below,
                Size = lane * 0.85,
                FillColor = color,
                Orientation = Orientation.Horizontal,
            };
            if (chart.Kind == ChartKind.StackedBars)
                stacked[category] += point.Y;
        }

        if (chart.Kind == ChartKind.Dots)
        {
            ScottPlot.Plottables.Scatter dots = plot.Add.Scatter(value, place, color);
            dots.LegendText = series.Name;
            dots.LineWidth = 0;
            dots.MarkerShape = s_markers[look.Number % s_markers.Length];
            dots.MarkerSize = 8;
        }
        else
        {
            plot.Add.Bars(bars).LegendText = series.Name;
        }

        plot.Add.Plottable(new ScottPlot.Plottables.ErrorBar(value, place, Less(high, value), Less(value, low), null, null)
        {
            Color = chart.Kind == ChartKind.Dots ? color : Colors.Black,
        });
    }

    private static double[] Less(double[] upper, double[] lower) => [.. upper.Zip(lower, (a, b) => a - b)];

    private static double At(AxisScale scale, double value) =>
        scale.Scale == Scale.Linear ? value
        : scale.IsInZeroLane(value) ? Math.Log10(scale.Lo) - ZeroLane
        : Math.Log10(value);

    private static double Start(AxisScale scale) => scale.HasZeroLane
        ? Math.Log10(scale.Lo) - (2 * ZeroLane)
        : At(scale, scale.Lo) - Margin(scale);

    private static double End(AxisScale scale) => At(scale, scale.Hi) + Margin(scale);

    private static double Margin(AxisScale scale) => (At(scale, scale.Hi) - At(scale, scale.Lo)) * 0.02;

    private static NumericManual TicksOf(AxisScale scale)
    {
        NumericManual ticks = new();
        if (scale.HasZeroLane)
            ticks.AddMajor(At(scale, 0), "0");
        foreach (Tick tick in scale.TicksFor(10))
        {
            if (tick.IsMajor)
                ticks.AddMajor(At(scale, tick.Value), tick.Label);
            else
                ticks.AddMinor(At(scale, tick.Value));
        }

        return ticks;
    }

    /// <summary>Adds what a screen reader needs, and drops the XML declaration, which may not stand within a page.</summary>
    private static string Accessible(Chart chart, string xml)
    {
        int open = xml.IndexOf("<svg", StringComparison.Ordinal);
        int close = xml.IndexOf('>', open);
        string attributes = $"role=\"img\" aria-labelledby=\"{chart.Id}-title {chart.Id}-desc\"{xml[(open + "<svg".Length)..close]}";
        return $"<svg {attributes}>\n"
            + $"<title id=\"{chart.Id}-title\">{Canvas.Escape(chart.Title)}</title>\n"
            + $"<desc id=\"{chart.Id}-desc\">{Canvas.Escape($"{chart.Description} {chart.Note}".Trim())}</desc>"
            + xml[(close + 1)..];
    }
}
#endif
