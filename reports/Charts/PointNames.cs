using static Variants.Reports.Charts.Canvas;

namespace Variants.Reports.Charts;

/// <summary>
/// The names of points, each beside its own, where a chart has one point of each series: then no legend is needed, and no
/// colour or shape has to be told from another. Names overlap neither each other nor a point; a leader ties to its point one
/// that stands further away. Points in one place share their names' place. Sizes are pixels.
/// </summary>
internal static class PointNames
{
    private const double FontSize = 12.5;
    private const double LineHeight = 16;
    private const double Widest = 240;
    private const double Gap = 9;
    private const double MarkerRadius = 5.5;
    private const double OnePlace = 4;

    /// <summary>True if the points of the chart are named so.</summary>
    public static bool AreDrawn(Chart chart) =>
        chart.Kind == ChartKind.Scatter && Legend.IsNeeded(chart) && chart.Series.All(series => series.Points.Count <= 1);

    /// <summary>Draws the names within the plot.</summary>
    public static void Draw(Canvas canvas, Chart chart, Ruler x, Ruler y)
    {
        (string Name, double X, double Y)[] points = [.. chart.Series.Where(series => series.Points.Count > 0)
            .Select(series => (series.Name, x.At(series.Points[0].X), y.At(series.Points[0].Y)))];
        Rectangle plot = new(x.Start, y.End, x.End, y.Start);
        List<Rectangle> taken = [.. points.Select(point => Around(point.X, point.Y))];
        List<List<(string Name, double X, double Y)>> places = [];
        foreach ((string Name, double X, double Y) point in points.OrderBy(point => point.Y).ThenBy(point => point.X))
        {
            if (places.Find(place => Math.Abs(place[0].X - point.X) <= OnePlace && Math.Abs(place[0].Y - point.Y) <= OnePlace) is { } place)
                place.Add(point);
            else
                places.Add([point]);
        }

        foreach (List<(string Name, double X, double Y)> place in places)
        {
            IReadOnlyList<string> lines = Words.Wrap(string.Join(", ", place.Select(one => one.Name)), Widest, FontSize);
            Rectangle box = Free(place[0].X, place[0].Y, lines.Max(line => Words.Width(line, FontSize)), lines.Count * LineHeight, plot, taken);
            taken.Add(box);
            Write(canvas, place[0].X, place[0].Y, box, lines);
        }
    }

    /// <summary>The nearest room: beside the point, then further up or down and further away.</summary>
    private static Rectangle Free(double x, double y, double width, double height, Rectangle plot, IReadOnlyList<Rectangle> taken)
    {
        IEnumerable<Rectangle> rooms =
            from away in new[] { Gap, 3 * Gap, 7 * Gap, 14 * Gap }
            from step in Enumerable.Range(0, 48)
            let down = (step % 2 == 0 ? -1 : 1) * ((step + 1) / 2) * (LineHeight / 2)
            from left in new[] { x + away, x - away - width }
            let box = new Rectangle(left, y + down - (height / 2), left + width, y + down + (height / 2))
            where box.IsWithin(plot) && !taken.Any(other => other.Overlaps(box))
            select box;

        // Where all is taken, what is too near is better than no name.
        return rooms.FirstOrDefault(new Rectangle(Math.Max(plot.Left, Math.Min(x + Gap, plot.Right - width)), y - (height / 2), x + Gap + width, y + (height / 2)));
    }

    private static void Write(Canvas canvas, double x, double y, Rectangle box, IReadOnlyList<string> lines)
    {
        bool isRight = box.Left > x;
        double middle = (box.Top + box.Bottom) / 2;
        double end = isRight ? box.Left - 2 : box.Right + 2;
        if (Math.Abs(middle - y) > MarkerRadius || Math.Abs(end - x) > 2 * Gap)
            canvas.Path("leader", $"M{At(x + (isRight ? MarkerRadius : -MarkerRadius), y)}L{At(end, middle)}");
        for (int line = 0; line < lines.Count; line++)
            canvas.Text("name", isRight ? box.Left : box.Right, box.Top + (line * LineHeight) + 12, lines[line], isRight ? "start" : "end");
    }

    private static Rectangle Around(double x, double y) => new(x - MarkerRadius, y - MarkerRadius, x + MarkerRadius, y + MarkerRadius);

    private readonly record struct Rectangle(double Left, double Top, double Right, double Bottom)
    {
        public bool Overlaps(Rectangle other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

        public bool IsWithin(Rectangle other) => Left >= other.Left && Top >= other.Top && Right <= other.Right && Bottom <= other.Bottom;
    }
}
