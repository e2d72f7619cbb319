using System.Globalization;
using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>Variants down, promises across, as text. Pure.</summary>
public static class VerdictTable
{
    private const string Unexpected = "!";

    /// <summary>The table and what its columns mean, within 75 columns.</summary>
    public static string Render(Family family, IReadOnlyList<VariantResult> variants)
    {
        string[] heads = [.. family.Properties.Select(Key)];
        int nameWidth = Math.Min(Math.Clamp(TextLines.Columns - (heads.Length * 7), 8, 22), variants.Max(variant => NameOf(variant).Length));
        StringBuilder text = new();
        text.Append(family.Name).Append("\n\n");
        text.Append(' ', nameWidth);
        foreach (string head in heads)
            text.Append("  ").Append(head.PadRight(5));
        Trim(text);
        foreach (VariantResult variant in variants)
        {
            IReadOnlyList<string> name = TextLines.Wrap([NameOf(variant)], nameWidth, 0);
            text.Append(name[0].PadRight(nameWidth));
            foreach (Verdict verdict in variant.Verdicts)
                text.Append(' ').Append(IsSurprise(verdict) ? Unexpected : " ").Append(Word(verdict).PadRight(5));
            Trim(text);
            foreach (string rest in name.Skip(1))
                text.Append(rest).Append('\n');
        }

        text.Append('\n');
        for (int i = 0; i < heads.Length; i++)
            text.Append($"{heads[i].PadRight(3)}  {family.Properties[i]}\n");
        if (variants.Any(variant => variant.Verdicts.Any(IsSurprise)))
            text.Append($"{Unexpected.PadRight(3)}  not what the catalogue expects\n");
        return text.ToString();
    }

    /// <summary><c>fails</c>, <c>holds</c>, or nothing if it was never tried.</summary>
    public static string Word(Verdict verdict) => verdict.Executions == 0 ? "-" : verdict.Holds ? "holds" : "fails";

    /// <summary>The catalogue says otherwise. What was never tried surprises nobody.</summary>
    public static bool IsSurprise(Verdict verdict) => verdict.Executions > 0 && !verdict.IsAsExpected;

    /// <summary>The catalogue's letters for a promise; those of a promise that it does not know are made of its words.</summary>
    public static string Key(string property) => property switch
    {
        PropertyNames.DataIntegrity => "DI",
        PropertyNames.SwapAccounting => "SA",
        PropertyNames.NoDeadlock => "DL",
        PropertyNames.NoLivelock => "LL",
        PropertyNames.NoUseAfterFree => "UAF",
        PropertyNames.NoSpuriousSignal => "SIG",
        PropertyNames.PinCoherence => "GUP",
        PropertyNames.LockContext => "CTX",
        _ => string.Concat(property.Split('-').Take(3).Select(word => char.ToUpperInvariant(word[0]))),
    };

    /// <summary>A rate in per cent, with two digits that say something: <c>51 %</c>, <c>0.012 %</c>.</summary>
    public static string Rate(double rate)
    {
        if (rate == 0)
            return "0 %";
        int decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(rate * 100)), 0, 12);
        return $"{Math.Round(rate * 100, decimals).ToString("0.############", CultureInfo.InvariantCulture)} %";
    }

    private static string NameOf(VariantResult variant) => $"{variant.Variant.Label} {variant.Variant.ShortName}";

    private static void Trim(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
        text.Append('\n');
    }
}
