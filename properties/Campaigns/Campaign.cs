using System.Collections.Immutable;
using Variants.Properties.Shrinking;
using Variants.Properties.Verification;

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
    /// <exception cref="VariantException">A variant of ours failed outside of an execution; a user's is set aside.</exception>
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
        var setAside = new SetAside(contenders);
        var known = new KnownCases(contenders, options, progress, setAside);
        known.Run(cancel);
        progress.Recur(known.Recurrences);
        IReadOnlyList<VariantTally> tallies = new Exploration(contenders, options, progress, setAside).Run(cancel);
        IReadOnlyList<Shrunk> shrunk = new ShrinkRounds(contenders, options, progress, setAside).Run(tallies, known.Shrunk, cancel);
        VariantResult[] results = [.. tallies.Select((tally, variant) => ResultOf(
            tally, shrunk.Where(one => one.Contender == variant), known.Recurrences.Where(one => one.Variant == contenders[variant].Variant.Name)))];
        if (options.CertifyExecutions > 0)
        {
            Each(results, options, setAside, result => Certified(result, options, cancel));
        }

        if (options.Small is not null && !cancel.IsCancellationRequested)
        {
            progress.BeginProving(results.Length);
            int jobsOfEach = Math.Max(1, options.Jobs / Math.Max(1, results.Length));
            Each(results, options, setAside, result => Proved(result, options, jobsOfEach, progress, cancel));
        }

        return new CampaignResult(options, [.. results.Where((_, contender) => !setAside.Contains(contender))], cancel.IsCancellationRequested)
        {
            SetAside = [.. setAside.All],
        };
    }

    /// <summary>Goes on with each variant, side by side.</summary>
    private static void Each(VariantResult[] results, CampaignOptions options, SetAside setAside, Func<VariantResult, VariantResult> goOn)
    {
        int taken = -1;
        Workers.Run(
            Math.Min(options.Jobs, results.Length),
            stop =>
            {
                for (int one = Interlocked.Increment(ref taken); one < results.Length && !stop.IsCancellationRequested; one = Interlocked.Increment(ref taken))
                {
                    if (setAside.Contains(one))
                    {
                        continue;
                    }

                    try
                    {
                        results[one] = goOn(results[one]);
                    }
                    catch (VariantException problem) when (setAside.Add(one, long.MaxValue, problem))
                    {
                        // The others go on.
                    }
                }
            },
            CancellationToken.None);
    }

    private static VariantResult Certified(VariantResult result, CampaignOptions options, CancellationToken cancel)
    {
        if (result.Verdicts.All(verdict => verdict.Counterexamples.IsEmpty))
        {
            return result;
        }

        var bed = new TestBed(new Contender(result.Family, result.Variant));
        return result with
        {
            Verdicts =
            [
                .. result.Verdicts.Select(verdict => verdict with
                {
                    Counterexamples = Distinctness.Smallest(verdict.Counterexamples.Select(
                        found => Certifier.Certify(bed, found, options.ShrinkExecutions, options.CertifyExecutions, cancel))),
                }),
            ],
        };
    }

    private static VariantResult Proved(
        VariantResult result, CampaignOptions options, int jobs, CampaignProgress progress, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return result;
        }

        VariantResult proved = ProvedBounds.Add(result, options, jobs, progress.Prove, cancel);
        progress.OneProved();
        return proved;
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

    private static VariantResult ResultOf(VariantTally tally, IEnumerable<Shrunk> shrunk, IEnumerable<Recurrence> recurrences)
    {
        Shrunk[] all = [.. shrunk];
        Dictionary<string, ImmutableArray<Counterexample>> counterexamples = all
            .GroupBy(one => one.Property, one => one.Counterexample)
            .ToDictionary(found => found.Key, Distinctness.Smallest);
        return tally.Result(counterexamples, [.. recurrences], all.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Elapsed));
    }
}
