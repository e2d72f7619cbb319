using System.Globalization;
using System.Xml.Linq;
using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

/// <summary>A drawing read back from its SVG text: what a reader would see and where.</summary>
internal sealed class Drawn
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private Drawn(XElement root) => Root = root;

    public XElement Root { get; }

    public double Width => Number(Root, "width");

    public double Height => Number(Root, "height");

    /// <summary>The written words with the room they take, by the width table that errs on the wide side.</summary>
    public IReadOnlyList<(string Text, Box Box)> Texts =>
        [.. Root.Descendants(s_svg + "text").Select(text => (text.Value, BoxOf(text)))];

    /// <summary>The same, of the legend alone.</summary>
    public IReadOnlyList<(string Text, Box Box)> Names =>
        [.. OfClass("key").Descendants(s_svg + "text").Select(text => (text.Value, BoxOf(text)))];

    /// <summary>The markers outside of the legend.</summary>
    public IReadOnlyList<(double X, double Y)> Markers =>
    [
        .. Root.Descendants(s_svg + "path")
            .Where(path => path.Attribute("transform") is not null && !path.Ancestors().Any(group => Class(group) == "key"))
            .Select(path => Pair(path.Attribute("transform")!.Value["translate(".Length..^1])),
    ];

    /// <summary>The labels of the ticks, in the order in which they were drawn.</summary>
    public IReadOnlyList<string> TickLabels => [.. OfClass("label").Select(text => text.Value)];

    /// <summary>The rectangle that the gridlines span.</summary>
    public Box Plot
    {
        get
        {
            (double X, double Y)[] ends = [.. OfClass("grid").Concat(OfClass("rule")).SelectMany(Ends)];
            return new Box(ends.Min(end => end.X), ends.Min(end => end.Y), ends.Max(end => end.X), ends.Max(end => end.Y));
        }
    }

    public static Drawn From(Chart chart) => new(XDocument.Parse(SvgRenderer.Render(chart)).Root!);

    public IEnumerable<XElement> OfClass(string name) => Root.Descendants().Where(element => Class(element) == name);

    public static (double X, double Y)[] Ends(XElement line) =>
        [.. line.Attribute("d")!.Value.Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries).Select(Pair)];

    public static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static string Class(XElement element) => element.Attribute("class")?.Value ?? "";

    private static (double X, double Y) Pair(string text)
    {
        double[] numbers = [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }

    private static Box BoxOf(XElement text)
    {
        double size = Class(text) switch { "title" => 17 * 1.1, "name" => 12.5, "empty" => 15, _ => 12 };
        double width = Words.Width(text.Value, size);
        double before = text.Attribute("text-anchor")?.Value switch { "end" => width, "middle" => width / 2, _ => 0 };
        double left = Number(text, "x") - before;
        double baseline = Number(text, "y");
        return new Box(left, baseline - (size * 0.75), left + width, baseline + (size * 0.25));
    }
}

internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}
