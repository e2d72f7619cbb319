using System.Collections.Immutable;
using System.Diagnostics;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>How far the histories of a variant can be explored on a machine in a time: up to which size, and what came of them.</summary>
/// <param name="Operations">The largest size of which every history was looked at; 0 if not even one operation was.</param>
/// <param name="Proved">The largest size of which every history was explored whole, and none failed; 0 if there is none.</param>
/// <param name="State">What came of the histories up to that size: the same on any machine that comes so far.</param>
/// <param name="Elapsed">How long they took.</param>
public sealed record ProofReach(int Operations, int Proved, VerifyState State, TimeSpan Elapsed)
{
    /// <summary>
    /// Histories are looked at for so many executions first. What is not finished then is explored as far as the scope says,
    /// before those of the next size, if time is left.
    /// </summary>
    public const int ExecutionsAtFirst = 20_000;

    /// <summary>
    /// On each machine of the scope, one after another, while it is asked for: what the first leaves of <paramref name="budget"/>
    /// is for the next.
    /// </summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    /// <exception cref="UnseenSharingException">What its CPUs share cannot be seen.</exception>
    public static IEnumerable<ProofReach> OnEachMachine(
        Contender contender, Scope most, int jobs, TimeSpan budget, Action<VerifyState> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(contender);
        ArgumentNullException.ThrowIfNull(most);
        long startedAt = Stopwatch.GetTimestamp();
        ImmutableArray<VerifyState> machines = VerifyState.Begin(contender, most);
        var spare = new SpareMemory(machines[0].Machine);
        foreach (VerifyState begun in machines)
        {
            yield return Of(contender, most, begun, spare, jobs, budget - Stopwatch.GetElapsedTime(startedAt), progress, cancel);
        }
    }

    /// <summary>
    /// Goes from size to size, up to that of <paramref name="most"/>, until <paramref name="budget"/> is over, or cannot suffice
    /// for the next one.
    /// </summary>
    private static ProofReach Of(
        Contender contender, Scope most, VerifyState nothing, SpareMemory spare, int jobs, TimeSpan budget, Action<VerifyState> progress, CancellationToken cancel)
    {
        long startedAt = Stopwatch.GetTimestamp();
        var reached = new ProofReach(0, 0, nothing, TimeSpan.Zero);
        TimeSpan least = TimeSpan.Zero;
        long last = 0;
        for (int size = 1; size <= most.Operations && GoesOn() && least <= Left(); size++)
        {
            long begunAt = Stopwatch.GetTimestamp();

            // The histories of a larger scope begin with those of a smaller one.
            VerifyState begun = reached.State with { IsDone = false };
            Scope whole = most with { Operations = size };
            VerifyState state = Explore(whole with { ExecutionsOfHistory = Math.Min(ExecutionsAtFirst, most.ExecutionsOfHistory) }, begun);
            if (!state.IsDone)
            {
                break;
            }

            reached = reached.With(size, state, Stopwatch.GetElapsedTime(startedAt));
            if (state.Unfinished > begun.Unfinished && ExecutionsAtFirst < most.ExecutionsOfHistory && GoesOn())
            {
                state = Explore(whole, begun);
                if (!state.IsDone)
                {
                    break;
                }

                reached = reached.With(size, state, Stopwatch.GetElapsedTime(startedAt));
            }

            // There are about as many times more histories of the next size, and none of them takes less: a quarter of that is
            // more than enough for what was cold this time.
            long histories = state.Histories - begun.Histories;
            least = Stopwatch.GetElapsedTime(begunAt) * (histories / Math.Max(1, last)) / 4;
            last = histories;
        }

        return reached;

        TimeSpan Left() => budget - Stopwatch.GetElapsedTime(startedAt);

        bool GoesOn() => Left() > TimeSpan.Zero && !cancel.IsCancellationRequested;

        VerifyState Explore(Scope scope, VerifyState begun) =>
            new Verifier(contender, scope, begun, progress) { Spare = spare }.Run(jobs, Left(), cancel);
    }

    private ProofReach With(int size, VerifyState state, TimeSpan elapsed) => new(size, state.IsProved ? size : Proved, state, elapsed);
}
