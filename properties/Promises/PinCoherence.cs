using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Properties.Promises;

/// <summary>Pins and mappings see one page. No operation pins pages yet, so nothing can break it.</summary>
public sealed class PinCoherence : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.PinCoherence;

    /// <inheritdoc/>
    public override string Promise => "While a page is pinned, the device and the process see each other's stores.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => false;
}
