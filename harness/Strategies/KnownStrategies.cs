using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>The strategies a campaign can be asked for, by name.</summary>
public static class KnownStrategies
{
    private static readonly (string Name, Func<Strategy> Create)[] s_known =
    [
        ("random", () => new RandomWalk()),
        ("pct1", () => new Pct(1)),
        ("pct2", () => new Pct(2)),
        ("pct3", () => new Pct(3)),
        ("pct4", () => new Pct(4)),
        ("pct5", () => new Pct(5)),
        ("pos", () => new Pos()),
        ("delay1", () => new DelayBounded(1)),
        ("delay2", () => new DelayBounded(2)),
        ("delay3", () => new DelayBounded(3)),
        ("chaos", () => new Chaos()),
        ("round-robin", () => new RoundRobin()),
    ];

    /// <summary>The names, in the order in which they are listed.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(s_known, known => known.Name);

    /// <summary>A new strategy of this name, for the use of one thread.</summary>
    /// <exception cref="KeyNotFoundException">No strategy has the name; the message lists those that there are.</exception>
    public static Strategy Create(string name)
    {
        foreach ((string known, Func<Strategy> create) in s_known)
        {
            if (known == name)
            {
                return create();
            }
        }

        throw new KeyNotFoundException($"no strategy is called '{name}'; there are {string.Join(", ", Names)}");
    }
}
