using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.CowReuse;

/// <summary>
/// V4: Linux 5.19 (July 2022), 6c287605fd56 "mm: remember exclusively mapped anonymous pages with PG_anon_exclusive" (David
/// Hildenbrand): each page, or the swap pte that stands for it, says whether one address space alone has it. Only such pages
/// are pinned, and a page that is pinned is neither shared by fork nor unmapped.
/// </summary>
/// <remarks>
/// On the tree of 2.6.36. FOLL_PIN's references are counted exactly, instead of as 1,024 others. The bit of a swap pte is its
/// write bit here, that of a migration entry its young bit. copy_present_page() has its page beforehand (prealloc). Left out:
/// KSM, huge pages, stable-pages devices, pagevecs, gup-fast and the barriers between it and try_to_unmap().
/// </remarks>
public class AnonExclusiveLinux5_19 : LockPageLinux2_6_36
{
    private readonly Each<Cell<bool>> _anonExclusive;
    private readonly Each<AtomicInt> _pins;

    /// <summary>The kernel of one machine.</summary>
    public AnonExclusiveLinux5_19(Machine machine)
        : base(machine)
    {
        _anonExclusive = machine.PerPage(page => new Cell<bool>(page, "PG_anon_exclusive", false, marked: true));
        _pins = machine.PerPage(page => new AtomicInt(page, "pincount"));
    }

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        for (int index = 0; index < M.RawSize.Pages; index++)
        {
            _anonExclusive.Known(index)?.Raw = false;
            _pins.Known(index)?.Raw = 0;
        }
    }

    /// <inheritdoc/>
    private protected override bool FaultsKill => false;

    /// <summary>
    /// pin_user_pages(): the page must be exclusive. One that is not is made so by a write fault, or by an unshare fault if it
    /// is only to be read.
    /// </summary>
    private protected override async KTask<Page?> GetUserPages(TaskStruct current, MmStruct mm, int address, bool write)
    {
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            return null;
        }

        while (true)
        {
            await mm.PageTableLock.Lock();
            Cell<Pte> ptep = mm.Pte(address);
            Pte pte = ptep.Value;
            bool mustUnshare = false;
            if (pte.IsPresent && (!write || pte.IsWritable))
            {
                Page page = M.Pages[pte.PageIndex];
                mustUnshare = !pte.IsWritable && page.FileIndex < 0 && !_anonExclusive[page.Index].Value;
                if (!mustUnshare)
                {
                    page.Count.AddNow(1);
                    _pins[page.Index].AddNow(1);
                    page.IsDirty |= write;
                    mm.PageTableLock.UnlockNow();
                    return page;
                }
            }

            Fault fault;
            if (mustUnshare)
            {
                fault = await WpFault(current, mm, address, ptep, pte, unshare: true);
            }
            else
            {
                mm.PageTableLock.UnlockNow();
                fault = await HandleMmFault(current, mm, vma, address, write);
            }

            if (fault != Fault.Handled)
            {
                return null;
            }
        }
    }

    /// <summary>unpin_user_page().</summary>
    private protected override async KTask PutUserPage(Page page)
    {
        await _pins[page.Index].Add(-1);
        await PageCacheRelease(page);
    }

    /// <inheritdoc/>
    private protected override KTask<Fault> DoWpPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte pte) =>
        WpFault(tsk, mm, address, ptep, pte, unshare: false);

    /// <summary>page_add_new_anon_rmap().</summary>
    private protected override async KTask PageAddNewRmap(Page page, int address)
    {
        _anonExclusive[page.Index].Value = page.FileIndex < 0;
        await PageAddAnonRmap(page, address);
    }

    /// <inheritdoc/>
    private protected override void FreePage(Page page)
    {
        _anonExclusive[page.Index].Value = false;
        base.FreePage(page);
    }

    /// <summary>
    /// The end of do_swap_page(): the swap pte says that nobody shares the page, or the fault's reference is the only one
    /// left.
    /// </summary>
    private protected override async KTask<Fault> MapSwapPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte orig, Page page, bool write)
    {
        bool exclusive = orig.IsWritable;
        await SwapFree(orig.Entry);
        if (VmSwapFull() || (write && await page.Count.Read() == 2))
        {
            // should_try_to_free_swap()
            await RemoveExclusiveSwapPage(page);
        }

        Pte pte = Pte.Map(page);
        exclusive = exclusive || await page.Count.Read() == 1;
        if (exclusive)
        {
            _anonExclusive[page.Index].Value = true;
            if (write)
            {
                pte = pte.MakeWritable().MakeDirty();
                write = false;
            }
        }

        await PageAddAnonRmap(page, address);
        ptep.Value = pte;
        await page.Lock.Unlock();
        if (write)
        {
            return await DoWpPage(tsk, mm, address, ptep, pte);
        }

        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <inheritdoc/>
    private protected override async KTask UnusePte(MmStruct mm, int address, SwapEntry entry, Page page)
    {
        bool exclusive = mm.Pte(address).Value.IsWritable;
        await base.UnusePte(mm, address, entry, page);
        if (exclusive)
        {
            _anonExclusive[page.Index].Value = true;
        }
    }

    /// <summary>
    /// copy_one_pte(): page_try_dup_anon_rmap() makes the page a shared one, unless it is pinned; then the child gets a copy
    /// at once.
    /// </summary>
    private protected override async KTask<bool> CopyOnePte(MmStruct dst, Cell<Pte> to, Cell<Pte> from)
    {
        Pte pte = from.Value;
        if (pte.IsSwap && pte.IsWritable)
        {
            from.Value = pte.WriteProtect();
        }

        if (pte.IsPresent && _anonExclusive[pte.PageIndex].Value)
        {
            Page page = M.Pages[pte.PageIndex];
            if (await _pins[page.Index].Read() > 0)
            {
                if (M.Zone.Take() is not { } copy)
                {
                    return false;
                }

                copy.Content = page.Content;
                dst.Rss++;
                to.Value = Pte.Map(copy, write: true, dirty: true);
                await PageAddNewRmap(copy, page.LinearIndex);
                return true;
            }

            _anonExclusive[page.Index].Value = false;
        }

        return await base.CopyOnePte(dst, to, from);
    }

    /// <summary>page_try_share_anon_rmap(): clear the pte first; a page that is pinned stays mapped.</summary>
    private protected override async KTask<bool> NukePte(Page page, MmStruct mm, Cell<Pte> ptep, Pte pte)
    {
        bool exclusive = _anonExclusive[page.Index].Value;
        if (exclusive && _pins[page.Index].Glance > 0)
        {
            return false;
        }

        _anonExclusive[page.Index].Value = false;
        await base.NukePte(page, mm, ptep, pte);
        if (exclusive && ptep.Value.IsSwap)
        {
            ptep.Value = ptep.Value.MakeWritable();
        }
        else if (exclusive && ptep.Value.IsMigration)
        {
            ptep.Value = ptep.Value.MakeYoung();
        }

        return true;
    }

    /// <inheritdoc/>
    private protected override async KTask RemoveMigrationPte(Cell<Pte> ptep, Pte pte, Page page)
    {
        if (pte.IsYoung)
        {
            _anonExclusive[page.Index].Value = true;
        }

        await base.RemoveMigrationPte(ptep, pte, page);
    }

    /// <summary>
    /// do_wp_page(), of a write fault or of an unshare fault, which only wants to have the page to itself. Called with the
    /// page table lock, and drops it.
    /// </summary>
    private async KTask<Fault> WpFault(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte pte, bool unshare)
    {
        Page page = M.Pages[pte.PageIndex];
        if (page.FileIndex < 0 && (_anonExclusive[page.Index].Value || await TakesOver(page)))
        {
            if (unshare)
            {
                mm.PageTableLock.UnlockNow();
            }
            else
            {
                WpPageReuse(tsk, mm, ptep, pte);
            }

            return Fault.Handled;
        }

        return await WpPageCopy(tsk, mm, address, ptep, pte, page, write: !unshare);
    }

    /// <summary>
    /// The page is not known to be exclusive: it is, if the mapping is the only reference once it has left the swap cache. Any
    /// doubt: copy.
    /// </summary>
    private async KTask<bool> TakesOver(Page page)
    {
        // These early checks are just an optimization; we have to verify under the page lock.
        if (await page.Count.Read() > (page.IsSwapCacheUnlocked ? 2 : 1) || !await page.Lock.TryLock())
        {
            return false;
        }

        await RemoveExclusiveSwapPage(page);
        bool alone = await page.Count.Read() == 1;
        if (alone)
        {
            // page_move_anon_rmap()
            _anonExclusive[page.Index].Value = true;
        }

        await page.Lock.Unlock();
        return alone;
    }
}
