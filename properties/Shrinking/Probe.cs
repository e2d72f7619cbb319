using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Tries a history under a schedule: does it fail in the way that is being shrunk? Another failure is none. Counts
/// what it spends, so that shrinking ends, and ends after the same executions on every machine.
/// </summary>
internal sealed class Probe
{
    /// <summary>An execution of more steps than this is charged as several: one that hangs takes thousands.</summary>
    private const int StepsOfOneCharge = 1_000;

    private readonly TestBed _bed;
    private readonly (FailureKind, string) _signature;
    private readonly long _limit;
    private readonly CancellationToken _cancel;

    internal Probe(TestBed bed, Failure failure, long limit, CancellationToken cancel)
    {
        _bed = bed;
        _signature = failure.Signature;
        _limit = limit;
        _cancel = cancel;
        Tape = new Tape(bed.Machine.Smp.Explored);
    }

    /// <summary>Whose history and schedule are shrunk.</summary>
    internal Contender Contender => _bed.Contender;

    /// <summary>What the last execution chose, and could have chosen.</summary>
    internal Tape Tape { get; }

    /// <summary>Executions so far.</summary>
    internal long Executions { get; private set; }

    /// <summary>Executions so far, where one that runs for very long counts as several.</summary>
    internal long Spent { get; private set; }

    /// <summary>Steps that the actors took in the last execution.</summary>
    internal int ActorSteps => _bed.ActorSteps;

    /// <summary>True if nothing more may be tried.</summary>
    internal bool IsExhausted => Spent >= _limit || _cancel.IsCancellationRequested;

    /// <summary>Runs <paramref name="history"/> as <paramref name="choices"/> say; the failure if it shows.</summary>
    internal FailingExecution? Play(History history, ReadOnlySpan<int> choices)
    {
        Tape.Play(choices, BeginsWithChoice(history));
        return Run(history);
    }

    /// <summary>Runs <paramref name="history"/> with the CPUs in this order, as far as they can go on.</summary>
    internal FailingExecution? PlayCpus(History history, ReadOnlySpan<int> cpus)
    {
        Tape.PlayCpus(cpus, BeginsWithChoice(history));
        return Run(history);
    }

    /// <summary>Runs <paramref name="history"/> as <paramref name="strategy"/>, which has begun, chooses.</summary>
    internal FailingExecution? Record(History history, Strategy strategy)
    {
        Tape.Record(strategy, BeginsWithChoice(history));
        return Run(history);
    }

    private FailingExecution? Run(History history)
    {
        Executions++;
        Failure? failure = _bed.Run(history, Tape);
        Spent += 1 + (_bed.Steps / StepsOfOneCharge);
        return failure is not null && failure.Signature == _signature
            ? new FailingExecution(history, [.. Tape.Choices], Tape.Preemptions, Tape.Switches, failure)
            : null;
    }

    /// <summary>With two actors or more, the first choice is which of them begins.</summary>
    private static bool BeginsWithChoice(History history)
    {
        int busy = 0;
        foreach (ImmutableArray<Operation> actor in history.Actors)
        {
            busy += actor.IsEmpty ? 0 : 1;
        }

        return busy > 1;
    }
}
