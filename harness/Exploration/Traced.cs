using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// Another strategy, whose executions can be told apart by their traces: for checking that a search which leaves out
/// equivalent schedules leaves out nothing else.
/// </summary>
public sealed class Traced : TracingStrategy
{
    private readonly Strategy _inner;
    private Smp? _smp;

    /// <summary>Traces what <paramref name="inner"/> chooses.</summary>
    public Traced(Strategy inner) => _inner = inner;

    /// <inheritdoc/>
    public override string Name => _inner.Name;

    /// <summary>The last execution's trace in one number, as <see cref="OptimalDpor"/> computes it.</summary>
    internal ulong Signature => Steps.Signature();

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        Steps.Restart();
        return _inner.Begin(seed, expectedSteps);
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu) => _inner.GaveWay(cpu);

    /// <inheritdoc/>
    public override void Slept(int cpu) => _inner.Slept(cpu);

    internal override void Started(Smp smp)
    {
        _smp = smp;
        Steps.Use(smp);
        smp.WriteFootprintsTo(Steps);
    }

    internal override void Outlasted() => _smp!.WriteFootprintsTo(null);

    internal override int Next(uint enabled)
    {
        int cpu = (enabled & (enabled - 1)) == 0
            ? BitOperations.TrailingZeroCount(enabled)
            : _inner.Choose(enabled, _smp!.Explored);
        Steps.Begin(_smp!.Cpus[cpu], enabled);
        return cpu;
    }

    internal override void Ended(uint alive)
    {
        if (_smp!.Failure is not null && Steps.Count > 0)
        {
            Steps[Steps.Count - 1].Flags |= StepFlags.DependsOnAll;
        }

        for (int step = 0; step < Steps.Count; step++)
        {
            Steps.Order(step);
        }
    }
}
