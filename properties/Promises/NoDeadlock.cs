using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Properties.Promises;

/// <summary>Nobody waits for ever. The engine sees all of it.</summary>
public sealed class NoDeadlock : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.NoDeadlock;

    /// <inheritdoc/>
    public override string Promise => "Nobody waits for a lock or an event that can never come.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind is FailureKind.Deadlock or FailureKind.HungTask;
}
