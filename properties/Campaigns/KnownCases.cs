using Variants.Harness.Engine;
using Variants.Harness.Strategies;
using Variants.Properties.Promises;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Campaigns;

/// <summary>
/// What is known of a family, tried before anything random: each of its cases on every contender of the family, under
/// its own schedule and, where it was found on another design, whose steps that schedule does not fit, under as many as
/// the campaign gives to each history. The first failure ends a case.
/// </summary>
/// <remarks>
/// These executions are counted nowhere: they were chosen, and a rate of failures is of random histories.
/// </remarks>
internal sealed class KnownCases(IReadOnlyList<Contender> contenders, CampaignOptions options, CampaignProgress progress, SetAside setAside)
{
    /// <summary>Before all histories: a complaint about one of these comes first.</summary>
    private const long BeforeExploration = -1;

    private const int ExpectedSteps = 100;

    private readonly List<Recurrence>[] _recurrences = [.. contenders.Select(_ => new List<Recurrence>())];
    private readonly List<Shrunk>[] _shrunk = [.. contenders.Select(_ => new List<Shrunk>())];

    /// <summary>What failed again, in the order of contenders and cases.</summary>
    internal IEnumerable<Recurrence> Recurrences => Reliable(_recurrences);

    /// <summary>A counterexample for each of them that says something new, as small as the campaign makes its own.</summary>
    internal IEnumerable<Shrunk> Shrunk => Reliable(_shrunk);

    /// <summary>Tries them all; what comes of it does not depend on the number of jobs.</summary>
    internal void Run(CancellationToken cancel)
    {
        if (options.Known.IsEmpty)
        {
            return;
        }

        progress.BeginRemembering(contenders.Count);
        int taken = -1;
        Workers.Run(
            Math.Min(options.Jobs, contenders.Count),
            stop =>
            {
                Strategy[] strategies = Exploration.StrategiesOf(options);
                for (int one = Interlocked.Increment(ref taken); one < contenders.Count && !stop.IsCancellationRequested; one = Interlocked.Increment(ref taken))
                {
                    try
                    {
                        Run(one, strategies, stop);
                    }
                    catch (VariantException problem) when (setAside.Add(one, BeforeExploration, problem))
                    {
                        // The others go on.
                    }

                    progress.OneRemembered();
                }
            },
            cancel);
    }

    private void Run(int one, Strategy[] strategies, CancellationToken cancel)
    {
        Contender contender = contenders[one];
        var bed = new TestBed(contender);
        // Those that this very design is known by come first: they fail at once, and are as small as they can be.
        IEnumerable<(KnownCase Case, int Number)> cases = options.Known
            .Select((known, number) => (known, number))
            .Where(numbered => numbered.known.History.Family == contender.Family.Name)
            .OrderBy(numbered => numbered.known.Variant != contender.Variant.Name);
        foreach ((KnownCase known, int number) in cases)
        {
            bool isItsOwn = known.Variant == contender.Variant.Name;
            int executions = isItsOwn ? 1 : 1 + options.Schedules;
            for (int execution = 0; execution < executions && !cancel.IsCancellationRequested; execution++)
            {
                Strategy strategy = execution == 0 ? new Replay(known.Schedule) : strategies[(execution - 1) % strategies.Length];
                ulong seed = Exploration.SeedOf(options, number, execution);
                strategy.Begin(seed, ExpectedSteps);
                if (bed.Run(known.History, strategy) is not { } failure)
                {
                    continue;
                }

                string property = PropertyList.NameOfBroken(failure);
                _recurrences[one].Add(new Recurrence(contender.Variant.Name, property, known, execution + 1));
                if (isItsOwn || !_shrunk[one].Exists(other => other.Property == property))
                {
                    strategy.Begin(seed, ExpectedSteps);
                    _shrunk[one].Add(new Shrunk(one, property, Counterexample(bed, known, strategy, failure, isItsOwn, seed, cancel), TimeSpan.Zero));
                }

                break;
            }
        }
    }

    private Counterexample Counterexample(
        TestBed bed, KnownCase known, Strategy strategy, Failure failure, bool isSmallest, ulong seed, CancellationToken cancel)
    {
        Counterexample found = Shrinker.Shrink(
            bed, known.History, strategy, failure, isSmallest ? 1 : options.ShrinkExecutions, seed, known: [], cancel);
        return isSmallest && known.Shrinking is { } shrinking ? found with { Shrinking = shrinking } : found;
    }

    private IEnumerable<T> Reliable<T>(List<T>[] found) => found.Where((_, contender) => !setAside.Contains(contender)).SelectMany(all => all);
}
