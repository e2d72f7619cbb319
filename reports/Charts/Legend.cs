using static Variants.Reports.Charts.Canvas;

namespace Variants.Reports.Charts;

/// <summary>
/// The names of the series with their looks. A legend stands above the plot of bars and dots, and beside lines, where each name
/// stands as near as it can to the end of its line. It never covers the plot. Sizes are pixels.
/// </summary>
internal static class Legend
{
    public const double FontSize = 12.5;

    private const double KeyWidth = 30;
    private const double Gap = 8;
    private const double LineHeight = 16;
    private const double Padding = 5;
    private const double WidestBeside = 240;

    /// <summary>A legend of one nameless series says nothing.</summary>
    public static bool IsNeeded(Chart chart) => chart.Series.Any(series => series.Name.Length > 0);

    /// <summary>Draws a grid of names from <paramref name="top"/> down, and returns where it ends.</summary>
    public static double Above(Canvas canvas, Chart chart, double top)
    {
        const double left = SvgRenderer.Margin;
        const double right = SvgRenderer.Width - SvgRenderer.Margin;
        double widest = chart.Series.Max(series => Words.Width(Name(series), FontSize));
        double column = Math.Min(KeyWidth + Gap + widest + 24, right - left);
        int columns = Math.Max(1, (int)((right - left) / column));
        double y = top;
        for (int first = 0; first < chart.Series.Count; first += columns)
        {
            double height = 0;
            for (int i = first; i < Math.Min(first + columns, chart.Series.Count); i++)
            {
                IReadOnlyList<string> lines = Words.Wrap(Name(chart.Series[i]), column - KeyWidth - Gap - 8, FontSize);
                Entry(canvas, chart, i, left + ((i - first) * column), y, lines);
                height = Math.Max(height, Height(lines));
            }

            y += height;
        }

        return y;
    }

    /// <summary>The width that names beside a plot need.</summary>
    public static double WidthBeside(Chart chart) =>
        KeyWidth + Gap + Math.Min(WidestBeside, chart.Series.Max(series => Words.Width(Name(series), FontSize)));

    /// <summary>The height that names beside a plot need.</summary>
    public static double HeightBeside(Chart chart) => chart.Series.Sum(series => Height(LinesBeside(series)));

    /// <summary>Draws the names beside a plot between <paramref name="top"/> and <paramref name="bottom"/>, each as near as
    /// possible to where its line ends.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="chart">The chart.</param>
    /// <param name="ends">For each series, where its line ends, if nothing lies to the right of that; otherwise null.</param>
    /// <param name="left">Where the names start.</param>
    /// <param name="top">The highest place for a name.</param>
    /// <param name="bottom">The lowest.</param>
    public static void Beside(
        Canvas canvas, Chart chart, IReadOnlyList<(double X, double Y)?> ends, double left, double top, double bottom)
    {
        // A line that ends early has its name below those that a leader ties to their lines; without leaders the order is the
        // chart's.
        int[] order = [.. Enumerable.Range(0, ends.Count).OrderBy(i => ends[i]?.Y ?? double.MaxValue).ThenBy(i => i)];
        bool anchored = ends.Any(end => end is not null);
        double[] tops = new double[order.Length];
        double free = top;
        for (int k = 0; k < order.Length; k++)
        {
            double wish = anchored ? (ends[order[k]]?.Y ?? bottom) - Middle : top;
            tops[k] = Math.Max(wish, free);
            free = tops[k] + Height(LinesBeside(chart.Series[order[k]]));
        }

        double limit = bottom;
        for (int k = order.Length - 1; k >= 0; k--)
        {
            tops[k] = Math.Min(tops[k], limit - Height(LinesBeside(chart.Series[order[k]])));
            limit = tops[k];
        }

        for (int k = 0; k < order.Length; k++)
        {
            int i = order[k];
            if (ends[i] is { } end)
                canvas.Path("leader", $"M{At(end.X + 7, end.Y)}L{At(left - 5, tops[k] + Middle)}");
            Entry(canvas, chart, i, left, tops[k], LinesBeside(chart.Series[i]));
        }
    }

    // From the top of an entry to the middle of its key.
    private const double Middle = (LineHeight + Padding) / 2;

    private static double Height(IReadOnlyList<string> lines) => (lines.Count * LineHeight) + Padding;

    private static IReadOnlyList<string> LinesBeside(Series series) => Words.Wrap(Name(series), WidestBeside, FontSize);

    private static string Name(Series series) => series.Points.Count > 0 ? series.Name : $"{series.Name} (no data)".TrimStart();

    private static void Entry(Canvas canvas, Chart chart, int series, double x, double top, IReadOnlyList<string> lines)
    {
        Look look = Look.Of(chart, series);
        double middle = top + Middle;
        canvas.Begin("key");
        canvas.Begin($"c{N(look.ColourNumber)}");
        switch (chart.Kind)
        {
            case ChartKind.Bars or ChartKind.StackedBars:
                canvas.Bar(look, x, middle - 6, KeyWidth - 4, 12);
                break;
            case ChartKind.Lines or ChartKind.Steps:
                canvas.Path("line", $"M{At(x, middle)}H{N(x + KeyWidth)}", look.Dash);
                canvas.Marker(look, x + (KeyWidth / 2), middle);
                break;
            default:
                canvas.Marker(look, x + (KeyWidth / 2), middle);
                break;
        }

        canvas.End();
        for (int i = 0; i < lines.Count; i++)
            canvas.Text("name", x + KeyWidth + Gap, middle + 4.5 + (i * LineHeight), lines[i]);
        canvas.End();
    }
}
