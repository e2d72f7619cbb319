using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>Strategies by name, and what all of them keep.</summary>
public sealed class KnownStrategiesTests
{
    public static TheoryData<string> Every => [.. KnownStrategies.Names];

    [Fact]
    public void The_list_is_explicit_and_in_order()
    {
        Assert.Equal(["random", "pct1", "pct2", "pct3", "pct4", "pct5", "pos", "delay1", "delay2", "delay3", "chaos", "round-robin"], KnownStrategies.Names);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_strategy_has_the_name_it_was_asked_for(string name)
    {
        Assert.Equal(name, KnownStrategies.Create(name).Name);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        KeyNotFoundException thrown = Assert.Throws<KeyNotFoundException>(() => KnownStrategies.Create("pct9"));

        Assert.Equal(
            "no strategy is called 'pct9'; there are random, pct1, pct2, pct3, pct4, pct5, pos, delay1, delay2, delay3, chaos, round-robin",
            thrown.Message);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void One_seed_gives_one_execution(string name)
    {
        var track = new Track(5, 5, 5);
        Strategy strategy = KnownStrategies.Create(name);
        string[] forwards = [.. Enumerable.Range(1, 100).Select(seed => track.Run(strategy, (ulong)seed))];

        Strategy another = KnownStrategies.Create(name);
        string[] backwards = [.. Enumerable.Range(1, 100).Reverse().Select(seed => track.Run(another, (ulong)seed))];

        Assert.Equal(forwards, backwards.Reverse());
    }

    [Theory]
    [InlineData("random", 900)]
    [InlineData("pct1", 6)]
    [InlineData("pct2", 50)]
    [InlineData("pos", 600)]
    [InlineData("round-robin", 1)]
    public void A_thousand_seeds_give_so_many_executions_at_least(string name, int different)
    {
        var track = new Track(5, 5, 5);
        Strategy strategy = KnownStrategies.Create(name);

        int found = Enumerable.Range(1, 1_000).Select(seed => track.Run(strategy, (ulong)seed)).Distinct().Count();

        // Three CPUs have six orders of priority and no more, and a turn has one.
        Assert.InRange(found, different, name is "pct1" or "round-robin" ? different : 1_000);
    }
}
