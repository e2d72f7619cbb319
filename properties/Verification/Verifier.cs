using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>
/// Explores every history of a scope on one variant and machine. Workers take histories in order and finish them in any; what is
/// found is added in order, so that it does not depend on how many workers there are, or on where a run was stopped and
/// gone on with.
/// </summary>
public sealed class Verifier
{
    /// <summary>How many histories may be finished before one that is not: what a killed run has to do again.</summary>
    private const int MostAhead = 4_096;

    /// <summary>Ways to fail that are kept: more of one variant nobody reads.</summary>
    private const int MostFailures = 32;

    private readonly Contender _contender;
    private readonly Scope _scope;
    private readonly System.Threading.Lock _taking = new();
    private readonly System.Threading.Lock _adding = new();
    private readonly Dictionary<long, (History History, HistoryOutcome Outcome)> _early = [];
    private readonly Action<VerifyState> _progress;
    private IEnumerator<History> _histories = Enumerable.Empty<History>().GetEnumerator();
    private LargeHistories? _large;
    private int _exploring;
    private bool _isExhausted;
    private bool _isFull;
    private long _taken;
    private long _added;
    private long _steps;
    private VerifyState _state;

    /// <summary>
    /// To go on where <paramref name="state"/> stopped. <paramref name="progress"/> is told after every history, by
    /// whichever worker, one at a time.
    /// </summary>
    public Verifier(Contender contender, Scope scope, VerifyState state, Action<VerifyState> progress)
    {
        ArgumentNullException.ThrowIfNull(contender);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(progress);
        _contender = contender;
        _scope = scope;
        _state = state;
        _progress = progress;
    }

    /// <summary>
    /// Take no further history after so many steps of those before it: what is explored follows from the variant, and not
    /// from the machine.
    /// </summary>
    public long MostSteps { get; init; } = long.MaxValue;

    /// <summary>The histories of the scope that come after those of the state, if somebody knows; null to go through them all.</summary>
    internal IEnumerable<History>? Following { get; init; }

    /// <summary>What histories came to; it is added to. Null to explore them all.</summary>
    public ExploredHistories? Explored { get; init; }

    /// <summary>After so many executions of a history any worker may take part in exploring it.</summary>
    internal int ExecutionsAlone { get; init; } = LargeHistories.UsuallyAlone;

    /// <summary>Explores what is left, until all is done, the budget has ended or it is cancelled.</summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    /// <exception cref="UnseenSharingException">What its CPUs share cannot be seen.</exception>
    public VerifyState Run(int jobs, TimeSpan? budget, CancellationToken cancel)
    {
        if (_state.IsDone)
        {
            return _state;
        }

        _histories = (Following ?? SmallHistories.Of(_contender.Family, _scope, _state.Machine).Skip(checked((int)_state.Histories))).GetEnumerator();
        _taken = _state.Histories;

        _added = _taken;
        _large = new LargeHistories(_contender, ExecutionsAlone);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (budget is { } time)
        {
            stop.CancelAfter(time);
        }

        Workers.Run(jobs, Work, stop.Token);
        if (_isExhausted && _added == _taken)
        {
            _state = _state with { IsDone = true };
        }

        _progress(_state);
        return _state;
    }

    private void Work(CancellationToken cancel)
    {
        var proof = new HistoryProof(new TestBed(_contender), _scope.Preemptions, _large!);
        while (!cancel.IsCancellationRequested && Take(cancel) is var (number, history))
        {
            HistoryOutcome outcome = Known(number) ?? proof.Explore(history, _scope.ExecutionsOfHistory, cancel);
            if (!cancel.IsCancellationRequested)
            {
                Add(number, history, outcome);
            }

            Interlocked.Decrement(ref _exploring);
        }

        while (!cancel.IsCancellationRequested && Volatile.Read(ref _exploring) > 0)
        {
            HelpOrWait();
        }
    }

