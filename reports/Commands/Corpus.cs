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
/// of the user's: what <c>--corpus</c> tries first.
/// </summary>
internal static class Corpus
{
    private const string Prefix = "corpus/";
    private const string Extension = ".history";

    /// <summary>The option; without a folder it means those that come with Variants.</summary>
    internal static Option<string?> Option() => new("--corpus")
    {
        HelpName = "folder",
        Description = "try known counterexamples first: those that come with Variants, or the .history files of a folder",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The cases that the option asks for; none if it is absent.</summary>
    /// <exception cref="BadInputException">The folder has none, or one of its files is malformed.</exception>
    internal static ImmutableArray<KnownCase> Read(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is null ? [] : parsed.GetValue(option) is { } folder ? Of(folder) : BuiltIn();

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
                $"--corpus {folder}: there is no such folder that can be read; without one, write --corpus after the names", error);
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
