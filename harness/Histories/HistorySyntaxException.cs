namespace Variants.Harness.Histories;

/// <summary>A text that is not a history: where, what is wrong and what to do about it.</summary>
public sealed class HistorySyntaxException : Exception
{
    internal HistorySyntaxException(string file, int line, int column, string problem)
        : base($"{file}:{line}:{column}: {problem}")
    {
        File = file;
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>The name of the file, as the caller gave it.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1, in characters; a tab is one.</summary>
    public int Column { get; }

    /// <summary>What is wrong and what to do, without the place.</summary>
    public string Problem { get; }
}
