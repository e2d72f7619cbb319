using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Partial order sampling (Yuan, Yang and Gu, "Partial order aware concurrency sampling", CAV'18): every pending
/// operation has a random priority, the highest runs, and those that race with it draw again.
/// </summary>
/// <remarks>
/// Two operations race if they meet at one object and are not both reads. Schedules that differ only in the order of
/// operations that do not race are not sampled more often for it, as they are by <see cref="RandomWalk"/>. Nothing
/// need be known of the length of an execution.
/// </remarks>
public sealed class Pos : Strategy
{
    private readonly Priorities _priority = new();
    private RandomNumbers _random;
    private uint _drawn;
    private long _lowest;
    private OperationKind _executed;
    private int _executedOn;
    private int _executedBy;

    /// <inheritdoc/>
    public override string Name => "pos";

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);
        _drawn = 0;
        _lowest = 0;
        _executedOn = 0;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        // An operation that was not enabled at the last choice is new, or was taken away by the one executed. What
        // ran since then without a choice was alone, so that it raced with nothing that could have run.
        _drawn &= enabled;
        uint toDraw = enabled & ~_drawn;
        if (_executedOn != 0)
        {
            toDraw |= clock.ThoseWhoMeet(_executedOn, _drawn & ~(1u << _executedBy), exceptToRead: _executed == OperationKind.Read);
        }

        for (; toDraw != 0; toDraw &= toDraw - 1)
        {
            _priority[BitOperations.TrailingZeroCount(toDraw)] = _random.Next();
        }

        int highest = _priority.Highest(enabled);
        _executed = clock.PendingOf(highest);
        _executedOn = clock.TargetOf(highest);
        _executedBy = highest;
        _drawn = enabled & ~(1u << highest);
        return highest;
    }

    /// <summary>
    /// Below everything that is pending, those that gave way before it included: a spin meets nobody, and would be
    /// drawn for as often as the priority of the CPU that ends it is low.
    /// </summary>
    public override void GaveWay(int cpu)
    {
        _priority[cpu] = --_lowest;
        _drawn |= 1u << cpu;
    }

    /// <summary>
    /// What comes after a sleep has a priority of its own, as every operation has, or is below everything: a CPU that has
    /// spun, and for which nobody else would ever make way, may go on while another sleeps.
    /// </summary>
    public override void Slept(int cpu)
    {
        if (_random.Below(2) == 0)
        {
            GaveWay(cpu);
        }
    }
}
