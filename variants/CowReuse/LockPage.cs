using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.CowReuse;

/// <summary>
/// V2: Linux 2.6.29 (March 2009), ab967d86015a "mm: wp lock page before deciding cow" (Hugh Dickins, after Nick Piggin): if
/// somebody has the page locked, do_wp_page() drops the page table lock, waits, and asks then. With the other commits of the
/// same series: reuse_swap_page(), try_to_free_swap(), swapoff that checks its page's entry, and get_user_pages() that
/// insists on a writable pte.
/// </summary>
public class LockPageLinux2_6_29 : FreesSwapWhenReused
{
    /// <summary>The kernel of one machine.</summary>
    public LockPageLinux2_6_29(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool UnuseChecksEntry => true;

    /// <inheritdoc/>
    private protected override bool StopsAskingForWrite => false;

    /// <summary>Waits for the page with a reference to it, and compares the pte afterwards.</summary>
    private protected override async KTask<Reuse> MayReuse(MmStruct mm, Cell<Pte> ptep, Pte pte, Page page)
    {
        if (!await page.Lock.TryLock())
        {
            page.Count.AddNow(1);
            mm.PageTableLock.UnlockNow();
            await page.Lock.Lock();
            await mm.PageTableLock.Lock();
            bool same = ptep.Value == pte;
            if (!same)
            {
                await page.Lock.Unlock();
                mm.PageTableLock.UnlockNow();
            }

            await PageCacheRelease(page);
            if (!same)
            {
                return Reuse.Retry;
            }
        }

        bool reuse = await CanShareSwapPage(page);
        await page.Lock.Unlock();
        return reuse ? Reuse.Yes : Reuse.No;
    }
}

/// <summary>
/// V2+: Linux 2.6.36 (October 2010): do_swap_page() asks, once it has locked the page, whether it is still the one of its
/// entry, as a reference no longer keeps it in the swap cache (4969c1192d15 and 31c4a3d3a0f8).
/// </summary>
public class LockPageLinux2_6_36 : LockPageLinux2_6_29
{
    /// <summary>The kernel of one machine.</summary>
    public LockPageLinux2_6_36(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool RechecksSwapCache => true;
}
