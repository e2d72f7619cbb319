using System.Collections.Immutable;
using Variants.Families.Kernels;
using Variants.Families.Swapoff;
using Variants.Harness.Families;
using Variants.Harness.Memory;

namespace Mine;

/// <summary>2.3.8, whose swapoff walks again where it found a count left over, instead of forcing it to zero.</summary>
public sealed class SweepsUntilEmpty(Machine machine) : Linux2_3_8(machine)
{
    /// <summary>The line of the list: what joins a comparison.</summary>
    public static Variant Variant { get; } = SwapoffFamily.Family.Variants[0] with
    {
        Name = "swapoff/sweeps-until-empty",
        Label = "mine",
        Summary = "2.3.8 that sweeps until the area is empty",
        Citation = "nobody has posted it yet",
        Build = machine => new SweepsUntilEmpty(machine),
        Expected = ImmutableSortedDictionary<string, Expectation>.Empty,
    };

    /// <inheritdoc/>
    protected override bool ForcesZero => false;
}
