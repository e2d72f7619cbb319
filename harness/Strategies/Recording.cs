using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Another strategy, whose choices are written down so that <see cref="Replay"/> of them gives the same execution.
/// </summary>
public sealed class Recording : Strategy
{
    private readonly Strategy _inner;
    private readonly List<int> _choices = [];

    /// <summary>Records what <paramref name="inner"/> chooses.</summary>
    public Recording(Strategy inner) => _inner = inner;

    /// <inheritdoc/>
    public override string Name => _inner.Name;

    /// <summary>The choices of the last execution. The list is used again for the next one: copy what is to be kept.</summary>
    public IReadOnlyList<int> Choices => _choices;

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _choices.Clear();
        return _inner.Begin(seed, expectedSteps);
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        int cpu = _inner.Choose(enabled, clock);
        _choices.Add(clock.Encode(enabled, cpu));
        return cpu;
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu) => _inner.GaveWay(cpu);

    /// <inheritdoc/>
    public override void Slept(int cpu) => _inner.Slept(cpu);
}
