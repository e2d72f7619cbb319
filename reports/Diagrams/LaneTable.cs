using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Variants.Reports.Diagrams;

/// <summary>
/// The diagram that people draw by hand in mails: a lane for each CPU, time flows down, and each row belongs to one CPU.
/// </summary>
/// <param name="Lanes">What stands at the head of each lane: <c>CPU0 fork(A)</c>.</param>
/// <param name="Rows">What happened, in order.</param>
public sealed record LaneTable(ImmutableArray<string> Lanes, ImmutableArray<LaneRow> Rows)
{
    /// <summary>How the words that change in the story stand when it begins.</summary>
    public ImmutableSortedDictionary<string, string> StateAtFirst { get; init; } = LaneRow.NoWords;

    /// <summary>Who holds which locks when it begins.</summary>
    public ImmutableSortedDictionary<string, string> HeldAtFirst { get; init; } = LaneRow.NoWords;

    /// <summary>Nothing worth drawing.</summary>
    public static LaneTable Empty { get; } = new([], []);

    /// <summary>More rows than this tell a reader nothing that fewer would not.</summary>
    public const int MostRows = 25;

    private const int KeptAtTop = 6;
    private const int KeptAtEnd = 10;

    /// <summary>
    /// A long story with as many rows as a reader looks at: its beginning, its end, what is marked, and of the rest what
    /// has most to do with the marked rows. What is left out is counted where it was.
    /// </summary>
    public LaneTable Shortened()
    {
        if (Rows.Length <= MostRows)
            return this;

        HashSet<int> kept = [.. Enumerable.Range(0, Rows.Length).Where(i => i < KeptAtTop || i >= Rows.Length - KeptAtEnd || Rows[i].IsMarked)];
        HashSet<string> subjects = [.. MarkedAndBefore().SelectMany(row => row.Things())];
        kept.UnionWith(Enumerable.Range(0, Rows.Length)
            .Where(i => !kept.Contains(i))
            .Select(i => (Row: i, Shared: Rows[i].Things().Distinct().Count(subjects.Contains)))
            .Where(row => row.Shared > 0)
            .OrderByDescending(row => row.Shared)
            .ThenBy(row => row.Row)
            .Take(Math.Max(0, MostRows - kept.Count - 1))
            .Select(row => row.Row));

        ImmutableArray<LaneRow>.Builder rows = ImmutableArray.CreateBuilder<LaneRow>();
        int elided = 0;
        for (int i = 0; i < Rows.Length; i++)
        {
            // A remark that one row is missing takes as much room as the row.
            if (kept.Contains(i) || (elided == 0 && kept.Contains(i + 1)))
            {
                AddElision(rows, elided, i);
                elided = 0;
                rows.Add(Rows[i]);
            }
            else
            {
                elided++;
            }
        }

        return this with { Rows = rows.ToImmutable() };
    }

    /// <summary>The marked rows, and what their CPU did just before: it speaks of what a bare <c>reads page 0</c> has read.</summary>
    private IEnumerable<LaneRow> MarkedAndBefore()
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            if (Rows[i].IsMarked)
            {
                yield return Rows[i];
                int before = i - 1;
                while (before >= 0 && Rows[before].Lane != Rows[i].Lane)
                    before--;
                if (before >= 0)
                    yield return Rows[before];
            }
        }
    }

    private void AddElision(ImmutableArray<LaneRow>.Builder rows, int elided, int before)
    {
        if (elided > 0)
            rows.Add(LaneRow.Across($"... {Wording.Count(elided, "row")} left out ...") with { State = Rows[before - 1].State, Held = Rows[before - 1].Held });
    }
}

/// <summary>What one CPU did.</summary>
/// <param name="Lane">Whose lane; <see cref="AllLanes"/> for a remark that concerns everybody.</param>
/// <param name="Parts">The text, in parts that should not be broken: <c>swap_map[0] 2 -> 1</c>.</param>
/// <param name="IsMarked">One of the events that conflict.</param>
public sealed partial record LaneRow(int Lane, ImmutableArray<string> Parts, bool IsMarked = false)
{
    /// <summary>
    /// How the words that change anywhere in the story stand after this row: <c>mm0.pte[0]</c> is <c>E0</c>. Those that
    /// have not been written by then have the value they had when the actors began, and so have the ptes and swap counts
    /// that the setup left and nobody changes.
    /// </summary>
    public ImmutableSortedDictionary<string, string> State { get; init; } = NoWords;

    /// <summary>Who holds which locks after this row, in the order taken: <c>A</c> holds <c>mm0.mmap_sem, swap_lock</c>.</summary>
    public ImmutableSortedDictionary<string, string> Held { get; init; } = NoWords;

    /// <summary>Nothing is known of any word.</summary>
    public static ImmutableSortedDictionary<string, string> NoWords { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>No lane in particular.</summary>
    public const int AllLanes = -1;

    /// <summary>The whole text on one line.</summary>
    public string Text => string.Join(' ', Parts);

    /// <summary>What it speaks of: <c>page0</c>, <c>E1</c>, <c>swap_map[0]</c>, <c>mm0.pte[1]</c>.</summary>
    internal IEnumerable<string> Things() => Thing().Matches(Text).Select(match => match.Value);

    [GeneratedRegex(@"mm\d+\.\w+\[\d+\]|\w+\[\d+\]|[A-Za-z_]+\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Thing();

    /// <summary>A remark across all lanes.</summary>
    public static LaneRow Across(string text) => new(AllLanes, [text]);
}
