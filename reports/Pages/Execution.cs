using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>One history under one schedule on one variant, recorded.</summary>
public static class Execution
{
    /// <summary>Runs it on a machine of its own.</summary>
    /// <exception cref="VariantException">The variant failed where no CPU ran it.</exception>
    public static Scenery Record(Contender contender, History history, ImmutableArray<int> schedule)
    {
        var replay = new Replay([.. schedule]);
        replay.Begin(seed: 0, expectedSteps: 0);
        return new Scenery(history, new TestBed(contender).Record(history, replay));
    }
}
