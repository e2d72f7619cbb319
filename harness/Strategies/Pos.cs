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
    private readonly uint[] _priority = new uint[Smp.MaxCpus];
    private RandomNumbers _random;
    private uint _drawn;
    private OperationKind _executed;
    private int _executedOn;

    /// <inheritdoc/>
    public override string Name => "pos";

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _random = new RandomNumbers(seed);
        _drawn = 0;
        _executedOn = 0;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        // An operation that was not enabled at the last choice is new, or was taken away by the one executed. What
        // ran since then without a choice was alone, so that it raced with nothing that could have run.
        _drawn &= enabled;
        int highest = -1;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if ((_drawn >> cpu & 1) == 0 || RacesWithExecuted(clock, cpu))
            {
                _priority[cpu] = _random.Next();
            }

            if (highest < 0 || _priority[cpu] > _priority[highest])
            {
                highest = cpu;
            }
        }

        _executed = clock.PendingOf(highest);
        _executedOn = clock.TargetOf(highest);
        _drawn = enabled & ~(1u << highest);
        return highest;
    }

    /// <summary>Going below everything that is pending now: a spinning CPU races with nobody and would draw for ever.</summary>
    public override void GaveWay(int cpu)
    {
        _priority[cpu] = 0;
        _drawn |= 1u << cpu;
    }

    private bool RacesWithExecuted(ExploredClock clock, int cpu) =>
        _executedOn != 0
        && clock.TargetOf(cpu) == _executedOn
        && !(_executed == OperationKind.Read && clock.PendingOf(cpu) == OperationKind.Read);
}
