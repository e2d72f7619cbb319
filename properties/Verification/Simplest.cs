using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>What verification found, with the simplest schedule that shows it: fewest preemptions first.</summary>
/// <param name="History">The history; smaller than what was found only if smaller ones had been left unfinished.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="Preemptions">Switches away from a CPU that could have gone on.</param>
public sealed record Simplest(History History, ImmutableArray<int> Schedule, int Preemptions)
{
    private const int ShrinkExecutions = 50_000;

    /// <summary>Shrinks a failure that was found on <paramref name="contender"/>.</summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    public static Simplest Of(Contender contender, VerifyFailure found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (found.Shrink(new TestBed(contender), ShrinkExecutions, CancellationToken.None) is { } shrunk)
        {
            return new Simplest(shrunk.History, shrunk.Schedule, shrunk.Preemptions);
        }

        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(found.History);
        return new Simplest(history, schedule, 0);
    }

    /// <summary>The text of its <c>.history</c> file.</summary>
    public string Text(string variant, string property) =>
        HistoryText.Print(History, Schedule, [$"{variant} breaks {property}", $"variant: {variant}"]);
}
