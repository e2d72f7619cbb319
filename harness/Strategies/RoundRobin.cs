using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// One step each in turn, in the order of the CPUs' numbers. The same execution every time, whatever the seed: a
/// baseline for the strategies that draw (Thomson, Donaldson and Betts, TOPC 2016).
/// </summary>
public sealed class RoundRobin : Strategy
{
    private int _last;

    /// <inheritdoc/>
    public override string Name => "round-robin";

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _last = -1;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        uint above = enabled & (~0u << (_last + 1));
        _last = BitOperations.TrailingZeroCount(above != 0 ? above : enabled);
        return _last;
    }
}
