using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V14c: V14b with commit 82b1c07a0af6 "mm: swap: fix race between free_swap_and_cache() and swapoff()" (Ryan Roberts, for
/// 6.9, March 2024): whoever gives up the last pte of an entry, and then looks for its page in the swap cache, has a
/// reference to the area for so long.
/// </summary>
/// <remarks>
/// Of all else that came between 5.3 and 6.9 there is only 60e2793d440a "mm, oom: do not trigger out_of_memory from the #PF"
/// (5.16): a fault that meets the same entry in a second life would kill without it.
/// </remarks>
public class Linux6_9 : Linux5_3
{
    /// <summary>The kernel of one machine.</summary>
    public Linux6_9(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool FreesPinDevice => true;

    /// <inheritdoc/>
    protected override bool FaultsKill => false;
}
