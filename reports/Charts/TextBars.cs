namespace Variants.Reports.Charts;

/// <summary>Bars, stacked bars and dots in characters: '#' is a bar, 'o' a value, '-' its interval. Widths are columns.</summary>
internal static class TextBars
{
    private const int WidestName = 24;
    private const int NarrowestTrack = 8;

    public static void Write(TextPage page, Chart chart)
    {
        IEnumerable<Point> points = chart.Series.SelectMany(series => series.Points);
        int valueWidth = points.Max(point => Numbers.Value(point.Y).Length);
        int intervalWidth = points.Max(point => IntervalOf(point).Length);

        // One nameless series needs no lines of its own below each category.
        bool isFlat = chart.Series.Count == 1 && chart.Series[0].Name.Length == 0;
        int indent = isFlat ? 0 : 2;
        IEnumerable<string> names = isFlat ? chart.X.Categories : chart.Series.Select(series => series.Name);
        int nameWidth = Math.Min(WidestName, names.Max(name => name.Length));
        int trackWidth = page.Width - indent - nameWidth - 2 - 2 - valueWidth - (intervalWidth > 0 ? 1 + intervalWidth : 0);
        if (trackWidth < NarrowestTrack)
        {
            nameWidth -= NarrowestTrack - trackWidth;
            trackWidth = NarrowestTrack;
        }

        Track track = new(CategoryPlot.ValueScale(chart, labels: 6), trackWidth, chart.Kind == ChartKind.Dots);
        page.Paragraph(track.Legend(chart.Y.Label));

        for (int category = 0; category < chart.X.Categories.Count; category++)
        {
            if (!isFlat || category == 0)
                page.Blank();
            if (!isFlat)
                page.Paragraph(chart.X.Categories[category]);
            if (!isFlat && chart.Series.All(series => series.Points.All(point => (int)point.X != category)))
                page.Line("  (no value)");
            double below = 0;
            foreach (Series series in chart.Series)
            {
                Point? point = series.Points.FirstOrDefault(point => (int)point.X == category);
                if (point is null)
                    continue;
                string name = isFlat ? chart.X.Categories[category] : series.Name;
                string rest = $"  {track.Draw(point, below)}  {Numbers.Value(point.Y).PadLeft(valueWidth)} {IntervalOf(point)}";
                page.Row(Words.Wrap(name, nameWidth), indent, nameWidth, rest);
                below += chart.Kind == ChartKind.StackedBars ? point.Y : 0;
            }

            if (isFlat && chart.Series[0].Points.All(point => (int)point.X != category))
                page.Row(Words.Wrap(chart.X.Categories[category], nameWidth), 0, nameWidth, "  (no value)");
        }
    }

    private static string IntervalOf(Point point) =>
        point.Low is { } low && point.High is { } high ? $"[{Numbers.Value(low)}, {Numbers.Value(high)}]" : "";

    /// <summary>The strip of characters that stands for an axis of values.</summary>
    private sealed class Track(AxisScale scale, int width, bool isDots)
    {
        // A column for zero and one for the break.
        private int LaneWidth => scale.HasZeroLane ? 2 : 0;

        public string Legend(string label)
        {
            string how = $"{Numbers.Value(scale.Lo)} to {Numbers.Value(scale.Hi)}{(scale.Scale == Scale.Log ? ", log scale" : "")}";
            string zero = scale.HasZeroLane ? "; 0 is left of the |" : "";
            return label.Length > 0 ? $"{label} ({how}{zero})" : $"{how}{zero}";
        }

        public string Draw(Point point, double below)
        {
            char[] strip = new string(' ', width).ToCharArray();
            int value = Column(below + point.Y);
            int low = Column(below + (point.Low ?? point.Y));
            int high = Column(below + (point.High ?? point.Y));
            Fill(strip, low, high, '-');
            if (isDots)
            {
                strip[value] = 'o';
            }
            else if (point.Y != 0)
            {
                int foot = scale.Scale == Scale.Log ? LaneWidth : Column(below);
                Fill(strip, Math.Min(foot, value), Math.Max(foot, value), '#');
            }
            else
            {
                strip[value] = '0';
            }

            if (scale.HasZeroLane)
                strip[1] = '|';
            return new string(strip);
        }

        private int Column(double value) => scale.IsInZeroLane(value)
            ? 0
            : LaneWidth + (int)Math.Round(scale.Fraction(value) * (width - 1 - LaneWidth), MidpointRounding.AwayFromZero);

        private static void Fill(char[] strip, int from, int to, char c)
        {
            for (int i = from; i <= to; i++)
                strip[i] = c;
        }
    }
}
