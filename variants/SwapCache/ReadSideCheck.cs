using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.SwapCache;

/// <summary>
/// V1: read_swap_cache_async() looks, takes its share in the slot and adds within one section, under the lock under which
/// get_swap_page() gives slots out. "It's fairly clear that the read_swap_cache_async instance should be doing its check
/// for whether the page is already in the cache, within the necessary locking instead of before it" (Hugh Dickins).
/// </summary>
/// <remarks>
/// try_to_swap_out() is as it was, in two steps. __delete_from_swap_cache() leaves the slot to its callers, as it must
/// once pagecache_lock is taken inside of swap_list_lock.
/// </remarks>
public class ReadSideCheck : Linux2_4_8
{
    /// <summary>The kernel of one machine.</summary>
    public ReadSideCheck(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool FreesSlotUnderPagecacheLock => false;

    /// <inheritdoc/>
    private protected override KTask<Page?> ReadSwapCacheAsync(TaskStruct current, SwapEntry entry) =>
        ReadUnderSwapListLock(current, entry);
}
