using System.Collections.Immutable;

namespace Variants.Reports.Diagrams;

/// <summary>
/// The diagram that people draw by hand in mails: a lane for each CPU, time flows down, and each row belongs to one CPU.
/// </summary>
/// <param name="Lanes">What stands at the head of each lane: <c>CPU0 fork(A)</c>.</param>
/// <param name="Rows">What happened, in order.</param>
public sealed record LaneTable(ImmutableArray<string> Lanes, ImmutableArray<LaneRow> Rows)
{
    /// <summary>Nothing worth drawing.</summary>
    public static LaneTable Empty { get; } = new([], []);

    /// <summary>More rows than this tell a reader nothing that fewer would not.</summary>
    public const int MostRows = 25;

    private const int KeptAtTop = 9;

    /// <summary>
    /// The table without the middle of a long story; rows that are marked stay. What is left out is counted where it was.
    /// </summary>
    public LaneTable WithoutMiddle()
    {
        if (Rows.Length <= MostRows)
            return this;

        int keptAtEnd = MostRows - KeptAtTop - 1;
        ImmutableArray<LaneRow>.Builder rows = ImmutableArray.CreateBuilder<LaneRow>();
        int elided = 0;
        for (int i = 0; i < Rows.Length; i++)
        {
            if (i < KeptAtTop || i >= Rows.Length - keptAtEnd || Rows[i].IsMarked)
            {
                AddElision(rows, elided);
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

    private static void AddElision(ImmutableArray<LaneRow>.Builder rows, int elided)
    {
        if (elided > 0)
            rows.Add(LaneRow.Across($"... {Wording.Count(elided, "row")} left out ..."));
    }
}

/// <summary>What one CPU did.</summary>
/// <param name="Lane">Whose lane; <see cref="AllLanes"/> for a remark that concerns everybody.</param>
/// <param name="Parts">The text, in parts that should not be broken: <c>swap_map[0] 2 -> 1</c>.</param>
/// <param name="IsMarked">One of the events that conflict.</param>
public sealed record LaneRow(int Lane, ImmutableArray<string> Parts, bool IsMarked = false)
{
    /// <summary>No lane in particular.</summary>
    public const int AllLanes = -1;

    /// <summary>The whole text on one line.</summary>
    public string Text => string.Join(' ', Parts);

    /// <summary>A remark across all lanes.</summary>
    public static LaneRow Across(string text) => new(AllLanes, [text]);
}
