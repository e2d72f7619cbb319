using System.Collections.Immutable;
using System.Text;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary><c>replay</c>: one history, one schedule, one variant; the page that the report has for it.</summary>
internal sealed class ReplayCommand(Repertoire everybody, TextWriter output)
{
    public int Run(string path, string? variant)
    {
        string text = Read(path);
        (History history, ImmutableArray<int> schedule) = Parse(text, path);
        CaseHeader header = CaseHeader.Read(text);
        string name = variant ?? header.Variant
            ?? throw new BadInputException($"{path} does not say which variant it was found on; add --variant name");
        Contender contender = everybody.One(name);
        if (contender.Family.Name != history.Family)
        {
            throw new BadInputException(
                $"{path} is a history of {history.Family}, and {contender.Variant.Name} belongs to {contender.Family.Name}; choose a variant of {history.Family}");
        }

        bool isWhereItWasFound = contender.Variant.Name == header.Variant;
        Contender? compare = isWhereItWasFound && header.Compare is not null ? everybody.One(header.Compare) : null;
        var found = new Case(
            Path.GetFileNameWithoutExtension(path), contender, history, schedule, compare,
            isWhereItWasFound ? header.Shrinking : null, everybody.PluginOf(contender.Variant));
        if (FailurePages.Of(found) is not { } page)
        {
            Survives(FailurePages.ElsewhereOf(contender, found));
            return ExitCode.AsExpected;
        }

        output.Write(FailurePageText.Render(isWhereItWasFound ? page : page with { Replay = $"{page.Replay} --variant {name}" }));
        return contender.Variant.ExpectedOf(page.Property) == Expectation.Holds ? ExitCode.Unexpected : ExitCode.AsExpected;
    }

    private void Survives(Elsewhere outcome)
    {
        foreach (string line in TextLines.Wrap($"{outcome.Variant} survives: {outcome.Outcome}"))
            output.Write($"{line}\n");
        if (!outcome.Diagram.Lanes.IsEmpty)
            output.Write($"\n{LaneText.Render(outcome.Diagram)}");
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException(File.Exists(path) ? $"{path} cannot be read: {error.Message}" : $"there is no file {path}", error);
        }
    }

    private static (History, ImmutableArray<int>) Parse(string text, string path)
    {
        try
        {
            return HistoryText.Parse(text, path);
        }
        catch (HistorySyntaxException error)
        {
            throw new BadInputException(error.Message, error);
        }
    }
}
