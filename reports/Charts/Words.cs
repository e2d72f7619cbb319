using System.Text;
using System.Xml;

namespace Variants.Reports.Charts;

/// <summary>How wide text is, and where it breaks. Both charts and mails wrap: nothing is cut off.</summary>
internal static class Words
{
    // Advance widths of DejaVu Sans, in hundredths of the font size, rounded up. It is among the widest of the fonts that a page
    // may get, so that what fits by this table fits everywhere.
    private static readonly (int Width, string Characters)[] s_widths =
    [
        (30, "'Iijl"),
        (35, " ,./:;\\|"),
        (40, "()-[]ft"),
        (45, "!r"),
        (50, "\"*_`⁰¹²³⁴⁵⁶⁷⁸⁹⁻"),
        (55, "?csz"),
        (60, "FLkvxy"),
        (65, "$0123456789EPSTYabdeghnopqu{}"),
        (70, "ABCKRVXZ"),
        (75, "NU"),
        (80, "&DGHOQ"),
        (85, "#+<=>^w~"),
        (90, "M"),
        (100, "%@Wm"),
    ];

    private const int WidestOther = 100;

    /// <summary>The width in pixels of one line, erring on the wide side.</summary>
    public static double Width(string text, double fontSize) => text.Sum(WidthOf) * fontSize / 100;

    /// <summary>Breaks text between words, or within a word that is too long for a line (first after a hyphen, dot, slash or
    /// underscore).</summary>
    /// <param name="text">The text; its own line breaks count as spaces.</param>
    /// <param name="fits">Whether a line is short enough. It must accept every single character.</param>
    public static IReadOnlyList<string> Wrap(string text, Func<string, bool> fits)
    {
        List<string> lines = [];
        string line = "";
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string rest = word;
            if (line.Length > 0 && fits($"{line} {rest}"))
            {
                line = $"{line} {rest}";
                continue;
            }

            if (line.Length > 0)
                lines.Add(line);
            while (!fits(rest))
            {
                int head = Head(rest, fits);
                lines.Add(rest[..head]);
                rest = rest[head..];
            }

            line = rest;
        }

        if (line.Length > 0 || lines.Count == 0)
            lines.Add(line);
        return lines;
    }

    public static IReadOnlyList<string> Wrap(string text, double width, double fontSize) =>
        Wrap(text, line => line.Length <= 1 || Width(line, fontSize) <= width);

    public static IReadOnlyList<string> Wrap(string text, int columns) =>
        Wrap(text, line => line.Length <= Math.Max(1, columns));

    /// <summary>The text with U+FFFD for what neither XML nor a mail can hold: control characters, and half a
    /// character.</summary>
    public static string Printable(string text)
    {
        StringBuilder printable = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                printable.Append(text[i]).Append(text[++i]);
            else
                printable.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
        }

        return printable.ToString();
    }

    private static int Head(string word, Func<string, bool> fits)
    {
        int head = 1;
        while (head + 1 < word.Length && fits(word[..(head + 1)]))
            head++;
        int joint = word.LastIndexOfAny(['-', '.', '/', '_'], head - 1);
        return joint >= head / 2 ? joint + 1 : head;
    }

    private static int WidthOf(char c)
    {
        foreach ((int width, string characters) in s_widths)
        {
            if (characters.Contains(c, StringComparison.Ordinal))
                return width;
        }

        return WidestOther;
    }
}
