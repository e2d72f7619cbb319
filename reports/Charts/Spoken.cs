namespace Variants.Reports.Charts;

/// <summary>The text of a value, for the reader who points at it and the one who cannot see it.</summary>
internal static class Spoken
{
    /// <summary>"series, place: value (low to high)".</summary>
    public static string Point(Series series, string place, Point point)
    {
        string interval = point.Low is { } low && point.High is { } high ? $" ({Numbers.Value(low)} to {Numbers.Value(high)})" : "";
        string name = series.Name.Length > 0 ? $"{series.Name}, " : "";
        return $"{name}{place}: {Numbers.Value(point.Y)}{interval}";
    }
}
