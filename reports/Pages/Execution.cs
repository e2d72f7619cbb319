using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>One history under one schedule on one variant, recorded.</summary>
public static class Execution
{
    /// <summary>Runs it on a machine of its own.</summary>
    /// <exception cref="VariantException">The variant failed where no CPU ran it.</exception>
    public static Scenery Record(Contender contender, History history, ImmutableArray<int> schedule)
    {
        try
        {
            var machine = new Machine(Checks.All, contender.Variant.Build);
            var runner = new Runner(machine, PropertyList.Watch(machine, contender.Family.Properties));
            var replay = new Replay([.. schedule]);
            replay.Begin(seed: 0, expectedSteps: 0);
            return new Scenery(history, runner.Record(history, replay).Recording);
        }
        catch (Exception error) when (error is not VariantException)
        {
            throw new VariantException(
                contender.Variant.Name, $"{error.GetType().Name} outside of any system call: {error.Message}", error);
        }
    }
}
