using System.Collections.Immutable;
using System.Diagnostics;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>
/// How far a variant comes in a time, on each machine of a scope. Size by size, every history is looked at on each machine; then
/// those that are not finished are explored further, for a part of the time only: one of them can take more than all larger ones
/// together. The time that is left in the end is theirs.
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
            foreach (Ladder ladder in ladders)
            {
                ladder.LookAt(size);
            }

            foreach (Ladder ladder in ladders.Where(one => !one.Fails))
            {
                ladder.ExploreFurther(size, Left * ShareOfUnfinished);
            }
        }

        for (int size = 1; size <= most.Operations; size++)
        {
            foreach (Ladder ladder in ladders)
            {
                ladder.ExploreFurther(size, Left);
            }
        }

        return [.. ladders.Select(ladder => ladder.Reached)];
    }

    private Scope Scope => most;

    private bool IsCancelled => cancel.IsCancellationRequested;

    private TimeSpan Left => budget - Stopwatch.GetElapsedTime(_startedAt);

    private VerifyState Explore(Scope scope, VerifyState begun, TimeSpan time) =>
        new Verifier(contender, scope, begun, progress) { Explored = _explored }.Run(jobs, time, cancel);

    /// <summary>One machine, and the sizes it has come to.</summary>
    private sealed class Ladder(ProofSurvey survey, VerifyState nothing)
    {
        /// <summary>What came of all histories up to each size, from none at all.</summary>
        private ImmutableArray<VerifyState> _states = [nothing];

        /// <summary>The largest size of which, as of all before it, no history can be explored further.</summary>
        private int _whole;

        /// <summary>What the next size takes at least.</summary>
        private TimeSpan _least;
        private TimeSpan _elapsed;
        private bool _isAtEnd;

        internal bool Fails => !_states[^1].Failures.IsEmpty;

        internal ProofReach Reached => new(_states.Length - 1, _states.Count(state => state.IsProved), _states[^1], _elapsed);

        /// <summary>Looks at all histories of a size, unless time cannot suffice for it.</summary>
        internal void LookAt(int size)
        {
            _isAtEnd = _isAtEnd || _least > survey.Left;
            if (_isAtEnd)
            {
                return;
            }

            long startedAt = Stopwatch.GetTimestamp();
            if (Explore(size, survey.ExecutionsAtFirst, _states[^1], survey.Left) is not { } state)
            {
                _isAtEnd = true;
                return;
            }

            // There are about as many times more histories of the next size, and none of them takes less: a quarter of that is
            // more than enough for what was cold this time.
            long last = size > 1 ? _states[^1].Histories - _states[^2].Histories : 0;
            _least = Stopwatch.GetElapsedTime(startedAt) * ((state.Histories - _states[^1].Histories) / Math.Max(1, last)) / 4;
            _elapsed += Stopwatch.GetElapsedTime(startedAt);
            _states = _states.Add(state);
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
                    if (Explore(next, executions, states[^1], time - Stopwatch.GetElapsedTime(startedAt)) is not { } state)
                    {
                        return;
                    }

                    states = states.Add(state);
                }

                _elapsed += Stopwatch.GetElapsedTime(startedAt);
                _states = states;
            }

            _whole = size;
        }

        /// <summary>What comes of all histories up to a size, after those of the smaller ones; null if there is not enough time.</summary>
        private VerifyState? Explore(int size, int executions, VerifyState begun, TimeSpan time)
        {
            Scope scope = survey.Scope with { Operations = size, ExecutionsOfHistory = Math.Min(executions, survey.Scope.ExecutionsOfHistory) };
            if (time <= TimeSpan.Zero || survey.IsCancelled)
            {
                return null;
            }

            // The histories of a larger scope begin with those of a smaller one.
            VerifyState state = survey.Explore(scope, begun with { IsDone = false }, time);
            return state.IsDone ? state : null;
        }
    }
}
