using System.Globalization;

namespace Variants.Harness.Histories;

/// <summary>The smallest part of the text of a history.</summary>
/// <param name="Text">A word, a punctuation mark, a line feed, or nothing at the end.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
internal readonly record struct HistoryToken(string Text, int Line, int Column)
{
    private const string Punctuation = "{};:,";
    private const int LongestQuote = 40;

    internal bool IsEnd => Text.Length == 0;

    internal bool IsLineEnd => Text.Length == 0 || Text[0] == '\n';

    internal bool IsWord => Text.Length > 0 && IsWordLetter(Text[0]);

    /// <summary>As an error names it.</summary>
    internal string Quoted => IsEnd ? "the end of the text"
        : IsLineEnd ? "the end of the line"
        : Text.Length > LongestQuote ? $"'{Text.AsSpan(0, LongestQuote)}...'"
        : $"'{Text}'";

    /// <summary>All tokens of <paramref name="text"/>, the end included. Comments and spaces are none.</summary>
    internal static List<HistoryToken> Split(string text, string file)
    {
        List<HistoryToken> tokens = [];
        int line = 1;
        int lineStart = 0;

        // An editor may have left a byte order mark.
        int at = text.StartsWith('\uFEFF') ? 1 : 0;
        lineStart += at;
        while (at < text.Length)
        {
            int start = at;
            int column = start - lineStart + 1;
            char letter = text[at++];
            if (letter == '\n')
            {
                tokens.Add(new HistoryToken("\n", line, column));
                line++;
                lineStart = at;
            }
            else if (letter == '#')
            {
                int end = text.IndexOf('\n', at);
                at = end < 0 ? text.Length : end;
            }
            else if (IsWordLetter(letter))
            {
                while (at < text.Length && IsWordLetter(text[at]))
                {
                    at++;
                }

                tokens.Add(new HistoryToken(text[start..at], line, column));
            }
            else if (Punctuation.Contains(letter, StringComparison.Ordinal))
            {
                tokens.Add(new HistoryToken(letter.ToString(), line, column));
            }
            else if (letter is not (' ' or '\t' or '\r'))
            {
                throw new HistorySyntaxException(
                    file, line, column, $"unexpected character {Name(letter)}; remove it, or put it in a comment, after '#'");
            }
        }

        tokens.Add(new HistoryToken("", line, text.Length - lineStart + 1));
        return tokens;
    }

    /// <summary>The number that the word is, at most <see cref="int.MaxValue"/>; -1 if it is none.</summary>
    internal static int Number(ReadOnlySpan<char> word)
    {
        long number = word.IsEmpty ? -1 : 0;
        foreach (char digit in word)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return -1;
            }

            number = Math.Min((number * 10) + digit - '0', int.MaxValue);
        }

        return (int)number;
    }

    /// <summary>The star belongs to the runs of a schedule: 0*12.</summary>
    private static bool IsWordLetter(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '*';

    private static string Name(char letter) =>
        letter is > ' ' and < '\x7f' ? $"'{letter}'" : string.Create(CultureInfo.InvariantCulture, $"U+{(int)letter:X4}");
}
