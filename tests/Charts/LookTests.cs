using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class LookTests
{
    private static readonly Look[] s_thirteen = [.. Enumerable.Range(0, 13).Select(number => new Look(number))];

    [Fact]
    public void Thirteen_series_differ_without_colours() =>
        Assert.Equal(13, s_thirteen.Select(look => look.Marker).Distinct().Count());

    [Fact]
    public void Seven_series_differ_by_dash_alone_and_by_hatch_alone()
    {
        Assert.Equal(7, s_thirteen.Take(7).Select(look => look.Dash).Distinct().Count());
        Assert.Equal(7, s_thirteen.Take(7).Select(look => look.Hatch).Distinct().Count());
    }

    [Fact]
    public void Fifty_six_series_differ_by_colour_and_dash_together_and_the_next_begins_again()
    {
        Assert.Equal(56, Enumerable.Range(0, 57).Select(number => (new Look(number).OnLight, new Look(number).Dash)).Distinct().Count());
        Assert.Equal(new Look(0).OnLight, new Look(56).OnLight);
    }

    [Fact]
    public void Every_colour_is_seen_on_its_paper()
    {
        // 2:1 at least; where colour is faint, the markers, dashes and hatches carry the difference.
        foreach (Look look in s_thirteen)
        {
            Assert.True(Contrast(look.OnLight, "#ffffff") >= 2.0, $"{look.OnLight} on white: {Contrast(look.OnLight, "#ffffff"):F2}");
            Assert.True(Contrast(look.OnDark, "#15191e") >= 4.5, $"{look.OnDark} on black: {Contrast(look.OnDark, "#15191e"):F2}");
        }

        // The original yellow on white is what this test is for.
        Assert.True(Contrast("#f0e442", "#ffffff") < 2.0);
    }

    // WCAG 2.2, relative luminance and contrast ratio.
    private static double Contrast(string a, string b)
    {
        (double light, double dark) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(string colour)
    {
        double[] rgb = [.. new[] { 1, 3, 5 }.Select(i => Convert.ToInt32(colour.Substring(i, 2), 16) / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        return (0.2126 * rgb[0]) + (0.7152 * rgb[1]) + (0.0722 * rgb[2]);
    }
}
