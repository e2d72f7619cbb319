using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.CowReuse;

/// <summary>
/// V1: the rollup that Hugh Dickins posted in June 2008. do_wp_page() decides without the page lock, by counts that "should
/// never be seen too low", and takes the lock, if it can, only to free the slot.
/// </summary>
/// <remarks>
/// page->private and PG_swapcache are words of their own here, because they are read without a lock, one after the other:
/// in what order they are written matters. The barriers compile to nothing on x86, which is the memory that is modelled.
/// </remarks>
public class Rollup : FreesSwapWhenReused
{
    private readonly Each<AtomicInt> _pageSwapCache;
    private readonly Each<AtomicInt> _pagePrivate;

    /// <summary>The kernel of one machine.</summary>
    public Rollup(Machine machine)
        : base(machine)
    {
        _pageSwapCache = machine.PerPage(page => new AtomicInt(page, "PG_swapcache"));
        _pagePrivate = machine.PerPage(page => new AtomicInt(page, "private"));
    }

    /// <summary>add_to_swap_cache() stores page->private before it sets PG_swapcache: "page_swapcount() relies on private".</summary>
    private protected virtual bool StoresPrivateFirst => true;

    /// <summary>A page that is mapped once and not in the swap cache is taken over, by two looks at it.</summary>
    private protected virtual bool HasShortcut => true;

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        for (int index = 0; index < M.RawSize.Pages; index++)
        {
            _pageSwapCache.Known(index)?.Raw = 0;
            _pagePrivate.Known(index)?.Raw = 0;
        }
    }

    /// <summary>do_wp_page(): no lock but that of the page table.</summary>
    private protected override async KTask<Reuse> MayReuse(MmStruct mm, Cell<Pte> ptep, Pte pte, Page page)
    {
        if (HasShortcut)
        {
            if (await MapCount[page.Index].Read() != 1)
            {
                return Reuse.No;
            }

            if (await _pageSwapCache[page.Index].Read() == 0)
            {
                return Reuse.Yes;
            }
        }

        bool reuse;
        if (await page.Lock.TryLock())
        {
            reuse = await CanShareSwapPage(page);
            await page.Lock.Unlock();
        }
        else
        {
            // can_reuse_swap_page_unlocked(): "something else, probably shrink_page_list(), already has PageLocked".
            reuse = await CountUsers(page, addMapcount: true) == 1;
        }

        return reuse ? Reuse.Yes : Reuse.No;
    }

    /// <inheritdoc/>
    private protected override async KTask<bool> CanShareSwapPage(Page page)
    {
        if (await CountUsers(page, addMapcount: true) != 1)
        {
            return false;
        }

        if (page.IsSwapCache && !page.IsWriteback)
        {
            await DeleteFromSwapCache(page);
            page.IsDirty = true;
        }

        return true;
    }

    /// <inheritdoc/>
    private protected override KTask<int> PageSwapcount(Page page) => CountUsers(page, addMapcount: false);

    /// <inheritdoc/>
    private protected override async KTask Hash(Page page, SwapEntry entry)
    {
        if (StoresPrivateFirst)
        {
            await _pagePrivate[page.Index].Set(entry.Offset + 1);
        }

        M.SwapCache.Insert(page, entry);
        await _pageSwapCache[page.Index].Set(1);
        if (!StoresPrivateFirst)
        {
            await _pagePrivate[page.Index].Set(entry.Offset + 1);
        }
    }

    /// <summary>page->private is no longer zeroed.</summary>
    private protected override async KTask Unhash(Page page)
    {
        M.SwapCache.Remove(page);
        await _pageSwapCache[page.Index].Set(0);
    }

    /// <inheritdoc/>
    private protected override void FreePage(Page page)
    {
        _pagePrivate[page.Index].Raw = 0;
        base.FreePage(page);
    }

    /// <summary>page_swapcount(): mapcount and swap_map are read in one section of swap_lock.</summary>
    private async KTask<int> CountUsers(Page page, bool addMapcount)
    {
        await LockSwap();
        int count = addMapcount ? await MapCount[page.Index].Read() : 0;
        if (await _pageSwapCache[page.Index].Read() != 0)
        {
            count += Swapcount(await _pagePrivate[page.Index].Read() - 1);
        }

        SwapInfoPut();
        return count;
    }

    /// <summary>swap_info_get(), which complains of a slot that is not in use, and swap_map: one is the cache's own.</summary>
    private int Swapcount(int offset)
    {
        SwapArea area = M.Areas[0];
        if (offset < 0 || !area.IsUsed)
        {
            return 0;
        }

        int users = area.Map[offset];
        if (users == 0)
        {
            Smp.Bug("swap_map", $"swap_info_get: Unused swap offset entry {area.EntryOf(offset)}");
        }

        return users - 1;
    }
}

/// <summary>V1b: V1 whose add_to_swap_cache() stores as before, PG_swapcache first.</summary>
public class RollupFlagFirst : Rollup
{
    /// <summary>The kernel of one machine.</summary>
    public RollupFlagFirst(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool StoresPrivateFirst => false;
}

/// <summary>V1c: V1 that looks at PG_swapcache under swap_lock only, where it reads the counts.</summary>
public class RollupOneSection : Rollup
{
    /// <summary>The kernel of one machine.</summary>
    public RollupOneSection(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool HasShortcut => false;
}

/// <summary>V1d: V1 whose try_to_free_swap() leaves a page in the swap cache to which others have references.</summary>
public class RollupPageCount : Rollup
{
    /// <summary>The kernel of one machine.</summary>
    public RollupPageCount(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool HonoursPageCount => true;
}