    /// <summary>What earlier explorations say of a history; null if nothing.</summary>
    private HistoryOutcome? Known(long number)
    {
        if (Explored is null)
        {
            return null;
        }

        lock (_adding)
        {
            return Explored.Of(_state.Machine, number, _scope.ExecutionsOfHistory);
        }
    }

    private void HelpOrWait()
    {
        if (!_large!.Help())
        {
            Thread.Sleep(1);
        }
    }

    private (long, History)? Take(CancellationToken cancel)
    {
        while (true)
        {
            lock (_taking)
            {
                long ahead = _taken - Volatile.Read(ref _added);
                bool isOver = Volatile.Read(ref _steps) >= MostSteps;
                _isFull |= isOver && ahead > 0;
                if (!_isFull && ahead < MostAhead)
                {
                    // Whether a history is left is known only by asking for it: one that is not taken then ends the search.
                    _isExhausted = !_histories.MoveNext();
                    _isFull = isOver && !_isExhausted;
                    if (_isExhausted || _isFull)
                    {
                        return null;
                    }

                    Interlocked.Increment(ref _exploring);
                    return (_taken++, _histories.Current);
                }

                if (_isFull)
                {
                    return null;
                }
            }

            if (cancel.IsCancellationRequested)
            {
                return null;
            }

            HelpOrWait();
        }
    }

    private void Add(long number, History history, HistoryOutcome outcome)
    {
        lock (_adding)
        {
            _early.Add(number, (history, outcome));
            while (_steps < MostSteps && _early.Remove(_added, out (History History, HistoryOutcome Outcome) next))
            {
                if (next.Outcome.Missed is { } missed)
                {
                    throw Unseen(next.History, missed);
                }

                HistoryOutcome told = WithNewFailures(next.Outcome);
                Explored?.Note(_state.Machine, _added, _scope.ExecutionsOfHistory, told);
                _state = With(_state, next.History, told);
                Volatile.Write(ref _steps, _steps + next.Outcome.Steps);
                Volatile.Write(ref _added, _added + 1);
            }

            _progress(_state);
        }
    }

    /// <summary>Told in the order of histories, so that it is the same for any number of workers.</summary>
    private UnseenSharingException Unseen(History history, Failure missed) => new(
        _contender.Variant.Name,
        $"a random walk failed ({missed.Kind}: {missed.Message}) where all interleavings had been explored and none did; "
        + "CPUs share something that is no Cell, SharedObject or SharedFact, and nothing can be proved of it. "
        + $"The history:\n{history}");

    /// <summary>An outcome without the failures that are known.</summary>
    private HistoryOutcome WithNewFailures(HistoryOutcome outcome) => outcome.Failures.IsEmpty
        ? outcome
        : outcome with { Failures = [.. outcome.Failures.Where(IsNew).Take(MostFailures - _state.Failures.Length)] };

    private bool IsNew(FoundFailure found) => !_state.Failures.Any(known => known.Property == found.Property && known.IsSameAs(found.Failure));

    private static VerifyState With(VerifyState state, History history, HistoryOutcome outcome)
    {
        int size = history.Count;
        return state with
        {
            Histories = state.Histories + 1,
            Executions = state.Executions + outcome.Executions,
            Cut = state.Cut + outcome.Cut,
            Unfinished = state.Unfinished + (outcome.IsComplete ? 0 : 1),
            SmallestUnfinished = state.SmallestUnfinished == 0 && !outcome.IsComplete ? size : state.SmallestUnfinished,
            Failures = state.Failures.AddRange(outcome.Failures.Select(found => new VerifyFailure(
                found.Property,
                found.Failure.Kind.ToString(),
                found.Failure.Subject,
                found.Failure.Message,
                HistoryText.Print(history, found.Schedule),
                size,
                state.SmallestUnfinished == 0 || state.SmallestUnfinished >= size))),
        };
    }
}
