using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapout;

/// <summary>
/// V9: vmscan gives the page a slot, marks it PG_dirty and drops the pte; shrink_mmap(), which meets pages in physical
/// order, writes it. As the comment in try_to_swap_out() has it: "This should just set a dirty bit in 'page', and just drop
/// the pte. All the hard work would be done by shrink_mmap()."
/// </summary>
/// <remarks>
/// That a page is written once nobody maps it any more, that its dirty bit is cleared before, and that the scan goes on
/// after the write, is page_launder()'s way of doing it (2.4.0). A page that vmscan has marked counts as progress, as one
/// counts whose writing it has begun: otherwise nothing would limit how many it marks. What nobody has an entry of any more
/// is freed unwritten.
/// </remarks>
public class Deferred : Linux2_3_8
{
    /// <summary>The kernel of one machine.</summary>
    public Deferred(Machine machine)
        : base(machine)
    {
    }

    /// <summary>vmscan starts no I/O, and so never sleeps.</summary>
    protected override async KTask SwapOutPage(Page page, SwapEntry entry)
    {
        page.IsDirty = true;
        await page.Lock.Unlock();
    }

    /// <summary>Being in the swap cache says no longer that the disk is up to date.</summary>
    protected override void KeepDirtyBit(Pte pte, Page page) => page.IsDirty |= pte.IsDirty;

    /// <inheritdoc/>
    protected override bool KeepsDirty(Page page) => page.IsDirty;

    /// <inheritdoc/>
    protected override bool IsDirtyHere(Page page, int priority) => page.IsDirty && SwapCount(page.Entry) > 1;

    /// <inheritdoc/>
    protected override async KTask Launder(Page page)
    {
        Write(page);
        await Smp.Sleep();
    }

    /// <summary>Begins to write a page that nobody has locked. Does not sleep.</summary>
    protected void Write(Page page)
    {
        // Under the big kernel lock, in the step in which the lock was seen to be free.
        page.Lock.TryLockNow();
        page.IsDirty = false;
        StartTransfer(page, page.Entry, write: true);
    }
}
