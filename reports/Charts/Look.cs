namespace Variants.Reports.Charts;

/// <summary>
/// What tells one series from another: a colour, and for readers and printers without colours a dash, a marker and a hatch. The
/// counts 8, 7, 14 and 7 make every pair of the first 14 markers, and of the first 56 colours with dash or hatch, distinct.
/// </summary>
internal sealed record Look(int Number)
{
    // M. Okabe and K. Ito, "Color universal design" (2008), without its black, which is the ink of the page here. On white paper
    // its yellow and its sky blue would vanish (contrast 1.3 and 2.3), so there they are darker.
    private static readonly string[] s_onLight = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#3a9bd4", "#24292f", "#a89500"];
    private static readonly string[] s_onDark = ["#3d9be0", "#ff7a1a", "#1fbf92", "#e39ac3", "#ffb733", "#7cc8f5", "#e6edf3", "#f0e442"];

    private static readonly string[] s_dashes = ["", "9 4", "2 3", "10 3 2 3", "16 4", "5 3", "8 3 2 3 2 3"];

    // Neighbours differ most: filled, hollow, filled, hollow.
    private static readonly Shape[] s_shapes =
    [
        new("M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z", IsHollow: false),
        new("M-3.5-3.5H3.5V3.5H-3.5Z", IsHollow: true),
        new("M0-4.6L4.4 3.4H-4.4Z", IsHollow: false),
        new("M0-5L5 0L0 5L-5 0Z", IsHollow: true),
        new("M-4-4L4 4M-4 4L4-4", IsHollow: true),
        new("M-3.6-3.6H3.6V3.6H-3.6Z", IsHollow: false),
        new("M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z", IsHollow: true),
        new("M0 4.6L4.4-3.4H-4.4Z", IsHollow: false),
        new("M0-5V5M-5 0H5", IsHollow: true),
        new("M0-5L5 0L0 5L-5 0Z", IsHollow: false),
        new("M0-4.6L4.4 3.4H-4.4Z", IsHollow: true),
        new("M0-5V5M-4.4-2.5L4.4 2.5M-4.4 2.5L4.4-2.5", IsHollow: true),
        new("M0 4.6L4.4-3.4H-4.4Z", IsHollow: true),
        new("M-3.6-3.6H3.6V3.6H-3.6ZM-3.6-3.6L3.6 3.6M-3.6 3.6L3.6-3.6", IsHollow: true),
    ];

    // Drawn in a 7 by 7 tile. The first is no hatch: a solid bar.
    private static readonly string[] s_hatches =
    [
        "",
        "M-1 1L1-1M0 7L7 0M6 8L8 6",
        "M0 3.5H7",
        "M-1 6L1 8M0 0L7 7M6-1L8 1",
        "M3.5 0V7",
        "M0 0L7 7M0 7L7 0",
        "M3.5 2.2V4.8M2.2 3.5H4.8",
    ];

    /// <summary>The look of a series at its place in the chart, unless it asks for another.</summary>
    public static Look Of(Chart chart, int series) => new(chart.Series[series].Look ?? series);

    public string OnLight => s_onLight[ColourNumber];

    public string OnDark => s_onDark[ColourNumber];

    public int ColourNumber => Number % s_onLight.Length;

    /// <summary>A stroke-dasharray; empty for a solid line.</summary>
    public string Dash => s_dashes[Number % s_dashes.Length];

    public Shape Marker => s_shapes[Number % s_shapes.Length];

    /// <summary>The path of a hatch; empty for a solid fill.</summary>
    public string Hatch => s_hatches[Number % s_hatches.Length];

    /// <summary>A marker around the origin, about 9 pixels wide.</summary>
    internal sealed record Shape(string Path, bool IsHollow);
}
