namespace Variants.Reports.Charts;

/// <summary>An axis on paper: turns values into pixels. It may run either way; an axis of values upwards has its start at the
/// bottom.</summary>
/// <param name="Scale">The range.</param>
/// <param name="Start">The pixel where the axis starts.</param>
/// <param name="End">The pixel where it ends.</param>
/// <param name="Inset">Keeps a marker at the end of the range inside the plot. Bars stand on the axis itself.</param>
internal sealed record Ruler(AxisScale Scale, double Start, double End, double Inset = 8)
{
    private const double LaneWidth = 44;

    private double Sign => End >= Start ? 1 : -1;

    /// <summary>Where the range begins to the eye: the break between zero and the smallest value, or the start of the
    /// axis.</summary>
    public double Break => Scale.HasZeroLane ? Start + (Sign * LaneWidth) : Start;

    /// <summary>The middle of the zero lane.</summary>
    public double Zero => Start + (Sign * LaneWidth / 2);

    public double At(double value)
    {
        if (Scale.IsInZeroLane(value))
            return Zero;
        double from = Break + (Sign * Inset);
        double to = End - (Sign * Inset);
        return from + ((to - from) * Scale.Fraction(value));
    }

    /// <summary>The foot of a bar: zero where the range holds it, and otherwise the start of the axis.</summary>
    public double Foot => Scale is { Scale: Charts.Scale.Linear, Lo: <= 0, Hi: >= 0 } ? At(0) : Start;

    /// <summary>A label that says how to read the axis.</summary>
    public string Label(string label)
    {
        string how = Scale.Scale == Charts.Scale.Linear ? ""
            : Scale.HasZeroLane ? "log scale; 0 has its own lane, before the break"
            : "log scale";
        return how.Length == 0 ? label : label.Length == 0 ? how : $"{label} ({how})";
    }
}
