using System.Globalization;
using System.Text;

namespace Variants.Reports.Charts;

/// <summary>SVG text in the making: one element a line, so that a change of a chart is a readable diff. Coordinates are pixels
/// from the top left; everything that comes from a caller is escaped.</summary>
internal sealed class Canvas(string id)
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>A group: everything until the matching <see cref="End"/>.</summary>
    public void Begin(string className) => Add($"<g class=\"{className}\">");

    public void End() => Add("</g>");

    public void Line(string className, double x1, double y1, double x2, double y2) =>
        Add($"<path class=\"{className}\" d=\"M{At(x1, y1)}L{At(x2, y2)}\"/>");

    public void Path(string className, string d, string dash = "", string title = "") =>
        Shape($"<path class=\"{className}\" d=\"{d}\"{Dash(dash)}", "path", title);

    public void Rect(string className, double x, double y, double width, double height) =>
        Add($"<rect class=\"{className}\" {Box(x, y, width, height)}/>");

    /// <summary>A bar or a key of one, in the colour of the group around it.</summary>
    public void Bar(Look look, double x, double y, double width, double height, string title = "")
    {
        string fill = look.Hatch.Length == 0 ? "currentColor" : $"url(#{id}-h{N(look.Number)})";
        Shape($"<rect class=\"bar\" {Box(x, y, width, height)} fill=\"{fill}\"", "rect", title);
    }

    // Not a <use> of one definition: browsers do not apply the rules of a chart (#id .solid) inside the copy.
    public void Marker(Look look, double x, double y, string title = "")
    {
        string fill = look.Marker.IsHollow ? "hollow" : "solid";
        Shape($"<path class=\"{fill}\" transform=\"translate({At(x, y)})\" d=\"{look.Marker.Path}\"", "path", title);
    }

    /// <summary>One line of text.</summary>
    /// <param name="className">Its look.</param>
    /// <param name="x">Where its anchor stands.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="text">The text.</param>
    /// <param name="anchor">start, middle or end.</param>
    public void Text(string className, double x, double y, string text, string anchor = "start")
    {
        string classes = className.Length == 0 ? "" : $" class=\"{className}\"";
        string anchors = anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";
        Add($"<text{classes} x=\"{N(x)}\" y=\"{N(y)}\"{anchors}>{Escape(text)}</text>");
    }

    public void Add(string element) => _text.Append(element).Append('\n');

    public static string N(double value) => Numbers.Coordinate(value);

    public static string At(double x, double y) => $"{N(x)} {N(y)}";

    /// <summary>Text that may stand in an element or an attribute.</summary>
    public static string Escape(string text) =>
        Words.Printable(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");

    private void Shape(string open, string tag, string title) =>
        Add(title.Length == 0 ? $"{open}/>" : $"{open}><title>{Escape(title)}</title></{tag}>");

    private static string Box(double x, double y, double width, double height) =>
        string.Create(CultureInfo.InvariantCulture, $"x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"");

    private static string Dash(string dash) => dash.Length == 0 ? "" : $" stroke-dasharray=\"{dash}\"";
}
