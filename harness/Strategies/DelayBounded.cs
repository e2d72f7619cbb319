using System.Globalization;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Delay bounding (Emmi, Qadeer and Rakamaric, "Delay-bounded scheduling", POPL'11): each CPU runs until it waits or gives
/// way, but for a few delays, at random steps, each of which passes on to another. Who begins is random, too.
/// </summary>
/// <remarks>
/// Nearly all that goes wrong goes wrong with one or two delays, at the right places, and long stretches of one CPU between
/// them. A schedule of d delays among k steps of n CPUs comes with a probability of about 1 / n (n k)^d. Unlike under
/// <see cref="Pct"/>, a CPU that sleeps goes on in its turn.
/// </remarks>
public sealed class DelayBounded : Strategy
{
    /// <summary>The most delays that make sense.</summary>
    public const int MostDelays = 5;

    private readonly int[] _delayAt;
    private RandomNumbers _random;
    private int _delaysLeft;
    private int _setupSteps;

    /// <summary>So many delays, 1 to 5.</summary>
    public DelayBounded(int delays)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delays, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delays, MostDelays);
        Name = "delay" + delays.ToString(CultureInfo.InvariantCulture);
        _delayAt = new int[delays];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);
        _setupSteps = -1;
        for (int i = 0; i < _delayAt.Length; i++)
        {
            _delayAt[i] = 1 + _random.Below(Math.Max(1, expectedSteps));
        }

        // Latest first, so that the next one is always at the end.
        Array.Sort(_delayAt, static (a, b) => b.CompareTo(a));
        _delaysLeft = _delayAt.Length;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        if (_setupSteps < 0)
        {
            _setupSteps = clock.Steps - 1;
            return _random.BitOf(enabled);
        }

        int next = clock.Decode(enabled, 0);
        int step = clock.Steps - _setupSteps;
        while (_delaysLeft != 0 && _delayAt[_delaysLeft - 1] <= step)
        {
            _delaysLeft--;
            next = _random.BitOf(enabled & ~(1u << next));
            enabled |= 1u << next;
        }

        return next;
    }
}
