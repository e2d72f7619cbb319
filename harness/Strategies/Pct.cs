using System.Globalization;
using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
/// probabilistic guarantees of finding bugs", ASPLOS'10): CPUs have random priorities, the highest runs, and at
/// depth - 1 random steps the one that runs falls to one of depth - 1 priorities below those, which come in random order:
/// whoever falls later may fall less deep.
/// </summary>
/// <remarks>
/// A bug that depends on the order of <c>depth</c> steps is found in one execution of n CPUs and k steps with
/// probability at least 1 / (n * k^(depth - 1)), if k is no more than the expected steps that <see cref="Begin"/> is
/// told. The paper's programs block where ours stay enabled. So a CPU that spins or retries falls below all others, or it
/// would spin until scheduling becomes fair; and one that sleeps goes on at once, or falls to a depth as random as that of
/// a change, so that nobody need draw the very step at which it sleeps, or falls below all others, those that spin too.
/// </remarks>
public sealed class Pct : Strategy
{
    /// <summary>The greatest depth offered; the probability of deeper bugs is too small to wait for.</summary>
    public const int MaxDepth = 5;

    /// <summary>Between two priorities to which changes lead there is room for sleepers.</summary>
    private const int Room = 1 << 20;

    private static readonly Comparer<int> s_latestFirst = Comparer<int>.Create(static (a, b) => b.CompareTo(a));

    private readonly Priorities _priority = new();
    private readonly int[] _changeAt;
    private readonly int[] _changeTo;
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
        _changeTo = new int[depth - 1];
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
            _priority[other] = (Depth * Room) + cpu;
        }

        _lowest = 0;
        _setupSteps = -1;
        for (int i = 0; i < _changeAt.Length; i++)
        {
            _changeAt[i] = 1 + _random.Below(Math.Max(1, expectedSteps));
            _changeTo[i] = (i + 1) * Room;
        }

        // Latest first, so that the next one is always at the end. Where it leads to goes with it.
        Array.Sort(_changeAt, _changeTo, s_latestFirst);
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
        return _changesLeft != 0 && _changeAt[_changesLeft - 1] <= step ? ChooseAtChange(enabled, step, clock.CurrentCpu) : _priority.Highest(enabled);
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu) => _priority[cpu] = --_lowest;

    /// <inheritdoc/>
    public override void Slept(int cpu)
    {
        switch (_random.Below(4))
        {
            case 0:
                GaveWay(cpu);
                break;
            case 1:
                _priority[cpu] = _random.Below(Depth * Room);
                break;
            default:
                break;
        }
    }

    // Out of line: it happens a few times in an execution, and what it calls would have each choice save its registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ChooseAtChange(uint enabled, int step, int currentCpu)
    {
        while (_changesLeft != 0 && _changeAt[_changesLeft - 1] < step)
        {
            Change(currentCpu);
        }

        int highest = _priority.Highest(enabled);
        while (_changesLeft != 0 && _changeAt[_changesLeft - 1] == step)
        {
            Change(highest);
            highest = _priority.Highest(enabled);
        }

        return highest;
    }

    private void Change(int cpu) => _priority[cpu] = _changeTo[--_changesLeft];
}
