namespace Variants.Reports.Charts;

/// <summary>How the points of a chart are drawn.</summary>
public enum ChartKind
{
    /// <summary>One bar per point, grouped by category.</summary>
    Bars,

    /// <summary>One bar per category, made of one piece per series: parts of a whole, so nothing negative and no log
    /// axis.</summary>
    StackedBars,

    /// <summary>One row per category, one marker with its interval per series. The right kind for many series on a log axis,
    /// where the length of a bar means nothing.</summary>
    Dots,

    /// <summary>Points joined by straight lines, from the left to the right.</summary>
    Lines,

    /// <summary>Each value holds until the next point, as a survival curve does. The last point should stand where the
    /// observation ended.</summary>
    Steps,

    /// <summary>Points alone.</summary>
    Scatter,
}

/// <summary>How values become distances on an axis.</summary>
public enum Scale
{
    /// <summary>Equal differences are equal distances.</summary>
    Linear,

    /// <summary>Equal ratios are equal distances. Zero has no place on such an axis, so it gets a lane of its own before the
    /// break; nothing may be negative.</summary>
    Log,
}

/// <summary>How <see cref="Point.Low"/> and <see cref="Point.High"/> of a series are drawn.</summary>
public enum Interval
{
    /// <summary>A whisker at each point.</summary>
    ErrorBars,

    /// <summary>A shaded band along the line. Bars, dots and scatter have no line, and draw whiskers.</summary>
    Band,
}

/// <summary>One axis. The units belong in the label.</summary>
/// <param name="Label">What is measured and in which unit; empty when the title says it.</param>
/// <param name="Scale">Linear or log.</param>
/// <param name="Min">The axis reaches down to here at least. It reaches further when a value does: no value is ever cut
/// off.</param>
/// <param name="Max">The axis reaches up to here at least.</param>
public sealed record Axis(string Label, Scale Scale = Scale.Linear, double? Min = null, double? Max = null)
{
    /// <summary>The names of the rows or groups of a categorical axis, in the order in which they are shown; empty for
    /// numbers.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>An axis of names. A point's <see cref="Point.X"/> is the index of its name.</summary>
    public static Axis Of(string label, IReadOnlyList<string> categories) => new(label) { Categories = categories };
}

/// <summary>One measured value.</summary>
/// <param name="X">The place: a number, or the index of a category.</param>
/// <param name="Y">The value.</param>
/// <param name="Low">The lower end of the value's interval, where one is known.</param>
/// <param name="High">The upper end; present exactly when <paramref name="Low"/> is.</param>
public sealed record Point(double X, double Y, double? Low = null, double? High = null);

/// <summary>Points that belong together.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The points; for lines and steps from the left to the right. A category without a point is shown without
/// one.</param>
/// <param name="Interval">Whiskers or a band.</param>
/// <param name="Look">Which colour, dash, marker and hatch: a number that keeps a variant's look the same in every chart of a
/// report, also where another variant is left out. Null is the place of the series in its chart.</param>
public sealed record Series(string Name, IReadOnlyList<Point> Points, Interval Interval = Interval.ErrorBars, int? Look = null);

/// <summary>A chart as data: what it says, not how it is drawn. Rendering is separate and pure.</summary>
/// <param name="Id">Names the chart within its page and prefixes every id in its SVG: lower-case letters, digits and
/// hyphens.</param>
/// <param name="Title">What the chart shows, in one line if it can.</param>
/// <param name="Description">What a reader who cannot see the chart should know of it.</param>
/// <param name="Kind">How the points are drawn.</param>
/// <param name="X">Where the points stand. Bars and dots have categories here, and may be drawn with them down the left
/// side.</param>
/// <param name="Y">What the points measure. For bars and dots this is the axis of values, whichever way it runs on paper.</param>
/// <param name="Series">The series, in the order of the legend.</param>
/// <param name="Note">Printed below the chart: where the numbers come from and what the intervals are.</param>
public sealed record Chart(
    string Id,
    string Title,
    string Description,
    ChartKind Kind,
    Axis X,
    Axis Y,
    IReadOnlyList<Series> Series,
    string Note = "")
{
    internal bool IsCategorical => Kind is ChartKind.Bars or ChartKind.StackedBars or ChartKind.Dots;

    internal bool HasData => Series.Any(series => series.Points.Count > 0);

    internal bool HasIntervals => Series.Any(series => series.Points.Any(point => point.Low is not null));
}
