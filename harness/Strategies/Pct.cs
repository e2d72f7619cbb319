using System.Globalization;
using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
/// probabilistic guarantees of finding bugs", ASPLOS'10): CPUs have random priorities, the highest runs, and at
/// depth - 1 random steps the one that runs falls below all others.
/// </summary>
/// <remarks>
/// A bug that depends on the order of <c>depth</c> steps is found in one execution of n CPUs and k steps with
/// probability at least 1 / (n * k^(depth - 1)), if k is no more than the expected steps that <see cref="Begin"/> is
/// told. A CPU that sleeps, spins or retries falls below all others too: the paper's programs block where ours stay
/// enabled, and without this one CPU would spin until scheduling becomes fair.
/// </remarks>
public sealed class Pct : Strategy
{
    /// <summary>The greatest depth offered; the probability of deeper bugs is too small to wait for.</summary>
    public const int MaxDepth = 5;

    private readonly int[] _priority = new int[Smp.MaxCpusUnchecked];
    private readonly int[] _changeAt;
    private RandomNumbers _random;
    private int _lowest;
    private int _changesLeft;
    private int _setupSteps;

    /// <summary>Finds bugs that depend on the order of <paramref name="depth"/> steps, 1 to 5.</summary>
    public Pct(int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        Depth = depth;
        Name = "pct" + depth.ToString(CultureInfo.InvariantCulture);
        _changeAt = new int[depth - 1];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Steps whose order the bug may depend on.</summary>
    public int Depth { get; }

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);

        // A random order of all the CPUs a machine can have is a random order of those that this history uses.
        for (int cpu = 0; cpu < Smp.MaxCpus; cpu++)
        {
            int other = _random.Below(cpu + 1);
            _priority[cpu] = _priority[other];
            _priority[other] = cpu;
        }

        _lowest = 0;
        _setupSteps = -1;
        for (int i = 0; i < _changeAt.Length; i++)
        {
            _changeAt[i] = 1 + _random.Below(Math.Max(1, expectedSteps));
        }

        // Latest first, so that the next one is always at the end.
        Array.Sort(_changeAt, static (a, b) => b.CompareTo(a));
        _changesLeft = _changeAt.Length;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        // The setup, in which nobody asks, is no part of what is explored.
        if (_setupSteps < 0)
        {
            _setupSteps = clock.Steps - 1;
        }

        // The steps at which there was nothing to choose are steps too: whoever ran then falls.
        int step = clock.Steps - _setupSteps;
        while (_changesLeft != 0 && _changeAt[_changesLeft - 1] < step)
        {
            _changesLeft--;
            Lower(clock.CurrentCpu);
        }

        int highest = Highest(enabled);
        while (_changesLeft != 0 && _changeAt[_changesLeft - 1] == step)
        {
            _changesLeft--;
            Lower(highest);
            highest = Highest(enabled);
        }

        return highest;
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu) => Lower(cpu);

    private void Lower(int cpu) => _priority[cpu] = --_lowest;

    private int Highest(uint enabled)
    {
        int highest = BitOperations.TrailingZeroCount(enabled);
        for (uint left = enabled & (enabled - 1); left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (_priority[cpu] > _priority[highest])
            {
                highest = cpu;
            }
        }

        return highest;
    }
}
