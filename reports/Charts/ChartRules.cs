namespace Variants.Reports.Charts;

/// <summary>What must hold of a chart before anything is drawn. A renderer that met a broken chart halfway would draw a
/// lie.</summary>
internal static class ChartRules
{
    // Powers of ten below this are no longer exact enough to place a tick.
    private const double Smallest = 1e-300;

    /// <summary>Throws an <see cref="ArgumentException"/> which names the chart, the series, the point and the remedy.</summary>
    public static void Check(Chart chart)
    {
        string here = $"chart '{chart.Id}'";
        Require(chart.Id.Length > 0 && char.IsAsciiLetterLower(chart.Id[0]) && chart.Id.All(IsIdCharacter),
            $"{here}: an id starts with a lower-case letter and holds only lower-case letters, digits and hyphens");
        Require(chart.Title.Length > 0, $"{here}: give it a title");
        CheckAxis(chart.X, $"{here}, X axis");
        CheckAxis(chart.Y, $"{here}, Y axis");
        Require(chart.Y.Categories.Count == 0,
            $"{here}, Y axis: categories belong on the X axis, also where they are drawn down the side");
        Require(chart.IsCategorical == chart.X.Categories.Count > 0,
            chart.IsCategorical
                ? $"{here}: {chart.Kind} needs categories on its X axis; use Axis.Of(label, names)"
                : $"{here}: {chart.Kind} needs numbers on its X axis, not categories");
        Require(chart.X.Scale == Scale.Linear || !chart.IsCategorical, $"{here}, X axis: names have no log scale");
        Require(chart.Kind != ChartKind.StackedBars || chart.Y.Scale == Scale.Linear,
            $"{here}: stacked pieces do not add up on a log axis; use Bars or Dots, or a linear Y axis");

        foreach (Series series in chart.Series)
        {
            Require(series.Look is null or >= 0, $"{here}, series '{series.Name}': a look is 0 or more");
            for (int i = 0; i < series.Points.Count; i++)
            {
                CheckPoint(chart, series, i, $"{here}, series '{series.Name}', point {i}");
            }
        }
    }

    private static void CheckAxis(Axis axis, string here)
    {
        Require(double.IsFinite(axis.Min ?? 0) && double.IsFinite(axis.Max ?? 0), $"{here}: its ends must be finite");
        Require(axis.Scale == Scale.Linear || (axis.Min is null or > 0 && axis.Max is null or > 0),
            $"{here}: a log axis has ends above zero; zeros in the data get a lane of their own");
        Require(axis.Min is null || axis.Max is null || axis.Min < axis.Max, $"{here}: its Min must be below its Max");
    }

    private static void CheckPoint(Chart chart, Series series, int i, string here)
    {
        Point point = series.Points[i];
        double low = point.Low ?? point.Y;
        double high = point.High ?? point.Y;
        Require(double.IsFinite(point.X) && double.IsFinite(point.Y) && double.IsFinite(low) && double.IsFinite(high),
            $"{here}: every number must be finite; leave a missing value out");
        Require(point.Low is null == point.High is null, $"{here}: an interval needs both Low and High");
        Require(low <= point.Y && point.Y <= high,
            FormattableString.Invariant($"{here}: its value {point.Y} is outside its interval {low} to {high}"));
        Require(HasPlace(chart.X, point.X), $"{here}: X is negative, or positive but below 1e-300, on a log axis; use a linear one");
        Require(HasPlace(chart.Y, low) && HasPlace(chart.Y, point.Y) && HasPlace(chart.Y, high),
            $"{here}: a value is negative, or positive but below 1e-300, on a log axis; use a linear one");

        if (chart.IsCategorical)
        {
            Require(point.X == Math.Floor(point.X) && point.X >= 0 && point.X < chart.X.Categories.Count,
                FormattableString.Invariant($"{here}: X is {point.X}, but the categories are numbered 0 to {chart.X.Categories.Count - 1}"));
            Require(!series.Points.Take(i).Any(earlier => earlier.X == point.X),
                $"{here}: category '{chart.X.Categories[(int)point.X]}' already has a value in this series");
            Require(chart.Kind != ChartKind.StackedBars || low >= 0, $"{here}: a part of a whole cannot be negative");
        }
        else if (chart.Kind != ChartKind.Scatter && i > 0)
        {
            Require(series.Points[i - 1].X <= point.X,
                $"{here}: X goes back; {chart.Kind} run from the left to the right, so sort the points");
        }
    }

    private static bool HasPlace(Axis axis, double value) => axis.Scale == Scale.Linear || value is 0 or >= Smallest;

    private static bool IsIdCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message, paramName: null);
    }
}
