using System.Collections.Immutable;
using System.Diagnostics;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>
/// How far a variant comes in a time, on each machine of a scope. Size by size, every history is looked at on each machine; then
/// those that are not finished are explored further, for a part of the time only: one of them can take more than all larger ones
/// together. Of the time that is left in the end half is theirs, and half that of histories of the next size, those with the
/// fewest operations outside the setup first.
/// </summary>
/// <param name="contender">The variant.</param>
/// <param name="most">The largest size, and the executions that a history may take.</param>
/// <param name="jobs">Workers.</param>
/// <param name="budget">The time for all machines.</param>
/// <param name="progress">Told after every history.</param>
/// <param name="cancel">Ends it early.</param>
public sealed class ProofSurvey(
    Contender contender, Scope most, int jobs, TimeSpan budget, Action<VerifyState> progress, CancellationToken cancel)
{
    /// <summary>Histories are looked at for so many executions first; then they are explored as far as the scope says.</summary>
    public int ExecutionsAtFirst { get; init; } = 20_000;

    /// <summary>
    /// What histories of a size that are not finished may take of the time that is left, before larger ones are looked at; nothing
    /// where others have failed, as there is nothing to prove.
    /// </summary>
    private const double ShareOfUnfinished = 0.25;

    /// <summary>What they may take of it in the end.</summary>
    private const double ShareInTheEnd = 0.5;

    private readonly ExploredHistories _explored = new(most.MachinesOf(contender.Family)[0]);
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    /// <summary>Looks and explores until time is over, or all is done; in the order of the scope's machines.</summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    /// <exception cref="UnseenSharingException">What its CPUs share cannot be seen.</exception>
    public ImmutableArray<ProofReach> Run()
    {
        ImmutableArray<Ladder> ladders = [.. VerifyState.Begin(contender, most).Select(nothing => new Ladder(this, nothing))];
        for (int size = 1; size <= most.Operations; size++)
        {
            // A smaller machine comes after the usual one, or it would take the time that this one needs for the size.
            foreach (Ladder ladder in ladders.TakeWhile(one => one.HasTimeFor(size)))
            {
                GoOn([ladder], size);
            }

            ExploreFurther(ladders, size, ShareOfUnfinished);
        }

        for (int size = 1; size <= most.Operations; size++)
        {
            ExploreFurther(ladders, size, ShareInTheEnd);
        }

        GoOn(ladders, most.Operations);
        return [.. ladders.Select(ladder => ladder.Reached)];
    }

    /// <summary>Looks at what comes next on each machine, up to a size, the smallest first.</summary>
    private void GoOn(ImmutableArray<Ladder> ladders, int size)
    {
        while (Left > TimeSpan.Zero && !IsCancelled && ladders.Where(one => one.Next.Size <= size).MinBy(one => one.Next) is { } least)
        {
            least.GoOn();
        }
    }

    private void ExploreFurther(ImmutableArray<Ladder> ladders, int size, double share)
    {
        foreach (Ladder ladder in ladders.Where(one => !one.Fails))
        {
            ladder.ExploreFurther(size, Left * share);
        }
    }

    private Scope Scope => most;

    private bool IsCancelled => cancel.IsCancellationRequested;

    private TimeSpan Left => budget - Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>What comes of histories after those of a state.</summary>
    private VerifyState Run(Scope scope, VerifyState begun, IEnumerable<History> following, TimeSpan time) =>
        new Verifier(contender, scope, begun, progress) { Explored = _explored, Following = following }.Run(jobs, time, cancel);

    /// <summary>Histories of one size and of so many operations outside the setup, or up to so many.</summary>
    private IEnumerable<History> Histories(VerifyState state, int size, int least, int parallel) => Enumerable.Range(least, parallel - least + 1)
        .SelectMany(one => SmallHistories.Of(contender.Family, most, state.Machine, size, one));

    /// <summary>One machine, and the sizes it has come to.</summary>
    private sealed class Ladder(ProofSurvey survey, VerifyState nothing)
    {
        /// <summary>What came of all histories up to each size, from none at all.</summary>
        private ImmutableArray<VerifyState> _states = [nothing];

        /// <summary>What came of these and of some of the next size, and how many of their operations are outside the setup.</summary>
        private (int Parallel, VerifyState State)? _beyond;

        /// <summary>The largest size of which, as of all before it, no history can be explored further.</summary>
        private int _whole;
        private TimeSpan _elapsed;
        private TimeSpan _elapsedAtSize;

        /// <summary>What the next size takes at least.</summary>
        private TimeSpan _least;

        internal bool Fails => !Last.Failures.IsEmpty;

        internal ProofReach Reached => new(_states.Length - 1, _states.Count(state => state.IsProved), Last, _elapsed, _beyond?.Parallel);

        /// <summary>The histories that come next: their size, and how many operations are outside the setup.</summary>
        internal (int Size, int Parallel) Next => (_states.Length, _beyond is { } before ? before.Parallel + 1 : 0);

        /// <summary>False if what is left cannot suffice for a size, nor for one before it.</summary>
        internal bool HasTimeFor(int size) => Next.Size == size && _least <= survey.Left;

        private VerifyState Last => _beyond?.State ?? _states[^1];

        /// <summary>Looks at those that come next, or time is over.</summary>
        internal void GoOn()
        {
            long startedAt = Stopwatch.GetTimestamp();
            (int size, int parallel) = Next;
            if (Explore(size, survey.ExecutionsAtFirst, Last, parallel, parallel, survey.Left) is not { } state)
            {
                return;
            }

            _elapsed += Stopwatch.GetElapsedTime(startedAt);
            if (parallel < SmallHistories.MostParallel(survey.Scope, size))
            {
                _beyond = (parallel, state);
                return;
            }

            // There are about as many times more histories of the next size, and none of them takes less: a quarter of that is
            // more than enough for what was cold this time.
            long last = size > 1 ? _states[^1].Histories - _states[^2].Histories : 0;
            _least = (_elapsed - _elapsedAtSize) * ((state.Histories - _states[^1].Histories) / Math.Max(1, last)) / 4;
            _elapsedAtSize = _elapsed;
            _states = _states.Add(state);
            _beyond = null;
        }

        /// <summary>
        /// Explores what was not finished of a size, as far as the scope says, unless a smaller size still waits for that; the larger
        /// sizes keep what they came to, and count these histories anew.
        /// </summary>
        internal void ExploreFurther(int size, TimeSpan time)
        {
            if (size != _whole + 1 || size >= _states.Length)
            {
                return;
            }

            if (_states[size].Unfinished > _states[size - 1].Unfinished && survey.ExecutionsAtFirst < survey.Scope.ExecutionsOfHistory)
            {
                long startedAt = Stopwatch.GetTimestamp();
                ImmutableArray<VerifyState> states = _states[..size];
                for (int next = size; next < _states.Length; next++)
                {
                    int executions = next == size ? survey.Scope.ExecutionsOfHistory : survey.ExecutionsAtFirst;
                    int parallel = SmallHistories.MostParallel(survey.Scope, next);
                    if (Explore(next, executions, states[^1], 0, parallel, time - Stopwatch.GetElapsedTime(startedAt)) is not { } state)
                    {
                        return;
                    }

                    states = states.Add(state);
                }

                _elapsed += Stopwatch.GetElapsedTime(startedAt);
                _elapsedAtSize = _elapsed;
                _states = states;
            }

            _whole = size;
        }

        /// <summary>What comes of histories of a size after those of a state, null if there is not enough time.</summary>
        private VerifyState? Explore(int size, int executions, VerifyState begun, int least, int parallel, TimeSpan time)
        {
            if (time <= TimeSpan.Zero || survey.IsCancelled)
            {
                return null;
            }

            Scope scope = survey.Scope with { Operations = size, ExecutionsOfHistory = Math.Min(executions, survey.Scope.ExecutionsOfHistory) };
            VerifyState state = survey.Run(scope, begun with { IsDone = false }, survey.Histories(begun, size, least, parallel), time);
            return state.IsDone ? state : null;
        }
    }
}
