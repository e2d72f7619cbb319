using System.Collections.Immutable;
using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Every schedule of up to so many preemptions, once, depth first (Musuvathi and Qadeer, "Iterative context bounding for
/// systematic testing of multithreaded programs", PLDI'07): most bugs need very few, and there are far fewer such schedules.
/// </summary>
/// <remarks>
/// A preemption leaves a CPU that could have gone on and had not given way. One that waits, has finished, spins or sleeps is
/// left by its own will, and where every actor begins nobody has begun before. The seed does not matter.
/// </remarks>
public sealed class PreemptionBounded : Strategy
{
    private readonly ExploredClock _clock;
    private readonly int _most;
    private readonly ScheduleTree _tree = new("preemptions");
    private int _preemptions;
    private bool _beginsWithChoice;
    private int _gaveWay;
    private int _gaveWayAt;

    /// <summary>A search for schedules on <paramref name="clock"/>.</summary>
    public PreemptionBounded(ExploredClock clock, int most)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        _clock = clock;
        _most = most;
    }

    /// <inheritdoc/>
    public override string Name => "preemptions";

    /// <summary>The choices of the last execution.</summary>
    public ImmutableArray<int> Choices => [.. _tree.Choices];

    /// <summary>
    /// Begins anew, with another program. With two actors or more, its first choice is which of them begins, and no
    /// preemption.
    /// </summary>
    public void Restart(bool beginsWithChoice)
    {
        _tree.Clear();
        _beginsWithChoice = beginsWithChoice;
    }

    /// <inheritdoc/>
    public override bool HasStrayed => _tree.HasStrayed;

    /// <summary>Turns to the next schedule. False, and ready to begin anew, when every schedule has run.</summary>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        if (!_tree.Begin())
        {
            return false;
        }

        _preemptions = 0;
        _gaveWayAt = -1;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        int current = clock.CurrentCpu;

        // The clock has counted the step that is being chosen.
        bool gaveWay = _gaveWay == current && _gaveWayAt == clock.Steps - 1;
        bool preempts = !(_tree.Depth == 0 && _beginsWithChoice) && !gaveWay && (enabled >> current & 1) != 0;
        int choice = _tree.Choose(preempts && _preemptions == _most ? 1 : BitOperations.PopCount(enabled));
        _preemptions += preempts && choice != 0 ? 1 : 0;
        return clock.Decode(enabled, choice);
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu)
    {
        _gaveWay = cpu;
        _gaveWayAt = _clock.Steps;
    }
}
