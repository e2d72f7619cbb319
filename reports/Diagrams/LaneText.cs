using System.Collections.Immutable;
using System.Text;

namespace Variants.Reports.Diagrams;

/// <summary>Draws a <see cref="LaneTable"/> in characters that every mail reader has. Pure.</summary>
public static class LaneText
{
    private const string Between = " | ";
    private const string Mark = "<--";
    private const int Hanging = 2;

    /// <summary>The table, no line longer than <paramref name="columns"/>; empty for an empty table.</summary>
    public static string Render(LaneTable table, int columns = TextLines.Columns)
    {
        if (table.Lanes.IsEmpty)
            return "";

        int[] widths = Widths(table, columns);
        StringBuilder text = new();
        AppendSideBySide(text, [.. table.Lanes.Select((title, lane) => TextLines.Wrap(title, widths[lane]))], widths);
        AppendSideBySide(text, [.. widths.Select(width => (IReadOnlyList<string>)[new string('-', width)])], widths, "-|-");
        foreach (LaneRow row in table.Rows)
        {
            if (row.Lane == LaneRow.AllLanes)
            {
                foreach (string line in TextLines.Wrap(row.Parts, columns, Hanging))
                    text.Append(line).Append('\n');
                continue;
            }

            IReadOnlyList<string> lines = TextLines.Wrap(Marked(row), widths[row.Lane], Hanging);
            AppendSideBySide(text, [.. widths.Select((_, lane) => lane == row.Lane ? lines : [])], widths);
        }

        return text.ToString();
    }

    /// <summary>A lane is as wide as it needs; where that is too much for all, those that need most share what is left.</summary>
    private static int[] Widths(LaneTable table, int columns)
    {
        int lanes = table.Lanes.Length;
        int room = columns - (Between.Length * (lanes - 1));
        int[] needs = [.. table.Lanes.Select((title, lane) => table.Rows
            .Where(row => row.Lane == lane)
            .Select(row => string.Join(' ', Marked(row)).Length)
            .Append(title.Length)
            .Max())];
        int[] widths = new int[lanes];
        List<int> open = [.. Enumerable.Range(0, lanes).OrderBy(lane => needs[lane])];
        foreach (int lane in open.ToArray())
        {
            widths[lane] = Math.Min(needs[lane], room / open.Count);
            room -= widths[lane];
            open.Remove(lane);
        }

        return widths;
    }

    private static ImmutableArray<string> Marked(LaneRow row) => row.IsMarked ? row.Parts.Add(Mark) : row.Parts;

    private static void AppendSideBySide(
        StringBuilder text, IReadOnlyList<IReadOnlyList<string>> cells, int[] widths, string between = Between)
    {
        int height = cells.Max(cell => cell.Count);
        for (int i = 0; i < height; i++)
        {
            IEnumerable<string> line = cells.Select((cell, lane) => (i < cell.Count ? cell[i] : "").PadRight(widths[lane]));
            text.Append(string.Join(between, line).TrimEnd()).Append('\n');
        }
    }
}
