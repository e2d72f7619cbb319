namespace Variants.Reports.Charts;

/// <summary>Draws the two axes of a plot with their gridlines. Sizes are pixels.</summary>
internal static class AxisPainter
{
    public const double FontSize = 12;

    private const double TickLength = 6;
    private const double MinorTickLength = 3.5;

    /// <summary>How many labels a horizontal axis of this length has room for. Powers of ten are shorter than other
    /// numbers.</summary>
    public static int LabelsAlong(double width, Scale scale) => Math.Max(2, (int)(width / (scale == Scale.Log ? 42 : 74)));

    /// <summary>How many labels a vertical axis has room for.</summary>
    public static int LabelsUp(double height, Scale scale) => Math.Max(2, (int)(height / (scale == Scale.Log ? 22 : 52)));

    /// <summary>The room that the labels of a vertical axis need at its left, ticks included.</summary>
    public static double LeftRoom(AxisScale scale, double height) =>
        scale.TicksFor(LabelsUp(height, scale.Scale)).Max(tick => Words.Width(tick.Label, FontSize)) + TickLength + 6;

    /// <summary>Values along the bottom, gridlines up to <paramref name="top"/>. Returns where the labels end.</summary>
    public static double Bottom(Canvas canvas, Ruler ruler, string label, double top, double bottom)
    {
        IReadOnlyList<Tick> ticks = ruler.Scale.TicksFor(LabelsAlong(ruler.End - ruler.Break, ruler.Scale.Scale));
        canvas.Begin("axis");
        foreach (Tick tick in ticks)
        {
            double x = ruler.At(tick.Value);
            if (tick.IsMajor)
                canvas.Line("grid", x, top, x, bottom);
            canvas.Line("tick", x, bottom, x, bottom + (tick.IsMajor ? TickLength : MinorTickLength));
        }

        canvas.Line("rule", ruler.Start, bottom, ruler.End, bottom);
        if (ruler.Scale.HasZeroLane)
        {
            canvas.Line("grid", ruler.Zero, top, ruler.Zero, bottom);
            canvas.Line("tick", ruler.Zero, bottom, ruler.Zero, bottom + TickLength);
            canvas.Line("lane", ruler.Break, top, ruler.Break, bottom);
            canvas.Line("gap", ruler.Break - 1.5, bottom + 5, ruler.Break + 1.5, bottom - 5);
            canvas.Line("break", ruler.Break - 4.5, bottom + 5, ruler.Break - 1.5, bottom - 5);
            canvas.Line("break", ruler.Break + 1.5, bottom + 5, ruler.Break + 4.5, bottom - 5);
        }

        canvas.End();
        double baseline = bottom + TickLength + 14;
        Labels(canvas, ruler, ticks, baseline);
        double end = baseline + 4;
        foreach (string line in Words.Wrap(ruler.Label(label), Math.Abs(ruler.End - ruler.Start), FontSize))
        {
            if (line.Length == 0)
                continue;
            end += 18;
            canvas.Text("dim", (ruler.Start + ruler.End) / 2, end, line, "middle");
        }

        return end + 4;
    }

    /// <summary>The labels of a horizontal axis once more, above a tall plot, where its bottom is out of sight.</summary>
    public static void Top(Canvas canvas, Ruler ruler, double top) =>
        Labels(canvas, ruler, ruler.Scale.TicksFor(LabelsAlong(ruler.End - ruler.Break, ruler.Scale.Scale)), top - 8);

    /// <summary>Values up the left side, gridlines to <paramref name="right"/>.</summary>
    public static void Left(Canvas canvas, Ruler ruler, double left, double right)
    {
        canvas.Begin("axis");
        IReadOnlyList<Tick> ticks = ruler.Scale.TicksFor(LabelsUp(ruler.Break - ruler.End, ruler.Scale.Scale));
        foreach (Tick tick in ticks)
        {
            double y = ruler.At(tick.Value);
            if (tick.IsMajor)
                canvas.Line("grid", left, y, right, y);
            canvas.Line("tick", left - (tick.IsMajor ? TickLength : MinorTickLength), y, left, y);
        }

        canvas.Line("rule", left, ruler.Start, left, ruler.End);
        if (ruler.Scale.HasZeroLane)
        {
            canvas.Line("grid", left, ruler.Zero, right, ruler.Zero);
            canvas.Line("tick", left - TickLength, ruler.Zero, left, ruler.Zero);
            canvas.Line("lane", left, ruler.Break, right, ruler.Break);
            canvas.Line("gap", left - 5, ruler.Break + 1.5, left + 5, ruler.Break - 1.5);
            canvas.Line("break", left - 5, ruler.Break - 1.5, left + 5, ruler.Break - 4.5);
            canvas.Line("break", left - 5, ruler.Break + 4.5, left + 5, ruler.Break + 1.5);
        }

        canvas.End();
        foreach (Tick tick in ticks.Where(tick => tick.Label.Length > 0))
            canvas.Text("label", left - TickLength - 4, ruler.At(tick.Value) + 4, tick.Label, "end");
        if (ruler.Scale.HasZeroLane)
            canvas.Text("label", left - TickLength - 4, ruler.Zero + 4, "0", "end");
    }

    private static void Labels(Canvas canvas, Ruler ruler, IReadOnlyList<Tick> ticks, double baseline)
    {
        if (ruler.Scale.HasZeroLane)
            canvas.Text("label", ruler.Zero, baseline, "0", "middle");
        foreach (Tick tick in ticks.Where(tick => tick.Label.Length > 0))
            canvas.Text("label", ruler.At(tick.Value), baseline, tick.Label, "middle");
    }
}
