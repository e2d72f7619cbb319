using System.Globalization;

namespace Variants.Reports.Diagrams;

/// <summary>Numbers and lists in sentences.</summary>
public static class Wording
{
    /// <summary><c>1 row</c>, <c>2 rows</c>, <c>12,345 rows</c>.</summary>
    public static string Count(long number, string what, string? many = null) =>
        $"{Number(number)} {(number == 1 ? what : many ?? what + (what.EndsWith('y') ? "" : "s"))}";

    /// <summary><c>12,345</c>.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };

    /// <summary><c>a, b and 5 more</c>: three items at the most.</summary>
    public static string Few(IReadOnlyList<string> items) =>
        List(items.Count <= 3 ? items : [.. items.Take(2), $"{Number(items.Count - 2)} more"]);

    /// <summary>The text with a capital first letter.</summary>
    public static string Sentence(string text)
    {
        string trimmed = text.TrimEnd();
        string end = trimmed.Length > 0 && trimmed[^1] is '.' or '!' or '?' ? "" : ".";
        return trimmed.Length == 0 ? "" : char.ToUpperInvariant(trimmed[0]) + trimmed[1..] + end;
    }
}
