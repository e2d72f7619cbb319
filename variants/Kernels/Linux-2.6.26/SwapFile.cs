using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swapfile.c</content>
public partial class Linux2_6_26
{
    /// <summary>page_swapcount(): how many references to a page are currently swapped out?</summary>
    private protected virtual async KTask<int> PageSwapcount(Page page)
    {
        SwapEntry entry = page.Entry;
        await SwapInfoGet(entry);

        // Subtract the 1 for the swap cache itself.
        int count = M.Areas[entry.Area].Map[entry.Offset] - 1;
        SwapInfoPut();
        return count;
    }

    /// <summary>
    /// can_share_swap_page(): "We can use this swap cache entry directly if there are no other references to it." Of a locked
    /// page; references of drivers do not count.
    /// </summary>
    private protected override async KTask<bool> CanShareSwapPage(Page page)
    {
        int count = await MapCount[page.Index].Read();
        if (count <= 1 && page.IsSwapCache)
        {
            count += await PageSwapcount(page);
        }

        return count == 1;
    }
}
