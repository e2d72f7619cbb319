using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.CowReuse;

/// <summary>
/// V3: Linux 2.6.0 (December 2003): a page is its writer's if nobody but him and the swap cache has a reference, drivers
/// included. Reclaim unmaps it all the same.
/// </summary>
/// <remarks>On the tree of 2.6.8, which differs from 2.6.0 in how it finds the ptes of a page, not in what it asks here.</remarks>
public class PageCountLinux2_6_0 : Linux2_6_8
{
    /// <summary>The kernel of one machine.</summary>
    public PageCountLinux2_6_0(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool BacksOutIfInUse => false;

    /// <inheritdoc/>
    private protected override bool IsShort => M.Zone.IsEmpty;
}

/// <summary>
/// V3': Linux 2.6.7 to 2.6.12 (2004): V3 whose reclaim leaves a page mapped to which somebody has a reference (Andrea
/// Arcangeli), so that it never comes to the question.
/// </summary>
/// <remarks>With the swapoff of 2.6.8: that of 2.6.7 deadlocks, which is another argument (S0-B12).</remarks>
public class PageCountLinux2_6_7 : Linux2_6_8
{
    /// <summary>The kernel of one machine.</summary>
    public PageCountLinux2_6_7(Machine machine)
        : base(machine)
    {
    }
}

/// <summary>
/// Linux 5.8 (August 2020), 17839856fd58 "gup: document and work around COW can break either way issue" (Linus Torvalds):
/// whoever pins a page, if only for reading, breaks COW first.
/// </summary>
/// <remarks>On the tree of 2.6.36, which decided alike. Here all private mappings are such that may be copied.</remarks>
public class ForcedCowLinux5_8 : LockPageLinux2_6_36
{
    /// <summary>The kernel of one machine.</summary>
    public ForcedCowLinux5_8(Machine machine)
        : base(machine)
    {
    }

    /// <summary>should_force_cow_break(): FOLL_WRITE, whatever the caller wants.</summary>
    private protected override KTask<Page?> GetUserPages(TaskStruct current, MmStruct mm, int address, bool write) =>
        base.GetUserPages(current, mm, address, write: true);
}

/// <summary>
/// Linux 5.9 (October 2020), 09854ba94c6a "mm: do_wp_page() simplification" (Linus Torvalds): a page is its writer's if his
/// mapping is the only reference to it; "any doubt: copy". A page in the swap cache is always copied.
/// </summary>
/// <remarks>
/// On the tree of 2.6.36; do_swap_page() asks reuse_swap_page() as before. Without 70e806e4e645 "mm: Do early cow for pinned
/// pages during fork() for ptes", which followed.
/// </remarks>
public class PageCountLinux5_9 : LockPageLinux2_6_36
{
    /// <summary>The kernel of one machine.</summary>
    public PageCountLinux5_9(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override async KTask<Reuse> MayReuse(MmStruct mm, Cell<Pte> ptep, Pte pte, Page page)
    {
        if (await page.Count.Read() != 1 || !await page.Lock.TryLock())
        {
            return Reuse.No;
        }

        // "The only map reference, and the only page count reference, and the page is locked, it's dark out."
        bool reuse = await MapCount[page.Index].Read() == 1 && await page.Count.Read() == 1;
        await page.Lock.Unlock();
        return reuse ? Reuse.Yes : Reuse.No;
    }
}
