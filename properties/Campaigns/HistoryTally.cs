using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Properties.Promises;

namespace Variants.Properties.Campaigns;

/// <summary>
/// What the executions of one history on one variant came to. It grows with the ways to fail, not with executions.
/// </summary>
internal sealed class HistoryTally
{
    /// <summary>Ways to fail that one history may show; the promises they break are counted beyond that too.</summary>
    private const int MaxSightings = 32;

    private readonly Ingredients _ingredients;

    internal HistoryTally(int history, Ingredients ingredients, ImmutableArray<Measure> measures)
    {
        History = history;
        _ingredients = ingredients;
        Measured = new MeasureSums(measures);
    }

    internal int History { get; }

    internal long Executions { get; set; }

    internal long Steps { get; set; }

    /// <summary>In ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    internal long Elapsed { get; set; }

    /// <summary>Of the executions that kept every promise.</summary>
    internal MeasureSums Measured { get; }

    /// <summary>True once all its schedules have run.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>The first schedule that failed, or -1.</summary>
    internal int FirstFailure { get; private set; } = -1;

    /// <summary>For each promise broken: how often, and under which schedule first.</summary>
    internal List<(string Property, long Failures, int First)> Broken { get; } = [];

    /// <summary>For each way to fail, its first execution.</summary>
    internal List<Sighting> Sightings { get; } = [];

    internal void Note(Failure failure, int schedule, int expectedSteps)
    {
        if (FirstFailure < 0)
        {
            FirstFailure = schedule;
        }

        string property = PropertyList.NameOfBroken(failure);
        int at = Broken.FindIndex(broken => broken.Property == property);
        if (at < 0)
        {
            Broken.Add((property, 1, schedule));
        }
        else
        {
            Broken[at] = (property, Broken[at].Failures + 1, Broken[at].First);
        }

        if (Sightings.Count < MaxSightings
            && !Sightings.Exists(seen => seen.Failure.Signature == failure.Signature && seen.Property == property))
        {
            Sightings.Add(new Sighting(History, schedule, expectedSteps, property, failure, _ingredients));
        }
    }
}

/// <summary>A failing execution, as far as it takes to run it again.</summary>
/// <param name="History">The history, by number.</param>
/// <param name="Schedule">The schedule, by number within the history.</param>
/// <param name="ExpectedSteps">What the strategy was told.</param>
/// <param name="Property">The promise it broke.</param>
/// <param name="Failure">How.</param>
/// <param name="Ingredients">What the history is made of.</param>
internal sealed record Sighting(
    int History,
    int Schedule,
    int ExpectedSteps,
    string Property,
    Failure Failure,
    Ingredients Ingredients);
