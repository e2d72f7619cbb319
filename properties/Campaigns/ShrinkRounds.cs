using System.Diagnostics;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Generation;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Campaigns;

/// <summary>
/// Shrinks what exploration has found, round after round, those of one round side by side. What a round has found is
/// known to the next, so that a bug which shows in many histories is not shrunk to the end every time.
/// </summary>
internal sealed class ShrinkRounds
{
    /// <summary>More than there are histories: a complaint about one of those comes first.</summary>
    private const long AfterExploration = 1L << 40;

    private readonly IReadOnlyList<Contender> _contenders;
    private readonly CampaignOptions _options;
    private readonly CampaignProgress _progress;
    private readonly SetAside _setAside;
    private readonly List<Shrunk> _shrunk = [];

    internal ShrinkRounds(IReadOnlyList<Contender> contenders, CampaignOptions options, CampaignProgress progress, SetAside setAside)
    {
        _contenders = contenders;
        _options = options;
        _progress = progress;
        _setAside = setAside;
    }

    /// <summary>
    /// Shrinks the candidates of all variants, and answers with them and what is <paramref name="known"/> already. Once
    /// cancelled, each is only run again, to have something to show.
    /// </summary>
    internal IReadOnlyList<Shrunk> Run(IReadOnlyList<VariantTally> tallies, IEnumerable<Shrunk> known, CancellationToken cancel)
    {
        _shrunk.AddRange(known);
        Candidate[] all = [.. tallies.SelectMany((tally, contender) => _setAside.Contains(contender) ? [] : tally.Candidates(contender))];
        _progress.BeginShrinking(all.Length);
        foreach (IGrouping<int, Candidate> round in all.GroupBy(candidate => candidate.Round).OrderBy(round => round.Key))
        {
            _shrunk.AddRange(ShrinkRound([.. round], cancel));
        }

        return _shrunk;
    }

    /// <summary>The results are in the order of the candidates, whoever was faster.</summary>
    private IEnumerable<Shrunk> ShrinkRound(Candidate[] candidates, CancellationToken cancel)
    {
        var results = new Shrunk?[candidates.Length];
        int taken = -1;
        Workers.Run(Math.Min(_options.Jobs, candidates.Length), Work, CancellationToken.None);
        return results.OfType<Shrunk>();

        void Work(CancellationToken stop)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop);
            Strategy[] strategies = Exploration.StrategiesOf(_options);
            int one;
            while (!stop.IsCancellationRequested && (one = Interlocked.Increment(ref taken)) < candidates.Length)
            {
                if (_setAside.Contains(candidates[one].Contender))
                {
                    continue;
                }

                try
                {
                    results[one] = Shrink(candidates[one], strategies, enough.Token);
                }
                catch (VariantException problem) when (_setAside.Add(candidates[one].Contender, AfterExploration + one, problem))
                {
                    // The others go on.
                }

                _progress.OneShrunk(results[one]?.Counterexample);
            }
        }
    }

    private Shrunk Shrink(Candidate candidate, Strategy[] strategies, CancellationToken cancel)
    {
        long startedAt = Stopwatch.GetTimestamp();
        Sighting sighting = candidate.Sighting;
        Contender contender = _contenders[candidate.Contender];
        ulong seed = Exploration.SeedOf(_options, sighting.History, sighting.Schedule);
        Strategy strategy = strategies[sighting.Schedule % strategies.Length];
        strategy.Begin(seed, sighting.ExpectedSteps);
        History history = HistoryGenerator.Generate(contender.Family, _options.Seed, sighting.History);
        Counterexample counterexample = Shrinker.Shrink(
            new TestBed(contender),
            history,
            strategy,
            sighting.Failure,
            _options.ShrinkExecutions,
            seed,
            [.. _shrunk.Where(other => other.IsOf(candidate)).Select(other => other.Counterexample)],
            cancel);
        return new Shrunk(candidate.Contender, sighting.Property, counterexample, Stopwatch.GetElapsedTime(startedAt));
    }
}

/// <summary>A failing execution that is to be shrunk.</summary>
/// <param name="Contender">The contender that fails, by place.</param>
/// <param name="Round">How many of its failures of the same kind come before it.</param>
/// <param name="Sighting">The execution.</param>
internal sealed record Candidate(int Contender, int Round, Sighting Sighting);

/// <summary>A failing execution, shrunk.</summary>
/// <param name="Contender">The contender that fails, by place.</param>
/// <param name="Property">The promise it breaks.</param>
/// <param name="Counterexample">What is left of it.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record Shrunk(int Contender, string Property, Counterexample Counterexample, TimeSpan Elapsed)
{
    /// <summary>True if it is of the same contender and breaks the same promise.</summary>
    internal bool IsOf(Candidate candidate) => Contender == candidate.Contender && Property == candidate.Sighting.Property;
}
