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
    /// The bugs of a variant that were within reach on a machine. One whose history is for another machine may show on this
    /// one too, or not: it is named only if it did.
    /// </summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    public static ImmutableArray<BugWithinReach> Of(Contender contender, ProofReach reached, int actors)
    {
        ArgumentNullException.ThrowIfNull(contender);
        ArgumentNullException.ThrowIfNull(reached);
        return
        [
            .. from bug in contender.Family.Bugs
               where bug.Variant == contender.Variant.ShortName
               let smallest = BugHunt.Smallest(contender, bug)
               where smallest is not null && reached.Covers(smallest.History) && smallest.History.Actors.Length <= actors
               let found = IsAmong(reached.State.Failures, bug, smallest.Failure)
               where found || smallest.History.Machine == reached.State.Machine
               select new BugWithinReach(bug.Name, found),
        ];
    }

    private static bool IsAmong(ImmutableArray<VerifyFailure> failures, KnownBug bug, Failure shown) => failures.Any(
        failure => (failure.Property, failure.Kind, failure.Subject) == (bug.Property, shown.Kind.ToString(), shown.Subject));
}
