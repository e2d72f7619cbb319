using static Variants.Reports.Charts.Canvas;

namespace Variants.Reports.Charts;

/// <summary>
/// Bars, stacked bars and dots: names on one axis, values on the other. Few and short names stand below upright bars; otherwise
/// the names stand at the left and the values run to the right. Sizes are pixels.
/// </summary>
internal static class CategoryPlot
{
    private const double FontSize = 12.5;
    private const double LineHeight = 16;
    private const double WidestNames = 210;
    private const double NameGap = 14;
    private const double UprightHeight = 320;
    private const double NarrowestBar = 9;

    // A plot taller than a screen repeats its scale at the top.
    private const double Tall = 520;

    /// <summary>Draws the plot from <paramref name="top"/> down, and returns where it ends.</summary>
    public static double Draw(Canvas canvas, Chart chart, double top)
    {
        if (Legend.IsNeeded(chart))
            top = Legend.Above(canvas, chart, top) + 16;
        return IsUpright(chart) ? Upright(canvas, chart, top) : Lying(canvas, chart, top);
    }

    private static double Lying(Canvas canvas, Chart chart, double top)
    {
        IReadOnlyList<string>[] names = [.. chart.X.Categories.Select(name => Words.Wrap(name, WidestNames, FontSize))];
        double widest = names.SelectMany(lines => lines).Append(chart.X.Label).Max(line => Words.Width(line, FontSize));
        double left = SvgRenderer.Margin + Math.Min(widest, WidestNames) + NameGap;
        double right = SvgRenderer.Width - SvgRenderer.Margin;
        Ruler values = new(ValueScale(chart, AxisPainter.LabelsAlong(right - left, chart.Y.Scale)), left, right, Inset(chart));

        double lane = chart.Kind switch
        {
            ChartKind.Dots => 13,
            ChartKind.StackedBars => 22,
            _ => chart.Series.Count > 4 ? 12 : 16,
        };
        double[] heights = [.. names.Select((lines, category) =>
            Math.Max((Lanes(chart, category).Count * lane) + 16, (lines.Count * LineHeight) + 12))];
        bool isTall = heights.Sum() > Tall;
        if (chart.X.Label.Length > 0)
            canvas.Text("dim", left - NameGap, top + (isTall ? 14 : 8), chart.X.Label, "end");
        top += isTall ? 22 : chart.X.Label.Length > 0 ? 16 : 4;
        double bottom = top + heights.Sum();

        double y = top;
        for (int category = 0; category < names.Length; category++)
        {
            if (category % 2 == 1)
                canvas.Rect("row", SvgRenderer.Margin - 12, y, right - SvgRenderer.Margin + 12, heights[category]);
            double baseline = y + (heights[category] / 2) - ((names[category].Count - 1) * LineHeight / 2) + 4.5;
            for (int i = 0; i < names[category].Count; i++)
                canvas.Text("name", left - NameGap, baseline + (i * LineHeight), names[category][i], "end");
            y += heights[category];
        }

        double end = AxisPainter.Bottom(canvas, values, chart.Y.Label, top, bottom);
        if (isTall)
            AxisPainter.Top(canvas, values, top);

        double[] middles = [.. heights.Select((height, category) => top + heights.Take(category).Sum() + (height / 2))];
        DrawSeries(canvas, chart, values, middles, lane, isUpright: false);
        if (chart.Kind != ChartKind.Dots && values.Foot > left)
            canvas.Line("foot", values.Foot, top, values.Foot, bottom);
        return end;
    }

    private static double Upright(Canvas canvas, Chart chart, double top)
    {
        AxisScale scale = ValueScale(chart, AxisPainter.LabelsUp(UprightHeight, chart.Y.Scale));
        double left = SvgRenderer.Margin + AxisPainter.LeftRoom(scale, UprightHeight);
        double right = SvgRenderer.Width - SvgRenderer.Margin;
        string label = new Ruler(scale, 0, 1).Label(chart.Y.Label);
        if (label.Length > 0)
        {
            canvas.Text("dim", SvgRenderer.Margin, top + 12, label);
            top += 22;
        }

        top += 8;
        double bottom = top + UprightHeight;
        Ruler values = new(scale, bottom, top, Inset(chart));
        AxisPainter.Left(canvas, values, left, right);

        double slot = (right - left) / chart.X.Categories.Count;
        double[] middles = [.. chart.X.Categories.Select((_, category) => left + (slot * (category + 0.5)))];
        DrawSeries(canvas, chart, values, middles, UprightLane(chart), isUpright: true);
        canvas.Line("foot", left, values.Foot, right, values.Foot);

        int most = 0;
        for (int category = 0; category < middles.Length; category++)
        {
            IReadOnlyList<string> lines = Words.Wrap(chart.X.Categories[category], slot - 10, FontSize);
            for (int i = 0; i < lines.Count; i++)
                canvas.Text("name", middles[category], bottom + 20 + (i * LineHeight), lines[i], "middle");
            most = Math.Max(most, lines.Count);
        }

        double end = bottom + 8 + (most * LineHeight);
        if (chart.X.Label.Length > 0)
        {
            end += 20;
            canvas.Text("dim", (left + right) / 2, end, chart.X.Label, "middle");
        }

        return end + 4;
    }

