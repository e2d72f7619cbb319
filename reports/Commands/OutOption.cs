using System.CommandLine;

namespace Variants.Reports.Commands;

/// <summary><c>--out</c>: the folder that a command writes, which it makes sure of before anything is run.</summary>
internal sealed class OutOption : Option<string>
{
    /// <summary>The option, with what goes there and where it goes if nobody says.</summary>
    public OutOption(string description, string whenAbsent)
        : base("--out")
    {
        HelpName = "folder";
        Description = description;
        DefaultValueFactory = _ => whenAbsent;
    }

    /// <summary>The folder, as the user called it.</summary>
    public string Read(ParseResult parsed) => parsed.GetValue(this)!;

    /// <summary>
    /// The full path of a folder that is ours to write: there is none yet, it is empty, or it holds all of
    /// <paramref name="marks"/>, by which <paramref name="what"/> is recognised.
    /// </summary>
    /// <exception cref="BadInputException">It is not.</exception>
    public static string Check(string path, string what, params IReadOnlyList<string> marks)
    {
        if (!IsPath(path))
            throw new BadInputException("--out: name a folder");
        string place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(place))
            throw new BadInputException($"--out {path}: there is a file of that name; choose another folder");
        if (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any() && !marks.All(mark => File.Exists(Path.Combine(place, mark))))
            throw new BadInputException($"--out {path}: the folder holds something that is no {what}; choose another, or empty it");
        return place;
    }

    /// <summary>False for what can be no path at all.</summary>
    public static bool IsPath(string text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>Makes <paramref name="folder"/>, so that it is known that <paramref name="path"/> can be written to.</summary>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static void Create(string folder, string path)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"--out {path}: cannot be written: {error.Message}", error);
        }
    }
}
