using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.SwapCache;

/// <summary>
/// V5b: Linux 2.6.32, as to its swap cache: SWAP_HAS_CACHE in swap_map says that the cache has a share in the slot, and is
/// set before the page is there; whoever finds it set goes round until the page is. radix_tree_preload() comes first.
/// </summary>
/// <remarks>
/// The tree is that of 6.9, whose swap cache still worked so: what mended swapoff since (see <see cref="Linux6_9"/>) is
/// no matter of this argument.
/// </remarks>
public class HasCacheLinux2_6_32 : Linux6_9
{
    /// <summary>The kernel of one machine.</summary>
    public HasCacheLinux2_6_32(Machine machine)
        : base(machine)
    {
    }
}

/// <summary>
/// V5: Linux 2.6.31, which brought SWAP_HAS_CACHE (355cfa73ddff, KAMEZAWA Hiroyuki): add_to_swap_cache() preloads after it
/// is set, and may sleep there, while others spin until the page appears.
/// </summary>
/// <remarks>
/// The bit is a lock from the moment it is set until the page is in the cache, and a spinning one, as its waiters do not
/// sleep: to sleep under it is S2-B10. The soft lockup itself needs both tasks on one CPU, and here each has its own.
/// </remarks>
public class HasCacheLinux2_6_31 : HasCacheLinux2_6_32
{
    private readonly Each<SpinLock> _hasCache;

    /// <summary>The kernel of one machine.</summary>
    public HasCacheLinux2_6_31(Machine machine)
        : base(machine)
    {
        _hasCache = new Each<SpinLock>(
            machine.Smp, machine.Capacity.Slots, offset => new SpinLock(machine.Smp, $"swap_map[{offset}].SWAP_HAS_CACHE", "SWAP_HAS_CACHE"));
    }

    /// <inheritdoc/>
    private protected override async KTask PreloadLate(SwapEntry entry)
    {
        await _hasCache[entry.Offset].Lock();
        await Smp.Sleep();
        await _hasCache[entry.Offset].Unlock();
    }
}

/// <summary>
/// V10: "folio inserted at allocation" (270f095179ff, Kairui Song, series of December 2025): a slot is given out, or found
/// in use, and its page inserted in one section, now that cache and counts share a lock: the get_swap_page(page) of 2001.
/// </summary>
/// <remarks>
/// Deletion is in two steps as before; a reader that meets it between them goes round once more. As to the lock order, the
/// slot's lock is outside of the cache's.
/// </remarks>
public class InsertAtAllocation : HasCacheLinux2_6_32
{
    /// <summary>The kernel of one machine.</summary>
    public InsertAtAllocation(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool InsertsUnderSlotLock => true;
}
