using System.Diagnostics;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Generation;

namespace Variants.Properties.Campaigns;

/// <summary>
/// Every contender under every history, each under many schedules. The unit of work is one history on one variant,
/// all of whose schedules run in order on one worker, so that no result depends on how many workers there are.
/// </summary>
internal sealed class Exploration
{
    /// <summary>How long an execution is taken to be before one has been seen, in steps.</summary>
    private const int StepsAtFirst = 100;

    private readonly IReadOnlyList<Contender> _contenders;
    private readonly CampaignOptions _options;
    private readonly CampaignProgress _progress;
    private readonly VariantTally[] _tallies;
    private readonly SetAside _setAside;
    private readonly System.Threading.Lock _taking = new();
    private int _contender;
    private int _history;
    private long _startedAt;

    internal Exploration(IReadOnlyList<Contender> contenders, CampaignOptions options, CampaignProgress progress, SetAside setAside)
    {
        _contenders = contenders;
        _options = options;
        _progress = progress;
        _setAside = setAside;
        _tallies = [.. contenders.Select(contender => new VariantTally(contender, options))];
    }

    /// <summary>Runs it all, or as much as it can until it is cancelled.</summary>
    internal IReadOnlyList<VariantTally> Run(CancellationToken cancel)
    {
        Workers.Run(_options.Jobs, Work, cancel);
        return _tallies;
    }

    /// <summary>The strategies of a campaign, in rotation: new ones, for the use of one thread.</summary>
    internal static Strategy[] StrategiesOf(CampaignOptions options) => [.. options.Strategies.Select(KnownStrategies.Create)];

    /// <summary>The seed of one execution.</summary>
    internal static ulong SeedOf(CampaignOptions options, int history, int schedule) =>
        Seeds.Of(options.Seed, (ulong)history, (ulong)schedule);

    private void Work(CancellationToken cancel)
    {
        Strategy[] strategies = StrategiesOf(_options);
        TestBed? bed = null;
        while (!cancel.IsCancellationRequested && Take() is var (contender, history))
        {
            try
            {
                if (bed is null || bed.Contender != _contenders[contender])
                {
                    bed = new TestBed(_contenders[contender]);
                }

                HistoryTally tally = Explore(bed, history, strategies, cancel);
                _progress.Update(contender, _tallies[contender].Add(tally));
            }
            catch (VariantException problem) when (_setAside.Add(contender, history, problem))
            {
                bed = null;
            }
        }
    }

    /// <summary>The next history of the variant that is being run, or the first of the next variant.</summary>
    private (int Contender, int History)? Take()
    {
        lock (_taking)
        {
            while (_contender < _contenders.Count)
            {
                if (HasMoreHistories())
                {
                    return (_contender, _history++);
                }

                _contender++;
                _history = 0;
            }

            return null;
        }
    }

    private bool HasMoreHistories()
    {
        if (_tallies[_contender].IsFull || _setAside.Contains(_contender))
        {
            return false;
        }

        if (_options.BudgetPerVariant is not { } budget)
        {
            return _history < _options.Histories;
        }

        if (_history == 0)
        {
            _startedAt = Stopwatch.GetTimestamp();
        }

        return _history == 0 || (Stopwatch.GetElapsedTime(_startedAt) < budget && _history < int.MaxValue);
    }

    private HistoryTally Explore(TestBed bed, int number, Strategy[] strategies, CancellationToken cancel)
    {
        History history = HistoryGenerator.Generate(bed.Contender.Family, _options.Seed, number);
        var tally = new HistoryTally(number, Ingredients.Of(history), bed.Contender.Family.Measures);
        int expectedSteps = StepsAtFirst;
        long steps = 0;
        long startedAt = Stopwatch.GetTimestamp();
        int schedule = 0;
        while (schedule < _options.Schedules && !cancel.IsCancellationRequested)
        {
            Strategy strategy = strategies[schedule % strategies.Length];
            strategy.Begin(SeedOf(_options, number, schedule), expectedSteps);
            Failure? failure = bed.Run(history, strategy);
            steps += bed.Steps;
            if (failure is not null)
            {
                tally.Note(failure, schedule, expectedSteps);
            }
            else
            {
                // Only of executions that ended well: one that hangs says nothing of how long they are, or what they cost.
                expectedSteps = schedule == 0 ? bed.ActorSteps : Math.Max(bed.ActorSteps, expectedSteps);
                tally.Measured.Add(bed.Machine);
            }

            schedule++;
        }

        tally.Elapsed = Stopwatch.GetTimestamp() - startedAt;
        tally.Executions = schedule;
        tally.Steps = steps;
        tally.IsComplete = schedule == _options.Schedules;
        return tally;
    }
}
