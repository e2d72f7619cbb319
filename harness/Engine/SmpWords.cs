using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Variants.Harness.Engine;

/// <content>The numbers of words.</content>
public sealed partial class Smp
{
    /// <summary>Every word by its number; none under the simulated clock, which looks none up and has a million.</summary>
    private readonly List<Cell?> _words = [];

    /// <summary>When each CPU last read a word that many read, by the word's number; empty if nobody looks for races.</summary>
    private Vector256<int>[] _reads = [];

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

        if (ChecksRaces && WordCount == _reads.Length)
        {
            Array.Resize(ref _reads, Math.Max(64, 2 * WordCount));
        }

        return WordCount++;
    }

    /// <summary>
    /// When each CPU last read the word, if several have since it was written: apart from the word, as that is seldom, and words
    /// that are small stay in the cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Vector256<int> ReadsOf(int word) => ref _reads[word];

    /// <summary>The cell of this number, null if what steps touch by it is none.</summary>
    internal Cell? CellAt(int word) => _words[word];
}
