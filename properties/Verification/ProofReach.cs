using System.Diagnostics;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>How far the histories of a variant can be explored in a time: up to which size, and what came of them.</summary>
/// <param name="Operations">The largest size of which every history was looked at; 0 if not even one operation was.</param>
/// <param name="State">What came of the histories up to that size: the same on any machine that comes so far.</param>
/// <param name="Elapsed">How long they took.</param>
public sealed record ProofReach(int Operations, VerifyState State, TimeSpan Elapsed)
{
    /// <summary>Goes from size to size, up to that of <paramref name="most"/>, until <paramref name="budget"/> is over.</summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    /// <exception cref="UnseenSharingException">What its CPUs share cannot be seen.</exception>
    public static ProofReach Of(
        Contender contender, Scope most, int jobs, TimeSpan budget, Action<VerifyState> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(contender);
        ArgumentNullException.ThrowIfNull(most);
        long startedAt = Stopwatch.GetTimestamp();
        var reached = new ProofReach(0, new VerifyState { Variant = contender.Variant.Name }, TimeSpan.Zero);
        for (int size = 1; size <= most.Operations && budget > Stopwatch.GetElapsedTime(startedAt) && !cancel.IsCancellationRequested; size++)
        {
            // The histories of a larger scope begin with those of a smaller one.
            VerifyState begun = reached.State with { IsDone = false };
            VerifyState state = new Verifier(contender, most with { Operations = size }, begun, progress)
                .Run(jobs, budget - Stopwatch.GetElapsedTime(startedAt), cancel);
            if (!state.IsDone)
            {
                break;
            }

            reached = new ProofReach(size, state, Stopwatch.GetElapsedTime(startedAt));
        }

        return reached;
    }
}
