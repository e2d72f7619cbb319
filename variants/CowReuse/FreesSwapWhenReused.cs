using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.CowReuse;

/// <summary>
/// What the rollup of June 2008 and the series of November have in common: "when deciding COW is a good moment to free up
/// the swap space - leaving the modified page with swap just makes a big seek likely". A page that is taken over leaves the
/// swap cache; it leaves it, too, when no swap pte is left, whoever else has a reference to it.
/// </summary>
public abstract class FreesSwapWhenReused : Linux2_6_26
{
    /// <summary>The kernel of one machine.</summary>
    protected FreesSwapWhenReused(Machine machine)
        : base(machine)
    {
    }

    /// <summary>Whether the page stays in the swap cache while somebody else has a reference to it, as in 2.6.26.</summary>
    private protected virtual bool HonoursPageCount => false;

    /// <summary>
    /// can_reuse_swap_page_locked(), from November on reuse_swap_page(): of a locked page. If nobody else has it, it is about
    /// to be modified, so its slot is given up.
    /// </summary>
    private protected override async KTask<bool> CanShareSwapPage(Page page)
    {
        int count = await MapCount[page.Index].Read();
        if (count <= 1 && page.IsSwapCache)
        {
            count += await PageSwapcount(page);
            if (count == 1 && !page.IsWriteback)
            {
                await DeleteFromSwapCache(page);
                page.IsDirty = true;
            }
        }

        return count == 1;
    }

    /// <summary>try_to_free_swap(): of a locked page. "Here we don't care about mapcount", nor about page_count.</summary>
    private protected override async KTask<bool> RemoveExclusiveSwapPage(Page page)
    {
        if (!page.IsSwapCache || page.IsWriteback || await PageSwapcount(page) != 0)
        {
            return false;
        }

        if (HonoursPageCount && await page.Count.Read() != 2)
        {
            return false;
        }

        await DeleteFromSwapCache(page);
        page.IsDirty = true;
        return true;
    }

    /// <summary>free_swap_and_cache(): "Not mapped elsewhere, or swap space full? Free it!"</summary>
    private protected override bool IsUnused(Page page, int count) => MapCountOf(page) == 0;

    /// <summary>free_swap_cache(): only a page that nobody maps.</summary>
    private protected override bool MayLeaveCache(Page page) => MapCountOf(page) == 0;
}
