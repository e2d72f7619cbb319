using System.Collections.Immutable;
using System.Diagnostics;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Generation;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Campaigns;

/// <summary>
/// Tries to make contenders break their promises: random histories, each under many schedules, and then the smallest
/// counterexample for each way in which one fails.
/// </summary>
public static class Campaign
{
    /// <summary>
    /// Runs a campaign. What it finds follows from the contenders and the options alone, however many jobs there are,
    /// unless it is given a time budget or cancelled: then it stops at once and keeps what has been found, with
    /// counterexamples as small as they were by then.
    /// </summary>
    /// <exception cref="ArgumentException">An option makes no sense; the message says which.</exception>
    /// <exception cref="KeyNotFoundException">No strategy has one of the names.</exception>
    /// <exception cref="VariantException">A variant failed outside of an execution.</exception>
    public static CampaignResult Run(
        IReadOnlyList<Contender> contenders,
        CampaignOptions options,
        CampaignProgress? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(contenders);
        Validate(options);
        progress ??= new CampaignProgress();
        progress.Begin(contenders);
        IReadOnlyList<VariantTally> tallies = new Exploration(contenders, options, progress).Run(cancel);
        List<Shrunk> shrunk = ShrinkAll(contenders, tallies, options, progress, cancel);
        return new CampaignResult(
            options,
            [.. tallies.Select((tally, variant) => ResultOf(tally, shrunk.Where(one => one.Contender == variant)))],
            cancel.IsCancellationRequested);
    }

    private static void Validate(CampaignOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AtLeastOne(options.Schedules, "schedules");
        AtLeastOne(options.Jobs, "jobs");
        AtLeastOne(options.ShrinkExecutions, "executions for shrinking");
        AtLeastOne(options.Strategies.Count, "strategies");
        if (options.BudgetPerVariant is null)
        {
            AtLeastOne(options.Histories, "histories");
        }
        else if (options.BudgetPerVariant <= TimeSpan.Zero)
        {
            throw new ArgumentException("a campaign needs a time budget of more than nothing", nameof(options));
        }

        // A name that is not known is refused here, not by a worker.
        _ = Exploration.StrategiesOf(options);
    }

    private static void AtLeastOne(int number, string what)
    {
        if (number < 1)
        {
            throw new ArgumentException($"a campaign needs at least 1 of {what}, not {number}", nameof(number));
        }
    }

    /// <summary>
    /// Shrinks round after round, those of one round side by side. What a round has found is known to the next, so
    /// that a bug which shows in many histories is not shrunk to the end every time.
    /// </summary>
    private static List<Shrunk> ShrinkAll(
        IReadOnlyList<Contender> contenders,
        IReadOnlyList<VariantTally> tallies,
        CampaignOptions options,
        CampaignProgress progress,
        CancellationToken cancel)
    {
        (int Contender, int Round, Sighting Sighting)[] all =
        [
            .. tallies.SelectMany((tally, contender) => tally.Candidates().Select(one => (contender, one.Round, one.Sighting))),
        ];
        progress.BeginShrinking(all.Length);
        var shrunk = new List<Shrunk>();
        foreach (IGrouping<int, (int Contender, int Round, Sighting Sighting)> round in all.GroupBy(one => one.Round).OrderBy(round => round.Key))
        {
            shrunk.AddRange(ShrinkRound([.. round]));
        }

        return shrunk;

        Shrunk[] ShrinkRound((int Contender, int Round, Sighting Sighting)[] round)
        {
            var results = new Shrunk[round.Length];
            int taken = -1;

            // When the user has had enough, what was found is still run once more each, to have something to show.
            Workers.Run(Math.Min(options.Jobs, round.Length), Work, CancellationToken.None);
            return results;

            void Work(CancellationToken stop)
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop);
                Strategy[] strategies = Exploration.StrategiesOf(options);
                int one;
                while (!stop.IsCancellationRequested && (one = Interlocked.Increment(ref taken)) < round.Length)
                {
                    (int contender, _, Sighting sighting) = round[one];
                    Counterexample[] known =
                    [
                        .. shrunk.Where(other => other.Contender == contender && other.Property == sighting.Property)
                            .Select(other => other.Counterexample),
                    ];
                    long startedAt = Stopwatch.GetTimestamp();
                    Counterexample counterexample = Shrink(contenders[contender], sighting, options, strategies, known, enough.Token);
                    results[one] = new Shrunk(contender, sighting.Property, counterexample, Stopwatch.GetElapsedTime(startedAt));
                    progress.OneShrunk();
                }
            }
        }
    }

    private static Counterexample Shrink(
        Contender contender,
        Sighting sighting,
        CampaignOptions options,
        Strategy[] strategies,
        IReadOnlyList<Counterexample> known,
        CancellationToken cancel)
    {
        ulong seed = Exploration.SeedOf(options, sighting.History, sighting.Schedule);
        Strategy strategy = strategies[sighting.Schedule % strategies.Length];
        strategy.Begin(seed, sighting.ExpectedSteps);
        History history = HistoryGenerator.Generate(contender.Family, options.Seed, sighting.History);
        return Shrinker.Shrink(
            new TestBed(contender), history, strategy, sighting.Failure, options.ShrinkExecutions, seed, known, cancel);
    }

    private static VariantResult ResultOf(VariantTally tally, IEnumerable<Shrunk> shrunk)
    {
        Shrunk[] all = [.. shrunk];
        Dictionary<string, ImmutableArray<Counterexample>> counterexamples = all
            .GroupBy(one => one.Property, one => one.Counterexample)
            .ToDictionary(found => found.Key, Distinctness.Smallest);
        return tally.Result(counterexamples, all.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Elapsed));
    }

    private sealed record Shrunk(int Contender, string Property, Counterexample Counterexample, TimeSpan Elapsed);
}
