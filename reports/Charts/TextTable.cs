namespace Variants.Reports.Charts;

/// <summary>Lines, steps and scatter as a table. A row is a series; columns that do not fit continue in a second block. Widths
/// are columns of text.</summary>
internal static class TextTable
{
    private const int WidestName = 26;

    // More than this is no table for a mail.
    private const int MostPlaces = 24;

    private const int PlacesOfMany = 12;

    public static void Write(TextPage page, Chart chart)
    {
        if (chart.Kind == ChartKind.Scatter)
            WritePoints(page, chart);
        else
            WriteLines(page, chart);
    }

    private static void WriteLines(TextPage page, Chart chart)
    {
        double[] all = [.. chart.Series.SelectMany(series => series.Points).Select(point => point.X).Distinct().Order()];
        double[] places = Places(chart, all);
        page.Paragraph($"{NameOr(chart.Y.Label, "Y")} by {NameOr(chart.X.Label, "X")}:");
        if (places.Length < all.Length)
        {
            page.Paragraph(FormattableString.Invariant(
                $"({places.Length} places of {all.Length}; the picture has them all)"));
        }

        List<(string Name, string[] Cells)> rows = [];
        foreach (Series series in chart.Series.Where(series => series.Points.Count > 0))
        {
            Point?[] points = [.. places.Select(place => At(chart.Kind, series, place))];
            rows.Add((series.Name, [.. points.Select(point => Cell(point?.Y))]));
            if (points.Any(point => point?.Low is not null))
            {
                rows.Add(("  low", [.. points.Select(point => Cell(point?.Low))]));
                rows.Add(("  high", [.. points.Select(point => Cell(point?.High))]));
            }
        }

        WriteBlocks(page, [.. places.Select(Numbers.Value)], rows);
    }

    private static void WritePoints(TextPage page, Chart chart)
    {
        page.Paragraph($"x = {NameOr(chart.X.Label, "X")}, y = {NameOr(chart.Y.Label, "Y")}:");
        IEnumerable<(Series Series, Point Point)> points =
            chart.Series.SelectMany(series => series.Points.Select(point => (series, point)));
        WriteBlocks(page, chart.HasIntervals ? ["x", "y", "low", "high"] : ["x", "y"],
            [.. points.Select(row => (row.Series.Name, Cells(row.Point, chart.HasIntervals)))]);
    }

    private static string[] Cells(Point point, bool withInterval) => withInterval
        ? [Cell(point.X), Cell(point.Y), Cell(point.Low), Cell(point.High)]
        : [Cell(point.X), Cell(point.Y)];

    private static void WriteBlocks(TextPage page, string[] heads, IReadOnlyList<(string Name, string[] Cells)> rows)
    {
        int nameWidth = Math.Min(WidestName, rows.Max(row => row.Name.Length));
        int[] widths = [.. heads.Select((head, column) => 2 + Math.Max(head.Length, rows.Max(row => row.Cells[column].Length)))];
        int first = 0;
        while (first < heads.Length)
        {
            int last = first + 1;
            int width = nameWidth + widths[first];
            while (last < heads.Length && width + widths[last] <= page.Width)
                width += widths[last++];

            page.Blank();
            page.Line(new string(' ', nameWidth) + Joined(heads));
            foreach ((string name, string[] cells) in rows)
                page.Row(name.StartsWith(' ') ? [name] : Words.Wrap(name, nameWidth), 0, nameWidth, Joined(cells));
            first = last;

            string Joined(string[] cells) =>
                string.Concat(Enumerable.Range(first, last - first).Select(column => cells[column].PadLeft(widths[column])));
        }
    }

    /// <summary>Where the table reads the lines off: everywhere if it can, otherwise at the ticks for steps, which have a value
    /// between their points, and at some of the points for lines, which were measured nowhere else.</summary>
    private static double[] Places(Chart chart, double[] all)
    {
        bool few = all.Length <= (chart.Kind == ChartKind.Steps ? PlacesOfMany : MostPlaces);
        if (few)
            return all;
        if (chart.Kind == ChartKind.Lines)
            return [.. Enumerable.Range(0, PlacesOfMany).Select(i => all[i * (all.Length - 1) / (PlacesOfMany - 1)])];

        AxisScale scale = AxisScale.For(chart.X, all, PlacesOfMany / 2);
        IEnumerable<double> ticks = scale.TicksFor(PlacesOfMany / 2).Where(tick => tick.IsMajor).Select(tick => tick.Value);
        return [.. ticks.Where(tick => tick >= all[0] && tick <= all[^1]).Append(all[0]).Append(all[^1]).Distinct().Order()];
    }

    /// <summary>The point that a series has at a place; for steps the last one up to there, since its value still
    /// holds.</summary>
    private static Point? At(ChartKind kind, Series series, double place) => kind == ChartKind.Steps
        ? place <= series.Points[^1].X ? series.Points.LastOrDefault(point => point.X <= place) : null
        : series.Points.FirstOrDefault(point => point.X == place);

    private static string Cell(double? value) => value is { } number ? Numbers.Value(number) : "-";

    private static string NameOr(string label, string otherwise) => label.Length > 0 ? label : otherwise;
}
