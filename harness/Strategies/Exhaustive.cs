using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Every schedule once, depth first, in the order of their choices: stateless search as in VeriSoft (Godefroid,
/// "Model checking for programming languages using VeriSoft", POPL'97), without its reductions. For tiny cases, and
/// for checking searches that do reduce.
/// </summary>
/// <remarks>
/// The seed does not matter; every execution must be of the same program, which follows from its choices alone. A
/// program that spins has as many schedules as scheduling takes to become fair, and is not tiny.
/// </remarks>
public sealed class Exhaustive : Strategy
{
    private readonly ScheduleTree _tree = new("exhaustive");

    /// <inheritdoc/>
    public override string Name => "exhaustive";

    /// <summary>Executions begun so far.</summary>
    public long Executions { get; private set; }

    /// <inheritdoc/>
    public override bool HasStrayed => _tree.HasStrayed;

    /// <summary>Turns to the next schedule. False, and ready to begin anew, when every schedule has run.</summary>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        if (!_tree.Begin())
        {
            return false;
        }

        Executions++;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock) =>
        clock.Decode(enabled, _tree.Choose(BitOperations.PopCount(enabled)));
}
