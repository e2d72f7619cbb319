using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// At every await, each CPU that can go on is as likely to (Thomson, Donaldson and Betts, "Concurrency testing using
/// controlled schedulers: an empirical study", TOPC 2016, found this hard to beat).
/// </summary>
/// <remarks>
/// Every schedule can come, and a CPU that spins is left with probability 1. A schedule that needs one CPU to be
/// held back for k steps against n - 1 others comes with probability of about ((n - 1) / n)^k only: see
/// <see cref="Pct"/>.
/// </remarks>
public sealed class RandomWalk : Strategy
{
    private RandomNumbers _random;

    /// <inheritdoc/>
    public override string Name => "random";

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock) => _random.BitOf(enabled);
}
