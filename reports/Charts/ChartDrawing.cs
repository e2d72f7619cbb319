namespace Variants.Reports.Charts;

/// <summary>Which of the two renderers of pictures a build has: its own, or ScottPlot with <c>-p:Charts=ScottPlot</c>.</summary>
public static class ChartDrawing
{
    /// <summary>The chart as SVG text.</summary>
    public static string Svg(Chart chart) =>
#if SCOTTPLOT
        ScottPlotRenderer.Render(chart);
#else
        SvgRenderer.Render(chart);
#endif
}
