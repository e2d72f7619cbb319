using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using System.Text;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary>
/// The counterexamples that are kept (<c>corpus/</c> of the repository, which the program has with it), or those of a folder
/// of the user's: what is tried before anything random.
/// </summary>
internal sealed class Corpus
{
    private const string Prefix = "corpus/";
    private const string Extension = ".history";

    private readonly Option<string?> _folder = new("--corpus")
    {
        HelpName = "folder",
        Description = "known counterexamples, .history files, that are tried first [default: those that come with Variants]",
    };

    private readonly Option<bool> _without = new("--no-corpus")
    {
        Description = "random histories and small ones only: try nothing that is known",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_without);
    }

    /// <summary>The folder that takes the place of what comes with Variants; null if none does.</summary>
    internal string? Folder(ParseResult parsed) => parsed.GetValue(_folder);

    /// <summary>The cases that are tried first.</summary>
    /// <exception cref="BadInputException">The folder has none, one of its files is malformed, or none are wanted of it.</exception>
    internal ImmutableArray<KnownCase> Read(ParseResult parsed)
    {
        bool without = parsed.GetValue(_without);
        if (Folder(parsed) is not { } folder)
            return without ? [] : BuiltIn();
        if (without)
            throw new BadInputException("--corpus says which known counterexamples to try, and --no-corpus none; leave one of them out");
        return Of(folder);
    }

    /// <summary>Those that come with Variants.</summary>
    internal static ImmutableArray<KnownCase> BuiltIn()
    {
        Assembly program = typeof(Corpus).Assembly;
        return
        [
            .. program.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(program.GetManifestResourceStream(name)!, Encoding.UTF8);
                    return Parse(reader.ReadToEnd(), name[Prefix.Length..]);
                }),
        ];
    }

    private static ImmutableArray<KnownCase> Of(string folder)
    {
        try
        {
            string[] files = [.. Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal)];
            return files.Length > 0
                ? [.. files.Select(file => Parse(File.ReadAllText(file, Encoding.UTF8), file))]
                : throw new BadInputException($"--corpus {folder}: there is no {Extension} file in it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException(
                $"--corpus {folder}: there is no such folder that can be read", error);
        }
    }

    private static KnownCase Parse(string text, string path)
    {
        try
        {
            (History history, ImmutableArray<int> schedule) = HistoryText.Parse(text, path);
            CaseHeader header = CaseHeader.Read(text);
            return new KnownCase(Path.GetFileNameWithoutExtension(path), header.Variant, history, schedule, header.Shrinking?.Statistics);
        }
        catch (HistorySyntaxException error)
        {
            throw new BadInputException(error.Message, error);
        }
    }
}
