namespace Variants.Reports.Charts;

/// <summary>A mark on an axis.</summary>
/// <param name="Value">Where it stands.</param>
/// <param name="Label">Empty where there is no room for one, and on minor ticks.</param>
/// <param name="IsMajor">It has a gridline.</param>
internal readonly record struct Tick(double Value, string Label, bool IsMajor);

/// <summary>
/// The range of an axis and its ticks, before anybody decided how long the axis is on paper. Zero on a log axis lies outside the
/// range, in the zero lane.
/// </summary>
internal sealed class AxisScale
{
    private readonly double _step;

    private AxisScale(Scale scale, double lo, double hi, double step, bool hasZeroLane)
    {
        Scale = scale;
        Lo = lo;
        Hi = hi;
        _step = step;
        HasZeroLane = hasZeroLane;
    }

    public Scale Scale { get; }

    public double Lo { get; }

    public double Hi { get; }

    /// <summary>There are zeros to show on a log axis.</summary>
    public bool HasZeroLane { get; }

    /// <summary>The range that holds every value, rounded outwards to ticks; at least what the axis asks for.</summary>
    /// <param name="axis">The axis with its wishes.</param>
    /// <param name="values">Every value that will be drawn, ends of intervals included.</param>
    /// <param name="ticks">About how many labels there is room for.</param>
    public static AxisScale For(Axis axis, IEnumerable<double> values, int ticks)
    {
        List<double> all = [.. values];
        if (axis.Min is { } min)
            all.Add(min);
        if (axis.Max is { } max)
            all.Add(max);

        if (axis.Scale == Scale.Log)
        {
            bool zeros = all.RemoveAll(value => value == 0) > 0;
            if (all.Count == 0)
                all.Add(1);
            (double low, double high) = Ticks.LogEnds(all.Min(), all.Max());
            return new AxisScale(Scale.Log, low, high, step: 0, zeros);
        }

        if (all.Count == 0)
            all.AddRange([0, 1]);
        (double lo, double hi, double step) = Ticks.LinearEnds(all.Min(), all.Max(), ticks);
        return new AxisScale(Scale.Linear, lo, hi, step, hasZeroLane: false);
    }

    /// <summary>Where a value lies between the ends: 0 at <see cref="Lo"/>, 1 at <see cref="Hi"/>. Not for a zero in the zero
    /// lane.</summary>
    public double Fraction(double value) => Scale == Scale.Log
        ? (Math.Log10(value) - Math.Log10(Lo)) / (Math.Log10(Hi) - Math.Log10(Lo))
        : (value - Lo) / (Hi - Lo);

    /// <summary>The value must be drawn in the zero lane.</summary>
    public bool IsInZeroLane(double value) => HasZeroLane && value == 0;

    /// <summary>The ticks between the ends, from the smallest up; the zero lane has its own.</summary>
    /// <param name="labels">How many labels a log axis has room for; a linear one knew when it was made.</param>
    public IReadOnlyList<Tick> TicksFor(int labels) => Scale == Scale.Log ? Ticks.Log(Lo, Hi, labels) : Ticks.Linear(Lo, Hi, _step);
}
