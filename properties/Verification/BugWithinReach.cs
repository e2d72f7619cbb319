using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Verification;

/// <summary>
/// A known bug whose smallest history is no larger than those that were explored: if it is among them, exploring must have
/// shown the bug.
/// </summary>
/// <param name="Bug">The bug, by name.</param>
/// <param name="IsFound">True if a history failed in the same way: <see cref="Failure.Signature"/>.</param>
public sealed record BugWithinReach(string Bug, bool IsFound)
{
    /// <summary>
    /// Of the known bugs of a variant, with their smallest histories, those that were within reach on a machine. One whose history
    /// is for another machine may show on this one too, or not: it is named only if it did.
    /// </summary>
    public static ImmutableArray<BugWithinReach> Of(
        ImmutableArray<(KnownBug Bug, Counterexample Smallest)> known, ProofReach reached, int actors)
    {
        ArgumentNullException.ThrowIfNull(reached);
        return
        [
            .. from one in known
               let history = one.Smallest.History
               where reached.Covers(history) && history.Actors.Length <= actors
               let found = reached.State.Failures.Any(failure => failure.Property == one.Bug.Property && failure.IsSameAs(one.Smallest.Failure))
               where found || history.Machine == reached.State.Machine
               select new BugWithinReach(one.Bug.Name, found),
        ];
    }
}
