using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Programs;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>Runs the CPUs in an order given step by step, and writes down the choices that lead to it: a schedule.</summary>
internal sealed class StepByStep : Strategy
{
    private readonly ImmutableArray<int> _cpus;
    private readonly int _setup;
    private readonly List<int> _choices = [];

    private StepByStep(ImmutableArray<int> cpus, int setup)
    {
        _cpus = cpus;
        _setup = setup;
    }

    /// <inheritdoc/>
    public override string Name => "step by step";

    /// <summary>The schedule of the execution of <paramref name="history"/> that was the last one on the bed.</summary>
    internal static ImmutableArray<int> ScheduleOf(TestBed bed, History history, ImmutableArray<int> cpus)
    {
        var steps = new StepByStep(cpus, bed.Steps - bed.ActorSteps);
        bed.Run(history, steps);
        return [.. steps._choices];
    }

    /// <summary>The schedule of an execution of a program.</summary>
    internal static ImmutableArray<int> ScheduleOf(ProgramMachine machine, ImmutableArray<int> cpus)
    {
        var steps = new StepByStep(cpus, setup: 0);
        machine.Run(steps);
        return [.. steps._choices];
    }

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps) => true;

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        // The clock has counted the step that is being chosen, and those of the setup.
        int step = clock.Steps - 1 - _setup;
        int cpu = step >= 0 && step < _cpus.Length && (enabled >> _cpus[step] & 1) != 0 ? _cpus[step] : clock.Decode(enabled, 0);
        _choices.Add(clock.Encode(enabled, cpu));
        return cpu;
    }
}
