using System.Text;
using static Variants.Reports.Charts.Canvas;

namespace Variants.Reports.Charts;

/// <summary>
/// Draws a <see cref="Chart"/> as SVG: a pure function from data to text. It needs no native library, the same chart gives the
/// same bytes on every machine, and the text holds all it needs: fonts are the reader's own.
/// <para>
/// Colours follow the reader's light or dark preference by themselves. A page that has a theme of its own may set the custom
/// properties <c>--chart-ink</c>, <c>--chart-dim</c>, <c>--chart-grid</c>, <c>--chart-paper</c> and <c>--chart-0</c> to
/// <c>--chart-7</c>. A viewer without custom properties shows the light colours.
/// </para>
/// </summary>
public static class SvgRenderer
{
    internal const double Width = 920;
    internal const double Margin = 24;

    private const double TitleSize = 17;
    private const double NoteSize = 12;

    /// <summary>The SVG text of a chart. Throws an <see cref="ArgumentException"/> for a chart that cannot be drawn
    /// truthfully.</summary>
    public static string Render(Chart chart)
    {
        ChartRules.Check(chart);
        Canvas body = new(chart.Id);
        double y = Margin;
        foreach (string line in Words.Wrap(chart.Title, (Width - (2 * Margin)) / 1.1, TitleSize))
        {
            body.Text("title", Margin, y + 14, line);
            y += 23;
        }

        y += 10;
        y = !chart.HasData ? NoData(body, chart, y)
            : chart.IsCategorical ? CategoryPlot.Draw(body, chart, y)
            : XyPlot.Draw(body, chart, y);
        if (chart.Note.Length > 0)
        {
            y += 10;
            foreach (string line in Words.Wrap(chart.Note, Width - (2 * Margin), NoteSize))
            {
                y += 17;
                body.Text("dim", Margin, y, line);
            }
        }

        return Document(chart, body.ToString(), Math.Ceiling(y + Margin - 6));
    }

    /// <summary>A panel that says so. Axes with invented ticks would look like a measurement of nothing.</summary>
    private static double NoData(Canvas canvas, Chart chart, double top)
    {
        if (Legend.IsNeeded(chart))
            top = Legend.Above(canvas, chart, top) + 10;
        canvas.Rect("row", Margin, top, Width - (2 * Margin), 120);
        canvas.Text("empty", Width / 2, top + 65, "no data", "middle");
        return top + 124;
    }

    private static string Document(Chart chart, string body, double height)
    {
        string id = chart.Id;
        Canvas svg = new(id);
        svg.Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\""
            + $" width=\"{N(Width)}\" height=\"{N(height)}\" viewBox=\"0 0 {N(Width)} {N(height)}\">");
        svg.Add($"<title id=\"{id}-title\">{Escape(chart.Title)}</title>");
        svg.Add($"<desc id=\"{id}-desc\">{Escape(chart.Description)}</desc>");
        Look[] looks = [.. chart.Series.Select((_, index) => Look.Of(chart, index)).Distinct().OrderBy(look => look.Number)];
        svg.Add(Style(id, looks));
        string defs = Hatches(chart, looks);
        if (defs.Length > 0 && chart.Kind is ChartKind.Bars or ChartKind.StackedBars)
            svg.Add($"<defs>\n{defs}</defs>");
        svg.Rect("paper", 0, 0, Width, height);
        return $"{svg}{body}</svg>\n";
    }

    /// <summary>Every rule names the chart, because the style of an SVG within a page is a style of the whole page. Each colour
    /// is given twice: first plain, for viewers that do not know custom properties and skip the second.</summary>
    private static string Style(string id, IReadOnlyList<Look> looks)
    {
        Look[] colours = [.. looks.DistinctBy(look => look.ColourNumber).OrderBy(look => look.ColourNumber)];
        string light = string.Concat(colours.Select(look => $";--c{N(look.ColourNumber)}:{look.OnLight}"));
        string dark = string.Concat(colours.Select(look => $";--c{N(look.ColourNumber)}:{look.OnDark}"));
        StringBuilder style = new($$"""
            <style>
            #{{id}}{--ink:#24292f;--dim:#57606a;--grid:#dfe3e8;--paper:#ffffff{{light}} }
            @media (prefers-color-scheme:dark){#{{id}}{--ink:#e6edf3;--dim:#a3adb8;--grid:#343b44;--paper:#15191e{{dark}} } }
            #{{id}}{font:12px system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;max-width:100%;height:auto}
            #{{id}}{color:#24292f;color:var(--chart-ink,var(--ink))}
            #{{id}} text{fill:currentColor}
            #{{id}} .title{font-size:17px;font-weight:600}
            #{{id}} .name{font-size:12.5px}
            #{{id}} .empty{font-size:15px}
            #{{id}} .dim,#{{id}} .empty{fill:#57606a;fill:var(--chart-dim,var(--dim))}
            #{{id}} .paper{fill:#ffffff;fill:var(--chart-paper,var(--paper))}
            #{{id}} .row{fill:currentColor;fill-opacity:.045}
            #{{id}} .grid{stroke:#dfe3e8;stroke:var(--chart-grid,var(--grid))}
            #{{id}} .rule,#{{id}} .tick,#{{id}} .foot,#{{id}} .break{fill:none;stroke:currentColor}
            #{{id}} .gap{stroke:#ffffff;stroke:var(--chart-paper,var(--paper));stroke-width:5}
            #{{id}} .lane{stroke:currentColor;stroke-dasharray:2 4;stroke-opacity:.6}
            #{{id}} .leader{fill:none;stroke:currentColor;stroke-opacity:.35}
            #{{id}} .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
            #{{id}} .band{fill:currentColor;fill-opacity:.14;stroke:currentColor;stroke-opacity:.45;stroke-width:.75}
            #{{id}} .whisker{fill:none;stroke:currentColor;stroke-width:1.4}
            #{{id}} .over{fill:none;stroke:#24292f;stroke:var(--chart-ink,var(--ink));stroke-width:1.4}
            #{{id}} .bar{stroke:currentColor}
            #{{id}} .tint{fill:currentColor;fill-opacity:.22}
            #{{id}} .hatch{fill:none;stroke:currentColor;stroke-width:1.4}
            #{{id}} .solid{fill:currentColor;stroke:currentColor;stroke-width:.6}
            #{{id}} .hollow{fill:#ffffff;fill:var(--chart-paper,var(--paper));stroke:currentColor;stroke-width:1.6}

            """.ReplaceLineEndings("\n"));
        foreach (Look look in colours)
        {
            string n = N(look.ColourNumber);
            style.Append($"#{id} .c{n}{{color:{look.OnLight};color:var(--chart-{n},var(--c{n}))}}\n");
        }

        return style.Append("</style>").ToString();
    }

    private static string Hatches(Chart chart, IReadOnlyList<Look> looks)
    {
        Canvas defs = new(chart.Id);
        foreach (Look look in looks.Where(look => look.Hatch.Length > 0))
        {
            defs.Add($"<pattern id=\"{chart.Id}-h{N(look.Number)}\" class=\"c{N(look.ColourNumber)}\""
                + " width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">");
            defs.Rect("tint", 0, 0, 7, 7);
            defs.Path("hatch", look.Hatch);
            defs.Add("</pattern>");
        }

        return defs.ToString();
    }
}
