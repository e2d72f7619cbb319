using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V14b: Linux 5.3, commit eb085574a752 "mm, swap: fix race between swapoff and some swap operations" (Huang Ying, July
/// 2019): who goes by a swap entry that nothing pins, as a fault does, gets the area for it with get_swap_device(), and
/// swapoff waits for those who have it before it frees the swap_map and the swapper space.
/// </summary>
/// <remarks>The RCU read-side sections in which they have it do not sleep: here each is one moment.</remarks>
public class Linux5_3 : Linux5_1
{
    /// <summary>The kernel of one machine.</summary>
    public Linux5_3(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool LookupsPinDevice => true;
}
