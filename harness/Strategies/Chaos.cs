using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// A random walk in which one CPU at a time is held back for a while, as rr's chaos mode does with threads (Robert
/// O'Callahan, "Introducing rr chaos mode", 2016): the code between a look and the act that relies on it may take as long
/// as all of what others do.
/// </summary>
/// <remarks>
/// A random walk holds one of two CPUs back for k choices with probability 2^-k, and PCT only where it put one of its few
/// change points or the other CPU sleeps on the way, as reclaim does. Here a stretch of up to 128 choices may begin
/// anywhere. Every schedule can come: no stretch need begin.
/// </remarks>
public sealed class Chaos : Strategy
{
    /// <summary>One choice in so many begins to hold a CPU back.</summary>
    private const int Rarity = 8;

    /// <summary>A CPU is held back for 1, 2, 4, ... choices: so many lengths, each as likely.</summary>
    private const int Lengths = 8;

    private RandomNumbers _random;
    private uint _heldBack;
    private int _left;

    /// <inheritdoc/>
    public override string Name => "chaos";

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);

        // Whoever is last to begin may be so by far.
        _heldBack = 1u << _random.Below(Smp.MaxCpus);
        _left = 1 << _random.Below(Lengths);
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        if (_left > 0)
        {
            _left--;
            uint others = enabled & ~_heldBack;
            return others != 0 ? _random.BitOf(others) : _random.BitOf(enabled);
        }

        if (_random.Below(Rarity) == 0)
        {
            _heldBack = 1u << clock.CurrentCpu;
            _left = 1 << _random.Below(Lengths);
        }

        return _random.BitOf(enabled);
    }
}
