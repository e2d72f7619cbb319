using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Programs;
using Variants.Harness.Strategies;

namespace Variants.Properties.Verification;

/// <summary>A way in which a program fails, and a schedule that shows it.</summary>
/// <param name="Failure">What goes wrong.</param>
/// <param name="Schedule">The schedule, as choices: see <see cref="ExploredClock"/>.</param>
/// <param name="Preemptions">The fewest preemptions that show it; null if schedules of few were too many to run.</param>
public sealed record ProgramFailure(Failure Failure, ImmutableArray<int> Schedule, int? Preemptions)
{
    /// <summary>Schedules to run, of all numbers of preemptions together.</summary>
    private const int MostSchedules = 200_000;

    /// <summary>
    /// With the schedule of fewest preemptions: every one of fewer is run first, and does not show it. If there are too many,
    /// with <paramref name="known"/>, which shows it on a machine given.
    /// </summary>
    internal static ProgramFailure Of(ConcurrentProgram program, Failure found, Func<ProgramMachine, ImmutableArray<int>> known)
    {
        var machine = new ProgramMachine(program);
        int run = 0;
        for (int preemptions = 0; ; preemptions++)
        {
            var search = new PreemptionBounded(machine.Smp.Explored, preemptions);
            search.Restart(program.Cpus > 1);
            while (search.Begin(0, 0))
            {
                if (run++ == MostSchedules)
                {
                    return new ProgramFailure(found, known(machine), null);
                }

                if (machine.Run(search) is { } failure && failure.Signature == found.Signature)
                {
                    return new ProgramFailure(failure, search.Choices, preemptions);
                }
            }
        }
    }
}
