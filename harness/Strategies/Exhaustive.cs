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
    private readonly List<Fork> _path = [];
    private int _depth;
    private bool _begun;

    /// <inheritdoc/>
    public override string Name => "exhaustive";

    /// <summary>Executions begun so far.</summary>
    public long Executions { get; private set; }

    /// <summary>Turns to the next schedule. False, and ready to begin anew, when every schedule has run.</summary>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        if (_begun && !Advance())
        {
            _begun = false;
            return false;
        }

        _begun = true;
        _depth = 0;
        Executions++;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        int among = BitOperations.PopCount(enabled);
        if (_depth == _path.Count)
        {
            _path.Add(new Fork(0, among));
        }

        Fork fork = _path[_depth++];
        if (fork.Among != among)
        {
            throw new InvalidOperationException(
                $"exhaustive: choice {_depth} was among {fork.Among} CPUs, and is now among {among} after the same choices; "
                + "the program does not follow from its schedule alone");
        }

        return clock.Decode(enabled, fork.Choice);
    }

    private bool Advance()
    {
        while (_path.Count > 0)
        {
            int last = _path.Count - 1;
            Fork fork = _path[last];
            if (fork.Choice + 1 < fork.Among)
            {
                _path[last] = new Fork(fork.Choice + 1, fork.Among);
                return true;
            }

            _path.RemoveAt(last);
        }

        return false;
    }

    private readonly record struct Fork(int Choice, int Among);
}
