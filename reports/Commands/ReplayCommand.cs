using System.Collections.Immutable;
using System.Text;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Exports;

namespace Variants.Reports.Commands;

/// <summary>
/// <c>replay</c>: one history, one schedule, one variant; the page that the report has for it, or the execution in a form
/// for another tool.
/// </summary>
internal sealed class ReplayCommand(Repertoire everybody, TextWriter output)
{
    public int Run(string path, string? variant, string? export = null)
    {
        Export? form = export is null ? null : Export.All.FirstOrDefault(one => one.Name == export)
            ?? throw new BadInputException($"--export {export}: give one of {string.Join(", ", Export.All.Select(one => one.Name))}{NearMatches.Hint(export, Export.All.Select(one => one.Name))}");
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
        if (form is not null)
        {
            Scenery scenery = Execution.Record(contender, history, schedule);
            output.Write(Encoding.UTF8.GetString(form.Render(scenery, found)));
            return ExitCodeOf(contender, scenery);
        }

        if (FailurePages.Of(found) is not { } page)
        {
            Survives(FailurePages.ElsewhereOf(contender, found));
            return ExitCode.AsExpected;
        }

        output.Write(FailurePageText.Render(isWhereItWasFound ? page : page with { Replay = $"{page.Replay} --variant {name}" }));
        return contender.Variant.ExpectedOf(page.Property) == Expectation.Holds ? ExitCode.Unexpected : ExitCode.AsExpected;
    }

    private static int ExitCodeOf(Contender contender, Scenery scenery) =>
        scenery.Recording.Failure is { } failure && contender.Variant.ExpectedOf(PropertyList.NameOfBroken(failure)) == Expectation.Holds
            ? ExitCode.Unexpected
            : ExitCode.AsExpected;

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
