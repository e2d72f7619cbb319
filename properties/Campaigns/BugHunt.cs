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
    /// Hunts them all, on so many threads; what is found does not depend on how many. <paramref name="progress"/> is told of each,
    /// by whichever thread, in the order in which they end.
    /// </summary>
    public static ImmutableArray<BugReport> Run(
        IReadOnlyList<(Contender Contender, KnownBug Bug)> bugs, int jobs, Action<BugReport>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(bugs);
        var reports = new BugReport[bugs.Count];
        int next = -1;
        Workers.Run(
            jobs,
            stop =>
            {
                for (int at = Interlocked.Increment(ref next); at < bugs.Count && !stop.IsCancellationRequested; at = Interlocked.Increment(ref next))
                {
                    reports[at] = Hunt(bugs[at].Contender, bugs[at].Bug, stop);
                    progress?.Invoke(reports[at]);
                }
            },
            cancel);
        return [.. reports.Where(report => report is not null)];
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
