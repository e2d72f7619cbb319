using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Programs;
using Variants.Harness.Strategies;
using Variants.Properties.Verification;

namespace Variants.Properties.Campaigns;

/// <summary>What random schedules made of a program that is no kernel.</summary>
/// <param name="Program">The program.</param>
/// <param name="Schedules">How many were run.</param>
/// <param name="Failures">Each way to fail, how many schedules showed it, and which first, from 0.</param>
public sealed record ProgramTrial(
    ConcurrentProgram Program, int Schedules, ImmutableArray<(ProgramFailure Failure, int Times, int First)> Failures)
{
    /// <summary>Runs so many schedules, of the strategies in rotation; everything random follows from the seed.</summary>
    /// <exception cref="KeyNotFoundException">No strategy has one of the names.</exception>
    public static ProgramTrial Run(ConcurrentProgram program, ulong seed, int schedules, IReadOnlyList<string> strategies)
    {
        ArgumentNullException.ThrowIfNull(program);
        var machine = new ProgramMachine(program);
        Recording[] rotation = [.. strategies.Select(name => new Recording(KnownStrategies.Create(name)))];
        var found = new List<Sighting>();
        int expectedSteps = 100;
        for (int schedule = 0; schedule < schedules; schedule++)
        {
            Recording strategy = rotation[schedule % rotation.Length];
            strategy.Begin(Seeds.Of(seed, 0, (ulong)schedule), expectedSteps);
            if (machine.Run(strategy) is not { } failure)
            {
                expectedSteps = machine.Smp.Explored.Steps;
            }
            else if (found.Find(known => known.Failure.Signature == failure.Signature) is { } known)
            {
                known.Times++;
            }
            else
            {
                found.Add(new Sighting(failure, schedule, [.. strategy.Choices]));
            }
        }

        return new ProgramTrial(
            program,
            schedules,
            [.. found.Select(one => (ProgramFailure.Of(program, one.Failure, _ => one.Choices), one.Times, one.First))]);
    }

    private sealed class Sighting(Failure failure, int first, ImmutableArray<int> choices)
    {
        internal Failure Failure => failure;

        internal int First => first;

        internal ImmutableArray<int> Choices => choices;

        internal int Times { get; set; } = 1;
    }
}
