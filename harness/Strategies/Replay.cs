using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// Choices that are given, in the encoding of <see cref="ExploredClock.Decode"/>: 0 stays on the CPU that runs, and
/// a schedule that has run out is all zeros. So any list of numbers is a schedule, and deleting from one leaves one,
/// which is what shrinking needs (as in dejafu: Walker and Runciman, "Cheap remarks about concurrent programs", FLOPS'18).
/// </summary>
public sealed class Replay : Strategy
{
    private IReadOnlyList<int> _choices;
    private int _next;

    /// <summary>The schedule <paramref name="choices"/>, which may be changed between executions.</summary>
    public Replay(IReadOnlyList<int> choices) => _choices = choices;

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <summary>The schedule of the next execution.</summary>
    public IReadOnlyList<int> Choices
    {
        get => _choices;
        set => _choices = value;
    }

    /// <summary>How many choices the execution has asked for, those beyond the end included.</summary>
    public int Asked => _next;

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        _next = 0;
        return true;
    }

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        int choice = _next < _choices.Count ? _choices[_next] : 0;
        _next++;
        return clock.Decode(enabled, choice);
    }
}
