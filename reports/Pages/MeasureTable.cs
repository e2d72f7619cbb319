using System.Globalization;
using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>Variants down, measures across, as text. Pure.</summary>
public static class MeasureTable
{
    private const char Best = '*';

    /// <summary>True if there is anything to show.</summary>
    public static bool Has(Family family, IReadOnlyList<VariantResult> variants) =>
        !family.Measures.IsEmpty && variants.Any(variant => variant.Measures.Any(measure => measure.Value is not null));

    /// <summary>The table and what its columns mean, within 75 columns.</summary>
    public static string Render(Family family, IReadOnlyList<VariantResult> variants)
    {
        int nameWidth = Math.Min(22, variants.Max(variant => NameOf(variant).Length));
        StringBuilder text = new();
        text.Append(' ', nameWidth);
        foreach (Measure measure in family.Measures)
            text.Append("  ").Append(measure.Name.PadLeft(Width(measure)));
        text.Append('\n');
        foreach (VariantResult variant in variants)
        {
            IReadOnlyList<string> name = TextLines.Wrap([NameOf(variant)], nameWidth, 0);
            text.Append(name[0].PadRight(nameWidth));
            foreach (MeasureResult measure in variant.Measures)
                text.Append(IsBest(measure, variants) ? $" {Best}" : "  ").Append(Number(measure.Value).PadLeft(Width(measure.Measure)));
            text.Append('\n');
            foreach (string rest in name.Skip(1))
                text.Append(rest).Append('\n');
        }

        text.Append('\n');
        foreach (Measure measure in family.Measures)
        {
            foreach (string line in TextLines.Wrap([Meaning(measure)], TextLines.Columns, 5))
                text.Append(line).Append('\n');
        }

        text.Append($"{Best}    the best of these, over executions that kept every promise\n");
        return text.ToString();
    }

    /// <summary><c>run-length: how many ... (slots a run; more is better)</c>.</summary>
    public static string Meaning(Measure measure) =>
        $"{measure.Name}: {measure.Sentence} ({measure.Unit}; {(measure.MoreIsBetter ? "more" : "fewer")} is better)";

    /// <summary>Two decimals, <c>-</c> for nothing.</summary>
    public static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>None of the others has a better value. One variant alone is not the best of anything.</summary>
    public static bool IsBest(MeasureResult measure, IReadOnlyList<VariantResult> variants) =>
        variants.Count > 1 && measure.Value is { } value
            && MeasureResult.Best(variants.SelectMany(variant => variant.Measures).Where(other => other.Measure.Name == measure.Measure.Name))?.Value == value;

    private static int Width(Measure measure) => Math.Max(measure.Name.Length, 7);

    private static string NameOf(VariantResult variant) => $"{variant.Variant.Label} {variant.Variant.ShortName}";
}
