using Variants.Harness.Engine;
using Variants.Harness.Families;

namespace Variants.Properties.Promises;

/// <summary>Nothing freed is used. The engine sees all of it.</summary>
public sealed class NoUseAfterFree : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.NoUseAfterFree;

    /// <inheritdoc/>
    public override string Promise => "No page, mm, vma or swap_map is used or freed after it was freed, and no pointer is null.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) =>
        failure.Kind is FailureKind.UseAfterFree or FailureKind.DoubleFree or FailureKind.Oops;
}
