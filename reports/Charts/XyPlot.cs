using System.Text;
using static Variants.Reports.Charts.Canvas;

namespace Variants.Reports.Charts;

/// <summary>Lines, steps and scatter: numbers on both axes. Sizes are pixels.</summary>
internal static class XyPlot
{
    private const double LeastHeight = 340;

    // Room for the leaders from the ends of the lines to their names.
    private const double LeaderRoom = 34;

    // Beyond this many points markers would hide the line; then a few along it say whose it is.
    private const int MostMarkedPoints = 24;

    private const double MarkSpacing = 130;

    /// <summary>Draws the plot from <paramref name="top"/> down, and returns where it ends.</summary>
    public static double Draw(Canvas canvas, Chart chart, double top)
    {
        bool named = PointNames.AreDrawn(chart);
        bool legend = !named && Legend.IsNeeded(chart);
        double height = legend ? Math.Max(LeastHeight, Legend.HeightBeside(chart)) : LeastHeight;
        double beside = legend ? Legend.WidthBeside(chart) + LeaderRoom : 0;

        Point[] all = [.. chart.Series.SelectMany(series => series.Points)];
        AxisScale xs = AxisScale.For(chart.X, all.Select(point => point.X), ticks: 8);
        AxisScale ys = AxisScale.For(chart.Y, all.SelectMany(Values), AxisPainter.LabelsUp(height, chart.Y.Scale));
        double left = SvgRenderer.Margin + AxisPainter.LeftRoom(ys, height);
        double right = SvgRenderer.Width - SvgRenderer.Margin - beside;

        Ruler y = new(ys, 0, -1);
        foreach (string line in Words.Wrap(y.Label(chart.Y.Label), SvgRenderer.Width - (2 * SvgRenderer.Margin), AxisPainter.FontSize))
        {
            if (line.Length == 0)
                continue;
            canvas.Text("dim", SvgRenderer.Margin, top + 12, line);
            top += 18;
        }

        top += 10;
        double bottom = top + height;
        Ruler x = new(xs, left, right);
        y = new(ys, bottom, top);
        AxisPainter.Left(canvas, y, left, right);
        double end = AxisPainter.Bottom(canvas, x, chart.X.Label, top, bottom);

        // Nothing is drawn to the right of the last X, so a leader from there to a name crosses no line.
        double lastX = all.Max(point => point.X);
        (double X, double Y)?[] lineEnds = new (double X, double Y)?[chart.Series.Count];
        for (int i = 0; i < chart.Series.Count; i++)
        {
            if (chart.Series[i].Points.Count == 0)
                continue;
            DrawSeries(canvas, chart, i, x, y);
            Point last = chart.Series[i].Points[^1];
            if (chart.Kind != ChartKind.Scatter && last.X == lastX)
                lineEnds[i] = (x.At(last.X), y.At(last.Y));
        }

        if (named)
            PointNames.Draw(canvas, chart, x, y);
        if (legend)
            Legend.Beside(canvas, chart, lineEnds, right + LeaderRoom, top, bottom);
        return end;
    }

    /// <summary>What the axis must have room for: a value and its interval.</summary>
    public static IEnumerable<double> Values(Point point) => [point.Y, point.Low ?? point.Y, point.High ?? point.Y];

    private static void DrawSeries(Canvas canvas, Chart chart, int index, Ruler x, Ruler y)
    {
        Series series = chart.Series[index];
        Look look = Look.Of(chart, index);
        bool isLine = chart.Kind != ChartKind.Scatter;
        bool isBand = isLine && series.Interval == Interval.Band && series.Points.Any(point => point.Low is not null);
        Func<Point, double> value = point => point.Y;

        canvas.Begin($"c{N(look.ColourNumber)}");
        if (isBand)
            canvas.Path("band", Band(chart.Kind, series.Points, x, y));
        if (isLine && series.Points.Count > 1)
            canvas.Path("line", Joined('M', Corners(chart.Kind, series.Points, value, x, y)), look.Dash, series.Name);
        if (!isBand)
        {
            foreach (Point point in series.Points.Where(point => point.Low is not null))
                canvas.Path("whisker", Whisker(x.At(point.X), y.At(point.Low!.Value), y.At(point.High!.Value)));
        }

        if (!isLine || (chart.Kind == ChartKind.Lines && series.Points.Count <= MostMarkedPoints) || series.Points.Count == 1)
        {
            foreach (Point point in series.Points)
                canvas.Marker(look, x.At(point.X), y.At(point.Y), Spoken.Point(series, Numbers.Value(point.X), point));
        }
        else
        {
            foreach ((double markX, double markY) in Marks(Corners(chart.Kind, series.Points, value, x, y), index, chart.Series.Count))
                canvas.Marker(look, markX, markY, series.Name);
        }

        canvas.End();
    }

    private static string Whisker(double x, double low, double high) =>
        $"M{At(x - 4, low)}H{N(x + 4)}M{At(x, low)}V{N(high)}M{At(x - 4, high)}H{N(x + 4)}";

    private static string Band(ChartKind kind, IReadOnlyList<Point> points, Ruler x, Ruler y)
    {
        IEnumerable<(double X, double Y)> upper = Corners(kind, points, point => point.High ?? point.Y, x, y);
        IEnumerable<(double X, double Y)> lower = Corners(kind, points, point => point.Low ?? point.Y, x, y);
        return Joined('M', upper) + Joined('L', lower.Reverse()) + "Z";
    }

    /// <summary>The corners of a line; a step runs level to the next point before it rises or falls.</summary>
    private static List<(double X, double Y)> Corners(
        ChartKind kind, IReadOnlyList<Point> points, Func<Point, double> value, Ruler x, Ruler y)
    {
        List<(double X, double Y)> corners = [];
        foreach (Point point in points)
        {
            (double X, double Y) corner = (x.At(point.X), y.At(value(point)));
            if (kind == ChartKind.Steps && corners.Count > 0)
                corners.Add((corner.X, corners[^1].Y));
            corners.Add(corner);
        }

        return corners;
    }

    private static string Joined(char first, IEnumerable<(double X, double Y)> corners)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in corners)
            path.Append(path.Length == 0 ? first : 'L').Append(At(x, y));
        return path.ToString();
    }

    /// <summary>Places for the markers that name a line of many points. Each series has a phase of its own, so that lines which
    /// lie on each other can still be told apart.</summary>
    private static IEnumerable<(double X, double Y)> Marks(List<(double X, double Y)> corners, int index, int count)
    {
        double left = corners[0].X;
        double right = corners[^1].X;
        double phase = MarkSpacing * (index + 1) / (count + 1);
        if (left + phase > right)
        {
            yield return corners[corners.Count / 2];
            yield break;
        }

        int corner = 0;
        for (double x = left + phase; x <= right; x += MarkSpacing)
        {
            while (corners[corner + 1].X < x)
                corner++;
            ((double X, double Y) from, (double X, double Y) to) = (corners[corner], corners[corner + 1]);
            yield return (x, to.X > from.X ? from.Y + ((to.Y - from.Y) * (x - from.X) / (to.X - from.X)) : to.Y);
        }
    }
}