    private static void DrawSeries(Canvas canvas, Chart chart, Ruler values, double[] middles, double lane, bool isUpright)
    {
        double[] stacked = new double[middles.Length];
        for (int index = 0; index < chart.Series.Count; index++)
        {
            Series series = chart.Series[index];
            if (series.Points.Count == 0)
                continue;
            Look look = Look.Of(chart, index);
            canvas.Begin($"c{N(look.ColourNumber)}");
            foreach (Point point in series.Points)
            {
                int category = (int)point.X;
                IReadOnlyList<int> lanes = Lanes(chart, category);
                int place = chart.Kind == ChartKind.StackedBars ? 0 : IndexOf(lanes, index);
                double across = middles[category] + ((place - ((lanes.Count - 1) / 2.0)) * lane);
                string spoken = Spoken.Point(series, chart.X.Categories[category], point);

                // Only stacked pieces start above their foot, at the sum of the pieces below.
                double below = stacked[category];
                if (chart.Kind != ChartKind.Dots)
                {
                    double foot = chart.Kind == ChartKind.StackedBars ? values.At(below) : values.Foot;
                    if (point.Y == 0 && chart.Kind == ChartKind.Bars && !values.Scale.HasZeroLane)
                        DrawNothing(canvas, foot, across, isUpright);
                    double thickness = lane - (lane > 14 ? 4 : 2);
                    DrawBar(canvas, look, foot, values.At(below + point.Y), across, thickness, isUpright, spoken);
                }

                if (point.Low is { } low && point.High is { } high)
                {
                    double cap = chart.Kind == ChartKind.Dots ? 3 : 4;
                    canvas.Path(chart.Kind == ChartKind.Dots ? "whisker" : "over",
                        Whisker(values.At(below + low), values.At(below + high), across, cap, isUpright));
                }

                if (chart.Kind == ChartKind.Dots)
                    canvas.Marker(look, values.At(point.Y), across, spoken);
                if (chart.Kind == ChartKind.StackedBars)
                    stacked[category] += point.Y;
            }

            canvas.End();
        }
    }

    private static void DrawBar(
        Canvas canvas, Look look, double foot, double head, double across, double thickness, bool isUpright, string spoken)
    {
        double from = Math.Min(foot, head);
        double length = Math.Abs(head - foot);
        if (isUpright)
            canvas.Bar(look, across - (thickness / 2), from, thickness, length, spoken);
        else
            canvas.Bar(look, from, across - (thickness / 2), length, thickness, spoken);
    }

    // A bar of no length looks like a value nobody measured.
    private static void DrawNothing(Canvas canvas, double foot, double across, bool isUpright)
    {
        if (isUpright)
            canvas.Text("label", across, foot - 6, "0", "middle");
        else
            canvas.Text("label", foot + 6, across + 4, "0");
    }

    private static string Whisker(double low, double high, double across, double cap, bool isUpright) => isUpright
        ? $"M{At(across - cap, low)}H{N(across + cap)}M{At(across, low)}V{N(high)}M{At(across - cap, high)}H{N(across + cap)}"
        : $"M{At(low, across - cap)}V{N(across + cap)}M{At(low, across)}H{N(high)}M{At(high, across - cap)}V{N(across + cap)}";

    /// <summary>The series that have a value in a category. Only they take room: a property that does not apply leaves no
    /// hole.</summary>
    public static IReadOnlyList<int> Lanes(Chart chart, int category)
    {
        int[] present = [.. Enumerable.Range(0, chart.Series.Count)
            .Where(index => chart.Series[index].Points.Any(point => (int)point.X == category))];
        return present.Length == 0 || chart.Kind == ChartKind.StackedBars ? [0] : present;
    }

    private static int IndexOf(IReadOnlyList<int> lanes, int series)
    {
        int place = 0;
        while (lanes[place] != series)
            place++;
        return place;
    }

    /// <summary>The range of the values of bars or dots.</summary>
    public static AxisScale ValueScale(Chart chart, int labels)
    {
        Point[] points = [.. chart.Series.SelectMany(series => series.Points)];
        if (chart.Kind == ChartKind.StackedBars)
        {
            IEnumerable<double> sums = chart.X.Categories.Select((_, category) =>
                points.Where(point => (int)point.X == category).Sum(point => point.High ?? point.Y));
            return AxisScale.For(chart.Y, sums.Append(0), labels);
        }

        List<double> values = [.. points.SelectMany(XyPlot.Values)];

        // A bar is read by its length, so a linear axis of bars starts at zero. On a log axis there is no zero to start from; half of the
        // smallest value leaves every bar something to be seen.
        if (chart.Kind == ChartKind.Bars && chart.Y.Scale == Scale.Linear)
            values.Add(0);
        else if (chart.Kind == ChartKind.Bars && values.Exists(value => value > 0))
            values.Add(values.Where(value => value > 0).Min() / 2);
        return AxisScale.For(chart.Y, values, labels);
    }

    private static double Inset(Chart chart) => chart.Kind == ChartKind.Dots ? 8 : 0;

    private static bool IsUpright(Chart chart)
    {
        if (chart.Kind == ChartKind.Dots || UprightLane(chart) < NarrowestBar)
            return false;

        // Upright only when every name fits below its bars in two lines without a word broken.
        double slot = UprightSlot(chart) - 10;
        return chart.X.Categories.All(name => Words.Wrap(name, slot, FontSize).Count <= 2
            && name.Split(' ').All(word => Words.Width(word, FontSize) <= slot));
    }

    private static double UprightSlot(Chart chart) => (SvgRenderer.Width - (2 * SvgRenderer.Margin) - 70) / chart.X.Categories.Count;

    private static double UprightLane(Chart chart)
    {
        int most = chart.X.Categories.Select((_, category) => Lanes(chart, category).Count).Max();
        return Math.Min(most == 1 ? 72 : 42, UprightSlot(chart) * 0.78 / most);
    }
}
