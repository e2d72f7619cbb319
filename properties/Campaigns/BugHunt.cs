using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Generation;
using Variants.Properties.Promises;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Campaigns;

/// <summary>What it takes to find a known bug.</summary>
/// <param name="Contender">The variant that has it.</param>
/// <param name="Bug">The bug.</param>
/// <param name="Smallest">Its history with the simplest schedule that shows it; null if no schedule was found that does.</param>
/// <param name="ToFirst">
/// For each strategy, the median number of executions of random histories until the same failure comes, over the
/// seeds; null if in most of them it did not come before the limit.
/// </param>
public sealed record BugReport(Contender Contender, KnownBug Bug, Counterexample? Smallest, ImmutableArray<long?> ToFirst);

/// <summary>
/// Hunts known bugs: each in its smallest history, and again in random histories as if nobody knew it. The same bug is
/// the same kind of failure of the same thing: <see cref="Failure.Kind"/> and <see cref="Failure.Subject"/>.
/// </summary>
public static class BugHunt
{
    /// <summary>The strategies that are compared.</summary>
    public static ImmutableArray<string> Strategies { get; } = ["random", "pos", "pct3", "delay1", "delay3", "chaos"];

    /// <summary>Executions after which a hunt in random histories is given up.</summary>
    public const int Limit = 100_000;

    private const int Hunts = 5;
    private const int SchedulesPerHistory = 10;
    private const int SchedulesOfSmallest = 20_000;
    private const int ShrinkExecutions = 200_000;
    private const int ExpectedSteps = 100;

    /// <summary>Every known bug of the families, in their order.</summary>
    /// <exception cref="InvalidOperationException">A bug names no variant of its family.</exception>
    public static IReadOnlyList<(Contender Contender, KnownBug Bug)> BugsOf(IEnumerable<Family> families) =>
    [
        .. families.SelectMany(family => family.Bugs, (family, bug) => (
            new Contender(
                family,
                family.Variants.FirstOrDefault(variant => variant.ShortName == bug.Variant)
                    ?? throw new InvalidOperationException($"{bug.Name} of {family.Name} names the variant '{bug.Variant}', which there is not")),
            bug)),
    ];

    /// <summary>
    /// Hunts them all, on so many threads; what is found does not depend on how many. <paramref name="ended"/> is told of each as
    /// it ends, <paramref name="told"/> in the order of the bugs, as soon as all before it have ended. If it is stopped, both
    /// have been told of those that had been hunted to their end.
    /// </summary>
    public static void Run(
        IReadOnlyList<(Contender Contender, KnownBug Bug)> bugs, int jobs, Action<BugReport> told, Action<BugReport> ended, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(bugs);
        var gate = new System.Threading.Lock();
        var reports = new BugReport?[bugs.Count];
        int toTell = 0;
        int next = -1;
        Workers.Run(
            jobs,
            stop =>
            {
                for (int at = Interlocked.Increment(ref next); at < bugs.Count; at = Interlocked.Increment(ref next))
                {
                    BugReport report = Hunt(bugs[at].Contender, bugs[at].Bug, stop);
                    if (stop.IsCancellationRequested)
                    {
                        // A hunt that was cut short would say that nothing was found.
                        break;
                    }

                    lock (gate)
                    {
                        reports[at] = report;
                        ended(report);
                        for (; toTell < reports.Length && reports[toTell] is { } ready; toTell++)
                        {
                            told(ready);
                        }
                    }
                }
            },
            cancel);
        foreach (BugReport later in reports.Skip(toTell).OfType<BugReport>())
        {
            told(later);
        }
    }

    /// <summary>The known bugs of a variant that somebody has found, as <see cref="Smallest"/> has them.</summary>
    /// <exception cref="HistorySyntaxException">The history of one is malformed.</exception>
    public static ImmutableArray<(KnownBug Bug, Counterexample Smallest)> SmallestOf(Contender contender)
    {
        ArgumentNullException.ThrowIfNull(contender);
        return
        [
            .. from bug in contender.Family.Bugs
               where bug.Variant == contender.Variant.ShortName
               let smallest = Smallest(contender, bug)
               where smallest is not null
               select (bug, smallest),
        ];
    }

    /// <summary>The bug's history with the simplest schedule that breaks its promise, or a smaller one if there is.</summary>
    /// <exception cref="HistorySyntaxException">The bug's history is malformed.</exception>
    public static Counterexample? Smallest(Contender contender, KnownBug bug, CancellationToken cancel = default)
    {
        if (bug.History is null)
        {
            return null;
        }

        (History history, ImmutableArray<int> known) = HistoryText.Parse(bug.History);
        var bed = new TestBed(contender);
        if (!known.IsEmpty && Shrunk(new Replay([.. known]), 0) is { } replayed)
        {
            return replayed;
        }

        Strategy[] strategies = [.. Strategies.Select(KnownStrategies.Create)];
        for (int schedule = 0; schedule < SchedulesOfSmallest && !cancel.IsCancellationRequested; schedule++)
        {
            if (Shrunk(strategies[schedule % strategies.Length], (ulong)schedule) is { } found)
            {
                return found;
            }
        }

        return null;

        Counterexample? Shrunk(Strategy strategy, ulong seed)
        {
            strategy.Begin(seed, ExpectedSteps);
            if (bed.Run(history, strategy) is not { } failure || PropertyList.NameOfBroken(failure) != bug.Property)
            {
                return null;
            }

            strategy.Begin(seed, ExpectedSteps);
            return Shrinker.Shrink(bed, history, strategy, failure, ShrinkExecutions, seed: 1, known: [], cancel);
        }
    }

    private static BugReport Hunt(Contender contender, KnownBug bug, CancellationToken cancel)
    {
        Counterexample? smallest = Smallest(contender, bug, cancel);
        return new BugReport(
            contender,
            bug,
            smallest,
            smallest is null ? [] : [.. Strategies.Select(strategy => ToFirst(contender, smallest.Failure, strategy, cancel))]);
    }

    private static long? ToFirst(Contender contender, Failure failure, string strategy, CancellationToken cancel)
    {
        long[] hunts = [.. Enumerable.Range(1, Hunts).Select(seed => ToFirst(contender, failure, strategy, (ulong)seed, cancel)).Order()];
        long median = hunts[Hunts / 2];
        return median == long.MaxValue ? null : median;
    }

    private static long ToFirst(Contender contender, Failure sought, string strategyName, ulong seed, CancellationToken cancel)
    {
        var bed = new TestBed(contender);
        Strategy strategy = KnownStrategies.Create(strategyName);
        for (int execution = 0; execution < Limit && !cancel.IsCancellationRequested;)
        {
            int number = execution / SchedulesPerHistory;
            History history = HistoryGenerator.Generate(contender.Family, seed, number);
            int expectedSteps = ExpectedSteps;
            for (int schedule = 0; schedule < SchedulesPerHistory; schedule++)
            {
                execution++;
                strategy.Begin(Seeds.Of(seed, (ulong)number, (ulong)schedule), expectedSteps);
                if (bed.Run(history, strategy) is { } failure)
                {
                    if (failure.Kind == sought.Kind && failure.Subject == sought.Subject)
                    {
                        return execution;
                    }
                }
                else
                {
                    expectedSteps = schedule == 0 ? bed.ActorSteps : Math.Max(expectedSteps, bed.ActorSteps);
                }
            }
        }

        return long.MaxValue;
    }
}
