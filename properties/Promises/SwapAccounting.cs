using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>Counts equal what they count; nothing is leaked; an area that swapoff reports empty is empty.</summary>
public sealed class SwapAccounting : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.SwapAccounting;

    /// <inheritdoc/>
    public override string Promise => "Every count equals what it counts, nothing is leaked, and swapoff returns 0 only when the area is empty.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) =>
        failure.Kind is FailureKind.Accounting or FailureKind.CounterUnderflow or FailureKind.Leak or FailureKind.Bug
        || (failure.Kind == FailureKind.WrongResult && failure.Subject != NoLivelock.GaveUp);

    /// <inheritdoc/>
    internal override IWitness Watch(Machine machine, ShadowMemory shadow) => new MachineAudit(machine);
}
