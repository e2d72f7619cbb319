namespace Variants.Reports.Commands;

/// <summary>Names that somebody who mistyped one may have meant.</summary>
public static class NearMatches
{
    private const int Most = 3;

    /// <summary>More names than these nobody reads in a message.</summary>
    private const int MostListed = 16;

    /// <summary>
    /// <c>; did you mean a or b?</c>, or the names that there are, or, of too many, the command that lists them: designs are,
    /// where it is not said which.
    /// </summary>
    public static string Hint(string name, IEnumerable<string> names, string listedBy = "variants list")
    {
        string[] all = [.. names];
        string[] near = [.. all
            .Select(known => (Name: known, Distance: Distance(name, known)))
            .Where(known => known.Distance <= Math.Max(2, name.Length / 3)
                || (name.Length >= 3 && known.Name.Contains(name, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(known => known.Distance)
            .ThenBy(known => known.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(known => known.Name)];
        return near.Length > 0 ? $"; did you mean {string.Join(" or ", near)}?"
            : all.Length > MostListed ? $"; see {listedBy}"
            : $"; there are {string.Join(", ", all)}";
    }

    /// <summary>Letters to insert, delete or replace (Levenshtein), whatever their case; a variant also goes by its short name.</summary>
    private static int Distance(string name, string known) =>
        Math.Min(Edits(name, known), Edits(name, known[(known.IndexOf('/', StringComparison.Ordinal) + 1)..]));

    private static int Edits(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
