using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.SwapCache;

/// <summary>
/// V2: get_swap_page(page) gives a slot out and hashes the page under it within one section: "at present I'm giving
/// get_swap_page a *page argument, and letting it add_to_swap_cache inside its locking ... so read_swap_cache_async
/// cannot squeeze in between the two stages" (Hugh Dickins). With V1's read side.
/// </summary>
public class GetSwapPage : ReadSideCheck
{
    /// <summary>The kernel of one machine.</summary>
    public GetSwapPage(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override KTask<SwapEntry> AddToSwap(Page page) => AllocateAndHash(page);
}

/// <summary>
/// V2n: V2 by somebody who overlooks that its "lock ordering then prohibits __delete_from_swap_cache from doing its
/// swap_free itself".
/// </summary>
public class GetSwapPageNaive : GetSwapPage
{
    /// <summary>The kernel of one machine.</summary>
    public GetSwapPageNaive(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool FreesSlotUnderPagecacheLock => true;
}
