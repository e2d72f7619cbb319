using Variants.Harness.Engine;

namespace Variants.Tests;

/// <summary>Things that a machine has many of.</summary>
public sealed class EachTests
{
    [Fact]
    public void Under_the_simulated_clock_a_thing_is_made_with_its_neighbours_when_somebody_asks_for_it()
    {
        List<int> made = [];
        Each<string> things = Of(new Smp(SimulatedClockTests.Costs, 1), made);

        Assert.Empty(made);
        Assert.Null(things.Known(17));
        Assert.Equal(("thing17", 40), (things[17], things.Length));
        Assert.Equal(Enumerable.Range(16, 16), made);
        Assert.Equal("thing39", things[39]);
        Assert.Equal(Enumerable.Range(16, 24), made);
        Assert.Equal((null, "thing16"), (things.Known(15), things.Known(16)));
        Assert.Equal(made.Select(number => $"thing{number}"), There(things));
    }

    [Fact]
    public void Under_the_others_all_are_there_from_the_start()
    {
        List<int> made = [];
        Each<string> things = Of(new Smp(Checks.None), made);

        Assert.Equal(Enumerable.Range(0, 40), made);
        Assert.Equal(made.Select(number => $"thing{number}"), There(things));
    }

    private static Each<string> Of(Smp smp, List<int> made) => new(smp, 40, number =>
    {
        made.Add(number);
        return $"thing{number}";
    });

    private static List<string> There(Each<string> things)
    {
        List<string> there = [];
        foreach (string thing in things)
        {
            there.Add(thing);
        }

        return there;
    }
}
