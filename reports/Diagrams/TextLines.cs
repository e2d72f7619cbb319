using System.Text;

namespace Variants.Reports.Diagrams;

/// <summary>Text broken into lines, between words; a word that is too long stands alone, broken where it must be.</summary>
public static class TextLines
{
    /// <summary>What a mail keeps unbroken.</summary>
    public const int Columns = 75;

    /// <summary>Lines of at most <paramref name="width"/> columns, all but the first indented by <paramref name="hanging"/>.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width = Columns, int hanging = 0) =>
        Wrap(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), width, hanging);

    /// <summary>As above, of parts that are broken only when one alone does not fit.</summary>
    public static IReadOnlyList<string> Wrap(IEnumerable<string> parts, int width, int hanging)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string part in parts.SelectMany(part => Pieces(part, width, hanging)))
        {
            if (line.Length > 0 && line.Length + 1 + part.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear().Append(' ', Math.Min(hanging, width - part.Length)).Append(part);
            }
            else
            {
                line.Append(line.Length == 0 ? "" : " ").Append(part);
            }
        }

        if (line.Length > 0)
            lines.Add(line.ToString());
        return lines;
    }

    /// <summary>The part itself if it fits; otherwise its words; otherwise pieces of them.</summary>
    private static IEnumerable<string> Pieces(string part, int width, int hanging) =>
        part.Length <= width - hanging
            ? [part]
            : part.Split(' ').SelectMany(word => word.Chunk(width).Select(chunk => new string(chunk)));
}
