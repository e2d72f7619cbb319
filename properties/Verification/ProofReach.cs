using Variants.Harness.Histories;

namespace Variants.Properties.Verification;

/// <summary>How far the histories of a variant can be explored on a machine in a time: up to which size, and what came of them.</summary>
/// <param name="Operations">The largest size of which every history was looked at; 0 if not even one operation was.</param>
/// <param name="Proved">The largest size of which every history was explored whole, and none failed; 0 if there is none.</param>
/// <param name="State">What came of all that was looked at: the same on any machine that comes so far.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="ParallelOfNext">Of the histories with an operation more, those with so many outside the setup were looked at too; null if none were.</param>
public sealed record ProofReach(int Operations, int Proved, VerifyState State, TimeSpan Elapsed, int? ParallelOfNext)
{
    /// <summary>True if the histories that were looked at are as large as this one, or larger.</summary>
    public bool Covers(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history.Count <= Operations
            || (history.Count == Operations + 1 && history.Count - history.Setup.Sum(step => step.Operation.Count) <= ParallelOfNext);
    }
}
