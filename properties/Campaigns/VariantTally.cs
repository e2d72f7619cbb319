using System.Collections.Immutable;
using System.Diagnostics;
using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Properties.Campaigns;

/// <summary>
/// What the histories run on one variant come to. Workers finish them in any order; they are added in order, so that
/// what is kept does not depend on who was faster.
/// </summary>
internal sealed class VariantTally
{
    /// <summary>Histories kept of each way to fail: one signature may hide several bugs.</summary>
    private const int HistoriesOfSignature = 6;

    /// <summary>Ways to fail kept of each property.</summary>
    private const int SignaturesOfProperty = 8;

    private readonly Contender _contender;
    private readonly CampaignOptions _options;
    private readonly System.Threading.Lock _adding = new();
    private readonly Dictionary<int, HistoryTally> _early = [];
    private readonly List<Broken> _broken = [];
    private readonly SurvivalCurve _survival;
    private readonly MeasureSums _measured;
    private int _next;
    private volatile bool _isFull;
    private long _histories;
    private long _executions;
    private long _steps;
    private long _elapsed;
    private long _failures;

    internal VariantTally(Contender contender, CampaignOptions options)
    {
        _contender = contender;
        _options = options;
        _survival = new SurvivalCurve(options.Schedules);
        _measured = new MeasureSums(contender.Family.Measures);
    }

    /// <summary>True once the variant has taken all the steps that it may: what is added from here on is not counted.</summary>
    internal bool IsFull => _isFull;

    /// <summary>Adds a history, or keeps it until all before it have been added. Any worker may call.</summary>
    internal VariantProgress Add(HistoryTally tally)
    {
        lock (_adding)
        {
            _early.Add(tally.History, tally);
            while (_early.Remove(_next, out HistoryTally? next))
            {
                AddNext(next);
                _next++;
            }

            return new VariantProgress(_contender.Variant.Name, _histories, _executions, _steps, _failures);
        }
    }

    /// <summary>
    /// The failing executions to shrink: in the first round one for each way to fail, then a second one, and so on.
    /// </summary>
    internal IEnumerable<Candidate> Candidates(int contender) => _broken.SelectMany(broken =>
        Enumerable.Range(0, HistoriesOfSignature)
            .SelectMany(round => broken.Sightings
                .Where(same => round < same.Count)
                .Select(same => new Candidate(contender, round, same[round])))
            .Take(_options.Candidates));

    internal VariantResult Result(
        IReadOnlyDictionary<string, ImmutableArray<Counterexample>> counterexamples, ImmutableArray<Recurrence> recurrences, TimeSpan shrinking)
    {
        double seconds = _elapsed / (double)Stopwatch.Frequency;
        return new VariantResult(
            _contender.Family,
            _contender.Variant,
            _histories,
            _executions,
            _steps,
            [
                .. PropertiesInOrder(recurrences).Select(property => VerdictOn(property, counterexamples.GetValueOrDefault(property, [])) with
                {
                    Known = [.. recurrences.Where(one => one.Property == property).Select(one => one.Case.Name).Order(StringComparer.Ordinal)],
                }),
            ],
            _survival.Points(),
            new Timing(seconds, Rate(_executions, seconds), Rate(_steps, seconds), shrinking.TotalSeconds))
        {
            Measures = _measured.Results,
        };
    }

    private static double Rate(long count, double seconds) => seconds > 0 ? count / seconds : 0;

    private void AddNext(HistoryTally tally)
    {
        if (_isFull)
        {
            return;
        }

        _executions += tally.Executions;
        _steps += tally.Steps;
        _elapsed += tally.Elapsed;
        _isFull = _steps >= _options.StepsPerVariant;
        _measured.Add(tally.Measured);
        if (tally.IsComplete)
        {
            _histories++;
            _survival.Add(tally.FirstFailure);
        }

        foreach ((string property, long failures, int first) in tally.Broken)
        {
            Broken broken = BrokenOf(property);
            _failures += failures;
            broken.Failures += failures;
            if (broken.First < 0)
            {
                broken.First = ((long)tally.History * _options.Schedules) + first;
            }
        }

        foreach (Sighting sighting in tally.Sightings)
        {
            Keep(BrokenOf(sighting.Property).Sightings, sighting);
        }
    }

    private static void Keep(List<List<Sighting>> sightings, Sighting sighting)
    {
        (FailureKind, string) signature = sighting.Failure.Signature;
        List<Sighting>? same = sightings.Find(list => list[0].Failure.Signature == signature);
        if (same is null)
        {
            if (sightings.Count < SignaturesOfProperty)
            {
                sightings.Add([sighting]);
            }
        }
        else
        {
            KeepIfMadeOfLess(same, sighting);
        }
    }

    /// <summary>
    /// Keeps the histories that are made of least, and none that is made of all that another is and more: so that
    /// what is shrunk can come to different bugs, where a bug that shows in most histories would hide a rare one.
    /// </summary>
    private static void KeepIfMadeOfLess(List<Sighting> same, Sighting sighting)
    {
        if (same.Exists(kept => kept.Ingredients.AreAmong(sighting.Ingredients)))
        {
            return;
        }

        same.RemoveAll(kept => sighting.Ingredients.AreAmong(kept.Ingredients));
        int place = same.FindIndex(kept => kept.Ingredients.Count > sighting.Ingredients.Count);
        same.Insert(place < 0 ? same.Count : place, sighting);
        if (same.Count > HistoriesOfSignature)
        {
            same.RemoveAt(HistoriesOfSignature);
        }
    }

    private Broken BrokenOf(string property)
    {
        Broken? broken = _broken.Find(known => known.Property == property);
        if (broken is null)
        {
            broken = new Broken(property);
            _broken.Add(broken);
        }

        return broken;
    }

    /// <summary>The family's, and then whatever else was broken: no failure goes unreported.</summary>
    private IEnumerable<string> PropertiesInOrder(ImmutableArray<Recurrence> recurrences) =>
        _contender.Family.Properties
            .Concat(PropertyNames.All.Where(name => _broken.Exists(broken => broken.Property == name) || recurrences.Any(one => one.Property == name)))
            .Distinct();

    private Verdict VerdictOn(string property, ImmutableArray<Counterexample> counterexamples)
    {
        Broken? broken = _broken.Find(known => known.Property == property);
        long failures = broken?.Failures ?? 0;
        return new Verdict(
            property,
            _contender.Variant.ExpectedOf(property),
            _executions,
            failures,
            broken?.First ?? -1,
            ClopperPearson.Interval95(failures, _executions),
            counterexamples);
    }

    /// <summary>How a promise was broken, as far as it was.</summary>
    private sealed class Broken(string property)
    {
        internal string Property { get; } = property;

        internal long Failures { get; set; }

        internal long First { get; set; } = -1;

        /// <summary>For each way to fail, in the order in which they were first seen.</summary>
        internal List<List<Sighting>> Sightings { get; } = [];
    }
}
