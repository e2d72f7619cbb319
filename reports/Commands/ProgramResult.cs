using System.Collections.Immutable;
using Variants.Harness.Programs;
using Variants.Properties.Verification;

namespace Variants.Reports.Commands;

/// <summary>What exploring a program came to, as <c>verify.json</c> has it.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Executions">Executions that came to an end.</param>
/// <param name="Deadlocks">Executions that did not.</param>
/// <param name="IsComplete">True if they were all.</param>
/// <param name="Traces">How many there are, as published; null if nobody has counted.</param>
/// <param name="States">How the words that are shown ended, and how often.</param>
/// <param name="Failures">Each way to fail.</param>
internal sealed record ProgramResult(
    string Program,
    long Executions,
    long Deadlocks,
    bool IsComplete,
    long? Traces,
    ImmutableSortedDictionary<string, long> States,
    ImmutableArray<ProgramResult.Failing> Failures)
{
    public static ProgramResult Of(ConcurrentProgram program, ProgramOutcome outcome) => new(
        program.Name,
        outcome.Executions,
        outcome.Deadlocks,
        outcome.IsComplete,
        program.Traces,
        outcome.States,
        [.. outcome.Failures.Select(one => new Failing(one.Failure.Kind.ToString(), one.Failure.Message, one.Preemptions, one.Schedule))]);

    /// <summary>One way to fail, and the schedule of fewest preemptions that shows it.</summary>
    internal sealed record Failing(string Kind, string Message, int? Preemptions, ImmutableArray<int> Schedule);
}
