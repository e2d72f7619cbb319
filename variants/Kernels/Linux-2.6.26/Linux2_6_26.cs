using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V0: Linux 2.6.26 (July 2008). Whether the one who writes to a page may have it for himself depends on who maps it:
/// mapcount, and swap_map for those whose ptes are swap entries (c475a8ab625d, 2.6.13). The sum is stable only while the
/// page is locked, and do_wp_page(), which holds a spin lock, only tries that: a page that reclaim has locked is copied.
/// </summary>
/// <remarks>
/// On the tree of 2.6.8: what is here is what had changed since, as far as the argument goes. page->_mapcount is atomic, so
/// there is no PG_maplock; reclaim waits for the page table lock, and unmaps pages that others have references to; pages
/// migrate (2.6.16), with migration entries where they are not in the swap cache.
/// <para>Not as in 2.6.26: swap_lock is the two locks that it was until 2.6.14, taken together; each address space has one
/// page table lock, and is on mmlist from its beginning. move_pages() makes one attempt, as with MPOL_MF_MOVE_ALL, and
/// waits for locks and writes as from the third attempt on.</para>
/// <para>Source: the context lines and removed lines of "Re: Can get_user_pages( ,write=1, force=1, ) result in a read-only
/// pte and _count=2?" (Hugh Dickins, linux-mm, 23 June 2008). What these do not show (migrate.c, rmap.c, do_swap_page()) was
/// written from knowledge of the releases around it, not from the files of 2.6.26. do_wp_page() removes the old mapping after
/// the new pte is there, as 945754a1754f, of the same day, has it.</para>
/// </remarks>
public partial class Linux2_6_26 : Linux2_6_8
{
    /// <summary>page->_mapcount + 1, of each page: ptes that map it. Guarded by no lock.</summary>
    private protected readonly Each<AtomicInt> MapCount;

    /// <summary>The kernel of one machine.</summary>
    public Linux2_6_26(Machine machine)
        : base(machine)
    {
        MapCount = machine.PerPage(page => new AtomicInt(page, "_mapcount"));
    }

    /// <inheritdoc/>
    private protected override bool IsShort => M.Zone.IsEmpty;

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        for (int index = 0; index < M.RawSize.Pages; index++)
        {
            MapCount.Known(index)?.Raw = 0;
        }
    }
}
