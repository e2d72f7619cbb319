using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>A history and a schedule that a failure page is about.</summary>
/// <param name="Id">Names the page: <c>swapoff-2.3.8-data-integrity</c>.</param>
/// <param name="Contender">Whose failure.</param>
/// <param name="History">The history.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="Compare">A variant of the family that keeps the promise; null if there is none.</param>
/// <param name="Shrinking">What shrinking did; null if nobody shrank it.</param>
/// <param name="Plugin">The file that the variant came from; null if it comes with Variants.</param>
public sealed record Case(
    string Id,
    Contender Contender,
    History History,
    ImmutableArray<int> Schedule,
    Contender? Compare,
    (ShrinkStatistics Statistics, int Operations, int Preemptions)? Shrinking,
    string? Plugin = null)
{
    /// <summary>Where its history lies, in the folder of the report.</summary>
    public string HistoryFile => $"counterexamples/{Id}.history";

    /// <summary>The text of its <c>.history</c> file.</summary>
    public string HistoryText(string property, string? cause = null) => Harness.Histories.HistoryText.Print(
        History,
        Schedule,
        new CaseHeader(Contender.Variant.Name, Compare?.Variant.Name, Shrinking) { Cause = cause }
            .Lines($"{Contender.Variant.Name} breaks {property}"));
}

/// <summary>Makes the page of a case by running it once more, recorded.</summary>
public static class FailurePages
{
    /// <summary>The page, or null if nothing goes wrong.</summary>
    /// <exception cref="VariantException">The variant failed where no CPU ran it.</exception>
    public static FailurePage? Of(Case found)
    {
        return Of(found, Execution.Record(found.Contender, found.History, found.Schedule));
    }

    /// <summary>The page of a case that has been recorded, or null if nothing went wrong.</summary>
    /// <exception cref="VariantException">The variant failed where no CPU ran it.</exception>
    public static FailurePage? Of(Case found, Scenery scenery)
    {
        if (scenery.Recording.Failure is not { } failure)
            return null;

        Property property = PropertyList.Of(found.Contender.Family, PropertyList.NameOfBroken(failure));
        LaneTable diagram = LaneDrawing.Of(scenery);
        ImmutableArray<string> splat = Splat.Of(scenery);
        return new FailurePage(
            found.Id,
            found.Contender.Variant.Name,
            found.Contender.Variant.Label,
            CauseIn(scenery),
            property.Name,
            property.Promise,
            splat,
            Setup(scenery, diagram, splat),
            diagram,
            found.Compare is { } other ? ElsewhereOf(other, found) : null,
            Command(found),
            ShrinkingOf(found));
    }

    /// <summary>What happens to the same history and schedule on another variant.</summary>
    /// <exception cref="VariantException">The variant failed where no CPU ran it.</exception>
    public static Elsewhere ElsewhereOf(Contender contender, Case found)
    {
        Scenery scenery = Execution.Record(contender, found.History, found.Schedule);
        string outcome = scenery.Recording.Failure is { } failure
            ? $"it breaks {PropertyList.NameOfBroken(failure)}: {Wording.Sentence(scenery.Named(failure.Message))}"
            : "nothing goes wrong; every promise is kept.";
        return new Elsewhere(contender.Variant.Name, outcome, LaneDrawing.Of(scenery));
    }

    /// <summary>Who did what beside whom, and what came of it.</summary>
    internal static string CauseIn(Scenery scenery)
    {
        string message = scenery.Recording.Failure is { } failure ? scenery.Named(failure.Message) : "nothing goes wrong";
        // Who got the result of a call stands before it; the cause has named everybody already.
        int colon = message.IndexOf(": ", StringComparison.Ordinal);
        string actors = scenery.FailedInSetup || !scenery.Actors().Any()
            ? $"{Story(scenery)}, one after another, with nobody else running"
            : string.Join(" beside ", scenery.Actors().Select(one => $"{string.Join("; ", one.Operations)} ({one.Actor})"));
        string what = colon is > 0 and <= 4 ? message[(colon + 2)..] : message;
        return $"{actors}: {what.TrimEnd('.')}.";
    }

    private static string Story(Scenery scenery) =>
        string.Join(", ", scenery.History.Setup.Select(step => $"{History.NameOf(step.Actor)}: {step.Operation}"));

    /// <summary>The setup, the words it left that the diagram speaks of, and whose address space is whose.</summary>
    private static ImmutableArray<string> Setup(Scenery scenery, LaneTable diagram, ImmutableArray<string> splat)
    {
        string shown = string.Join(' ', diagram.Rows.Select(row => row.Text));
        List<string> sentences = [];
        if (!scenery.FailedInSetup && !scenery.History.Setup.IsEmpty)
        {
            string[] left = [.. scenery.WordsAfterSetup()
                .Where(word => word.Key.Contains('[', StringComparison.Ordinal) && shown.Contains($"{word.Key} {word.Value} ->", StringComparison.Ordinal))
                .Select(word => $"{word.Key} is {word.Value}")];
            string so = left.Length > 0 ? $", so that {Wording.List(left)}" : "";
            sentences.Add($"First, one after another: {Story(scenery)}{so}.");
        }

        string owners = scenery.OwnersIn($"{shown} {string.Join(' ', splat)}");
        if (owners.Length > 0)
            sentences.Add($"{owners[..1].ToUpperInvariant()}{owners[1..]}.".Replace("Mm", "mm", StringComparison.Ordinal));
        return [.. sentences];
    }

    private static string Command(Case found) =>
        $"variants replay {found.HistoryFile}{(found.Plugin is null ? "" : $" --plugin {found.Plugin}")}";

    private static string ShrinkingOf(Case found)
    {
        if (found.Shrinking is not var (statistics, operations, preemptions))
            return "Nobody shrank it.";
        string from = $"{Wording.Count(statistics.FromOperations, "operation")} and {Wording.Count(statistics.FromPreemptions, "preemption")}";
        string end = statistics.HitLimit ? "; the limit was reached, so it may not be minimal" : "";
        string minimal = $" {CertificateText.Of(statistics.Certificate)}.";
        return $"Shrunk from {from} to {operations} and {preemptions} in {Wording.Count(statistics.Executions, "execution")}{end}.{minimal}";
    }
}
