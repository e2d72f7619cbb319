using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>
/// One history with so many interleavings that several workers explore it. In which parts, and how far each goes before
/// they meet, follows from counts alone (<see cref="SharedSearch"/>), so that it comes to the same whoever takes the turns,
/// and where a limit ends it, to the same part of all that there is.
/// </summary>
internal sealed class SharedHistory
{
    private readonly History _history;
    private readonly SharedSearch _search;
    private readonly LargeHistories _others;
    private readonly FoundFailures _failures;
    private readonly long _before;
    private readonly Part?[] _parts = new Part?[SharedSearch.MostParts];
    private readonly object _gate = new();
    private ImmutableArray<int> _working;
    private int _next;
    private int _underWay;
    private long _limit;
    private bool _isOver;
    private bool _isStopped;

    /// <summary>
    /// To go on with what <paramref name="begun"/> has left of a history. It was used on <paramref name="bed"/>, which the
    /// history has for itself until it is over, and had run <paramref name="before"/> executions when the history began.
    /// </summary>
    internal SharedHistory(
        History history, TestBed bed, OptimalDpor begun, long before, long limit, FoundFailures failures, LargeHistories others)
    {
        _history = history;
        _search = new SharedSearch(begun);
        _others = others;
        _failures = failures;
        _before = before;
        _limit = limit;
        _parts[0] = new Part(bed, history, failures);
        Prepare();
    }

    /// <summary>Executions so far, those of whoever began with the history included.</summary>
    internal long Executions => _search.Executions + _search.Deadlocks - _before;

    /// <summary>Executions of which not every order was explored, of all that the search has ever run.</summary>
    internal long Cut => _search.Cut;

    /// <summary>Steps of the executions since it is shared.</summary>
    internal long Steps => _parts.Sum(part => part?.Steps ?? 0);

    /// <summary>True once all interleavings have been explored.</summary>
    internal bool IsFinished => _search.IsDone;

    /// <summary>Takes turns until it is over, beside whoever helps. The machines are free again then, unless it is cancelled.</summary>
    internal void Run(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (Help())
            {
                continue;
            }

            lock (_gate)
            {
                if (_isOver)
                {
                    break;
                }

                // Others are at the last turns, and tell when they have met; of a cancellation nobody tells.
                if (_next == _working.Length)
                {
                    Monitor.Wait(_gate, TimeSpan.FromMilliseconds(20));
                }
            }
        }

        End();
        foreach (Part part in _parts.OfType<Part>().Where(part => part != _parts[0]))
        {
            _others.GiveBack(part.Bed);
        }
    }

    /// <summary>Nobody begins another turn, and those that are under way, if it was cancelled, have ended.</summary>
    private void End()
    {
        lock (_gate)
        {
            _isStopped = true;
            _next = _working.Length;
            while (_underWay > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Takes a turn of a part. False if nobody waits for one.</summary>
    internal bool Help()
    {
        int part;
        lock (_gate)
        {
            if (_next == _working.Length)
            {
                return false;
            }

            part = _working[_next++];
            _underWay++;
        }

        bool hasEnded = false;
        try
        {
            Part own = _parts[part] ??= new Part(_others.TakeBed(), _history, _failures);
            _search.TakeTurn(part, own.Run);
            hasEnded = true;
        }
        finally
        {
            EndTurn(hasEnded);
        }

        return true;
    }

    private void EndTurn(bool hasEnded)
    {
        lock (_gate)
        {
            _isStopped |= !hasEnded;
            if (--_underWay == 0 && _next == _working.Length && !_isStopped)
            {
                Meet();
            }

            Monitor.PulseAll(_gate);
        }
    }

    private void Meet()
    {
        _search.Meet();
        foreach (Part part in _parts.OfType<Part>())
        {
            foreach ((Failure failure, ImmutableArray<int> cpus) in part.Found.Where(found => _failures.IsNew(found.Failure)))
            {
                _failures.Add(failure, cpus);
                _limit = Math.Min(_limit, Executions + FoundFailures.ExecutionsAfter);
            }

            part.Found.Clear();
        }

        Prepare();
    }

    private void Prepare()
    {
        _isOver = _search.IsDone || Executions >= _limit;
        _next = 0;
        _working = _isOver ? [] : _search.Working;
        _search.LimitTurn(_limit - Executions);
    }

    /// <summary>A machine, and what went wrong on it since parts last met.</summary>
    private sealed class Part(TestBed bed, History history, FoundFailures known)
    {
        internal TestBed Bed => bed;

        internal List<(Failure Failure, ImmutableArray<int> Cpus)> Found { get; } = [];

        internal long Steps { get; private set; }

        internal void Run(OptimalDpor search)
        {
            Failure? failure = bed.Run(history, search);
            Steps += bed.Steps;
            if (failure is not null && !search.LastWasRedundant && known.IsNew(failure)
                && !Found.Exists(found => found.Failure.Signature == failure.Signature))
            {
                Found.Add((failure, search.Cpus));
            }
        }
    }
}

/// <summary>
/// The histories of a verification that are shared: whoever has nothing else to do takes a turn of one. Machines for their
/// parts are kept from one to the next.
/// </summary>
/// <param name="contender">Whose they are.</param>
/// <param name="alone">After so many executions of a history it is shared, however many workers there are.</param>
internal sealed class LargeHistories(Contender contender, int alone = LargeHistories.UsuallyAlone)
{
    /// <summary>A tenth of a second: sharing costs a machine for each part, and nobody waits long for one who has less to do.</summary>
    internal const int UsuallyAlone = 10_000;

    private readonly System.Threading.Lock _gate = new();
    private readonly List<SharedHistory> _open = [];
    private readonly Stack<TestBed> _beds = [];

    /// <summary>After so many executions of a history it is shared.</summary>
    internal int Alone => alone;

    /// <summary>Explores a history until it is over, with the help of others.</summary>
    internal void Run(SharedHistory history, CancellationToken cancel)
    {
        lock (_gate)
        {
            _open.Add(history);
        }

        history.Run(cancel);
        lock (_gate)
        {
            _open.Remove(history);
        }
    }

    /// <summary>Takes a turn of some history. False if nobody waits for one.</summary>
    internal bool Help()
    {
        SharedHistory[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        return Array.Exists(open, history => history.Help());
    }

    internal TestBed TakeBed()
    {
        lock (_gate)
        {
            if (_beds.TryPop(out TestBed? bed))
            {
                return bed;
            }
        }

        return new TestBed(contender);
    }

    internal void GiveBack(TestBed bed)
    {
        lock (_gate)
        {
            _beds.Push(bed);
        }
    }
}
