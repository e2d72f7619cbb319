using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Harness.Programs;

/// <summary>
/// A concurrency program that is no kernel: words and locks, and what each CPU does with them. It has no histories; all
/// that can differ is who goes on. So it is not compared with others, but explored or tried.
/// </summary>
/// <param name="Name">As the command line calls it: <c>classics/abba</c>.</param>
/// <param name="Summary">What its CPUs do, in one sentence.</param>
/// <param name="Citation">Where it comes from.</param>
/// <param name="Cpus">How many CPUs it uses.</param>
/// <param name="Write">Writes it down on a machine. Called once for each worker.</param>
public sealed record ConcurrentProgram(
    string Name,
    string Summary,
    string Citation,
    int Cpus,
    Action<ProgramMachine> Write) : IContribution
{
    /// <summary>Which checkers watch: all, or where there are more CPUs than clocks have lanes, all but the one for data races.</summary>
    public Checks Checks { get; init; } = Cpus <= Smp.MaxCpus ? Checks.All : Checks.All with { Races = false };

    /// <summary>What is known to go wrong with it.</summary>
    public ImmutableArray<FailureKind> Fails { get; init; } = [];

    /// <summary>
    /// How many executions there are of which none is another one with independent steps in another order, as published or
    /// counted by hand; null if nobody has counted. Those that deadlock are not among them.
    /// </summary>
    public long? Traces { get; init; }
}
