using Variants.Harness.Memory;

namespace Variants.Families.Swapout;

/// <summary>
/// V9m: V9 with one of its paths left as it was: the scan that an allocation makes for itself takes a page out of the swap
/// cache as in 2.3.8, where that was enough to know that the disk had it. kswapd's tests PG_dirty.
/// </summary>
/// <remarks>2.4.0, where the allocator takes clean pages in a function of its own, tests in reclaim_page() as well.</remarks>
public class DeferredForgotten : Deferred
{
    /// <summary>The kernel of one machine.</summary>
    public DeferredForgotten(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool IsDirtyHere(Page page, int priority) =>
        priority != LowestPriority && base.IsDirtyHere(page, priority);
}
