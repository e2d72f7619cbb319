using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Properties.Promises;

/// <summary>Locks are used as locks. The engine sees all of it.</summary>
public sealed class LockContext : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.LockContext;

    /// <inheritdoc/>
    public override string Promise =>
        "Locks are taken in one order, released by their holder, never slept under if they spin, and order what they guard.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind is
        FailureKind.LockOrder or FailureKind.SleepInAtomic or FailureKind.ReleaseNotHeld or FailureKind.DataRace
        or FailureKind.ForgottenAwait;
}
