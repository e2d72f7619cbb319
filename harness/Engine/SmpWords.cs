namespace Variants.Harness.Engine;

/// <content>The numbers of words.</content>
public sealed partial class Smp
{
    /// <summary>Every word by its number; none under the simulated clock, which looks none up and has a million.</summary>
    private readonly List<Cell?> _words = [];

    /// <summary>How many words have a number.</summary>
    internal int WordCount { get; private set; }

    internal int Register(Cell cell)
    {
        LeaveRoomBehindWordOf(cell.Owner);
        return NumberOfWord(cell);
    }

    /// <summary>A number for a cell, or for something that steps touch and that is neither one nor an object operations meet at.</summary>
    internal int NumberOfWord(Cell? cell = null)
    {
        if (Simulated is null)
        {
            _words.Add(cell);
        }

        return WordCount++;
    }

    /// <summary>The cell of this number, null if what steps touch by it is none.</summary>
    internal Cell? CellAt(int word) => _words[word];
}
