using System.Text;

namespace Variants.Reports.Charts;

/// <summary>Writes a <see cref="Chart"/> as plain text that pastes into a mail: the same data, in characters every terminal
/// has.</summary>
public static class TextRenderer
{
    /// <summary>What a mail keeps unbroken after some replies.</summary>
    public const int DefaultWidth = 75;

    // A name, a value and its interval need this much side by side.
    private const int LeastWidth = 60;

    /// <summary>The text of a chart, no line longer than <paramref name="width"/> columns. Throws an <see
    /// cref="ArgumentException"/> for a chart that cannot be drawn truthfully.</summary>
    public static string Render(Chart chart, int width = DefaultWidth)
    {
        ChartRules.Check(chart);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, LeastWidth);
        TextPage page = new(width);
        page.Paragraph(chart.Title);
        if (!chart.HasData)
        {
            page.Paragraph("no data");
        }
        else if (chart.IsCategorical)
        {
            TextBars.Write(page, chart);
        }
        else
        {
            TextTable.Write(page, chart);
        }

        string[] without =
            [.. chart.Series.Where(series => series.Points.Count == 0 && series.Name.Length > 0).Select(series => series.Name)];
        if (chart.HasData && without.Length > 0)
        {
            page.Blank();
            page.Paragraph($"No data: {string.Join(", ", without)}.");
        }

        if (chart.Note.Length > 0)
        {
            page.Blank();
            page.Paragraph(chart.Note);
        }

        return page.ToString();
    }
}

/// <summary>Lines of at most <paramref name="width"/> columns in the making.</summary>
internal sealed class TextPage(int width)
{
    private readonly StringBuilder _text = new();

    public int Width => width;

    public override string ToString() => _text.ToString();

    public void Blank() => _text.Append('\n');

    /// <summary>Running text, broken between words.</summary>
    public void Paragraph(string text)
    {
        foreach (string line in Words.Wrap(text, width))
            Line(line);
    }

    /// <summary>A line that the caller made to fit.</summary>
    public void Line(string line) => _text.Append(Words.Printable(line).TrimEnd()).Append('\n');

    /// <summary>A row whose first column is a name that may need several lines; the rest stands beside the first of
    /// them.</summary>
    public void Row(IReadOnlyList<string> name, int indent, int nameWidth, string rest)
    {
        for (int i = 0; i < name.Count; i++)
            Line(new string(' ', indent) + (i == 0 ? name[i].PadRight(nameWidth) + rest : name[i]));
    }
}
