using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Properties.Verification;

/// <summary>Every interleaving of one history on one variant, or all of so many preemptions.</summary>
internal sealed class HistoryProof
{
    /// <summary>A history that fails need not be finished: but its next executions may show other failures.</summary>
    private const int ExecutionsAfterFailure = 2_000;

    private readonly TestBed _bed;
    private OptimalDpor _dpor = new();
    private readonly PreemptionBounded? _bounded;

    internal HistoryProof(TestBed bed, int? preemptions)
    {
        _bed = bed;
        _bounded = preemptions is { } most ? new PreemptionBounded(bed.Machine.Smp.Explored, most) : null;
    }

    /// <summary>Explores a history: all of it, unless it takes more than <paramref name="most"/> executions, or fails.</summary>
    internal HistoryOutcome Explore(History history, int most, CancellationToken cancel) =>
        _bounded is null ? ExploreTraces(history, most, cancel) : ExploreBounded(history, most, cancel);

    private HistoryOutcome ExploreTraces(History history, int most, CancellationToken cancel)
    {
        long before = Total;
        long cut = _dpor.Cut;
        var failures = new Failures(_bed);
        bool finished = false;
        long limit = most;
        while (!cancel.IsCancellationRequested && Total - before < limit && !(finished = !_dpor.Begin(0, 0)))
        {
            Failure? failure = _bed.Run(history, _dpor);
            if (failure is not null && !_dpor.LastWasRedundant && failures.IsNew(failure))
            {
                failures.Add(failure, _dpor.Cpus);
                limit = Math.Min(limit, Total - before + ExecutionsAfterFailure);
            }
        }

        var outcome = new HistoryOutcome(Total - before, finished && _dpor.Cut == cut, _dpor.Cut - cut, failures.Schedules(history));
        if (!finished)
        {
            // One that is left in the middle cannot turn to another program.
            _dpor = new OptimalDpor();
        }

        return outcome;
    }

    private HistoryOutcome ExploreBounded(History history, int most, CancellationToken cancel)
    {
        PreemptionBounded search = _bounded!;
        search.Restart(history.Actors.Count(actor => !actor.IsEmpty) > 1);
        var failures = new Failures(_bed);
        long executions = 0;
        long cut = 0;
        bool finished = false;
        long limit = most;
        while (!cancel.IsCancellationRequested && executions < limit && !(finished = !search.Begin(0, 0)))
        {
            Failure? failure = _bed.Run(history, search);
            executions++;
            if (_bed.Steps >= _bed.Machine.Smp.Checks.FairAfter)
            {
                cut++;
            }

            if (failure is not null && failures.IsNew(failure))
            {
                failures.Add(failure, search.Choices);
                limit = Math.Min(limit, executions + ExecutionsAfterFailure);
            }
        }

        return new HistoryOutcome(executions, finished && cut == 0, cut, failures.Found);
    }

    private long Total => _dpor.Executions + _dpor.Deadlocks;

    /// <summary>The first execution of each way to fail.</summary>
    private sealed class Failures(TestBed bed)
    {
        private readonly List<FoundFailure> _found = [];

        internal ImmutableArray<FoundFailure> Found => [.. _found];

        internal bool IsNew(Failure failure) => !_found.Exists(known => known.Failure.Signature == failure.Signature);

        internal void Add(Failure failure, ImmutableArray<int> schedule) =>
            _found.Add(new FoundFailure(PropertyList.BrokenBy(failure).Name, failure, schedule));

        /// <summary>
        /// What was found as CPUs step by step, as schedules that replay it. Without the exploration a circle of waits is
        /// seen as it closes, so that another failure may come first: then that one is what the schedule shows.
        /// </summary>
        internal ImmutableArray<FoundFailure> Schedules(History history)
        {
            int setup = bed.Steps - bed.ActorSteps;
            var replayed = new List<FoundFailure>();
            foreach (FoundFailure found in _found)
            {
                var follow = new Follow(found.Schedule, setup);
                bed.Run(history, follow);
                var replay = new Replay([.. follow.Choices]);
                replay.Begin(0, 0);
                Failure failure = bed.Run(history, replay) ?? found.Failure;
                replayed.Add(new FoundFailure(PropertyList.BrokenBy(failure).Name, failure, follow.Choices));
            }

            return [.. replayed.DistinctBy(found => found.Failure.Signature)];
        }
    }

    /// <summary>Runs the CPUs in an order given step by step, and writes down the choices that lead to it.</summary>
    private sealed class Follow(ImmutableArray<int> cpus, int setup) : Strategy
    {
        private readonly List<int> _choices = [];

        public override string Name => "follow";

        internal ImmutableArray<int> Choices => [.. _choices];

        public override bool Begin(ulong seed, int expectedSteps) => true;

        public override int Choose(uint enabled, ExploredClock clock)
        {
            // The clock has counted the step that is being chosen, and those of the setup.
            int step = clock.Steps - 1 - setup;
            int cpu = step >= 0 && step < cpus.Length && (enabled >> cpus[step] & 1) != 0 ? cpus[step] : clock.Decode(enabled, 0);
            _choices.Add(clock.Encode(enabled, cpu));
            return cpu;
        }
    }
}

/// <summary>What exploring a history came to.</summary>
/// <param name="Executions">Executions, each of another trace or schedule.</param>
/// <param name="IsComplete">True if they were all that there are.</param>
/// <param name="Cut">Executions of which not every order was explored.</param>
/// <param name="Failures">Each way to fail that was seen, and a schedule that shows it.</param>
internal sealed record HistoryOutcome(long Executions, bool IsComplete, long Cut, ImmutableArray<FoundFailure> Failures);

/// <summary>A failure and how to have it again.</summary>
/// <param name="Property">The promise it breaks.</param>
/// <param name="Failure">What goes wrong.</param>
/// <param name="Schedule">Choices.</param>
internal sealed record FoundFailure(string Property, Failure Failure, ImmutableArray<int> Schedule);
