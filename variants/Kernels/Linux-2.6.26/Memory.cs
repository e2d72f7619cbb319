using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/memory.c</content>
public partial class Linux2_6_26
{
    /// <summary>What do_wp_page() makes of a page.</summary>
    private protected enum Reuse
    {
        /// <summary>Others may have it: copy.</summary>
        No,

        /// <summary>It is ours.</summary>
        Yes,

        /// <summary>The pte has changed, and its lock has been dropped: begin the fault anew.</summary>
        Retry,
    }

    /// <summary>
    /// Whether a fault asks, once it has locked the page, if the page is still that of its entry ("mm: further fix swapin race
    /// condition", 31c4a3d3a0f8, 2.6.36).
    /// </summary>
    private protected virtual bool RechecksSwapCache => false;

    /// <summary>
    /// Whether get_user_pages() is content with a page that do_wp_page() has broken out, although its pte may be read-only by
    /// now; from 2.6.29 on it faults until the pte is writable ("mm: gup persist for write permission", 878b63ac889d).
    /// </summary>
    private protected virtual bool StopsAskingForWrite => true;

    /// <summary>get_user_pages(): a pin for reading takes the page as it is, shared or not.</summary>
    private protected override async KTask<Page?> GetUserPages(TaskStruct current, MmStruct mm, int address, bool write)
    {
        Vma? vma = mm.FindVma(address);
        if (vma is null || vma.Start > address)
        {
            return null;
        }

        while (true)
        {
            Page? page = await FollowPage(mm, address, write);
            if (page is not null)
            {
                return page;
            }

            current.BrokeCow = false;
            if (await HandleMmFault(current, mm, vma, address, write) != Fault.Handled)
            {
                return null;
            }

            if (StopsAskingForWrite && current.BrokeCow)
            {
                write = false;
            }
        }
    }

    /// <summary>do_swap_page(): brings a page back; called with the page table lock, and drops it.</summary>
    private protected override async KTask<Fault> DoSwapPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte orig, bool write)
    {
        mm.PageTableLock.UnlockNow();
        if (orig.IsMigration)
        {
            await MigrationEntryWait(mm, ptep);
            return Fault.Handled;
        }

        SwapEntry entry = orig.Entry;
        Page? page = await LookupSwapCache(entry);
        if (page is null)
        {
            await SwapinReadahead(tsk, entry);
            page = await ReadSwapCacheAsync(tsk, entry);
            if (page is null)
            {
                // Back out if somebody else faulted in this pte while we released the pte lock.
                await mm.PageTableLock.Lock();
                Fault fault = ptep.Value == orig ? Fault.OutOfMemory : Fault.Handled;
                mm.PageTableLock.UnlockNow();
                return fault;
            }
        }

        await page.Lock.Lock();
        if (RechecksSwapCache && (!page.IsSwapCache || page.Entry != entry))
        {
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            return Fault.Handled;
        }

        await mm.PageTableLock.Lock();
        if (ptep.Value != orig)
        {
            mm.PageTableLock.UnlockNow();
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            return Fault.Handled;
        }

        mm.Rss++;
        return await MapSwapPage(tsk, mm, address, ptep, orig, page, write);
    }

    /// <summary>
    /// The end of do_swap_page(): the page is counted as swapped out until it is counted as mapped. Called with the page
    /// locked and the page table lock, and drops both.
    /// </summary>
    private protected virtual async KTask<Fault> MapSwapPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte orig, Page page, bool write)
    {
        Pte pte = Pte.Map(page);
        if (write && await CanShareSwapPage(page))
        {
            pte = pte.MakeWritable().MakeDirty();
            write = false;
        }

        ptep.Value = pte;
        await PageAddAnonRmap(page, address);
        await SwapFree(orig.Entry);
        if (VmSwapFull())
        {
            await RemoveExclusiveSwapPage(page);
        }

        await page.Lock.Unlock();
        if (write)
        {
            return await DoWpPage(tsk, mm, address, ptep, pte);
        }

        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <summary>do_wp_page(): a write to a page that is mapped read-only. Drops the page table lock.</summary>
    private protected override async KTask<Fault> DoWpPage(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte pte)
    {
        Page old = M.Pages[pte.PageIndex];
        Reuse reuse = old.FileIndex < 0 ? await MayReuse(mm, ptep, pte, old) : Reuse.No;
        if (reuse == Reuse.Retry)
        {
            return Fault.Handled;
        }

        if (reuse == Reuse.Yes)
        {
            WpPageReuse(tsk, mm, ptep, pte);
            return Fault.Handled;
        }

        return await WpPageCopy(tsk, mm, address, ptep, pte, old, write: true);
    }

    /// <summary>
    /// The question: may the faulting process have the page? Called with the page table lock. Whoever holds the page lock may
    /// be about to change the counts, so if somebody does the answer is no.
    /// </summary>
    private protected virtual async KTask<Reuse> MayReuse(MmStruct mm, Cell<Pte> ptep, Pte pte, Page page)
    {
        if (!await page.Lock.TryLock())
        {
            return Reuse.No;
        }

        bool reuse = await CanShareSwapPage(page);
        await page.Lock.Unlock();
        return reuse ? Reuse.Yes : Reuse.No;
    }

    /// <summary>The page is ours: makes the pte writable, and drops its lock.</summary>
    private protected void WpPageReuse(TaskStruct tsk, MmStruct mm, Cell<Pte> ptep, Pte pte)
    {
        ptep.Value = pte.MakeYoung().MakeWritable().MakeDirty();
        tsk.BrokeCow = true;
        mm.PageTableLock.UnlockNow();
    }

    /// <summary>
    /// The part of do_wp_page() that copies, and maps the copy for writing or only for reading. Called with the page table
    /// lock, and drops it.
    /// </summary>
    private protected async KTask<Fault> WpPageCopy(TaskStruct tsk, MmStruct mm, int address, Cell<Pte> ptep, Pte pte, Page old, bool write)
    {
        await old.Count.Add(1);
        mm.PageTableLock.UnlockNow();
        Page? fresh = await AllocPage(tsk);
        if (fresh is null)
        {
            await PageCacheRelease(old);
            return Fault.OutOfMemory;
        }

        fresh.Content = old.Content;

        // Re-check the pte - we dropped the lock.
        await mm.PageTableLock.Lock();
        Page spare = fresh;
        if (ptep.Value == pte)
        {
            ptep.Value = Pte.Map(fresh, write, dirty: write);
            await PageAddNewRmap(fresh, address);

            // Only after switching the pte to the new page may we remove the mapcount here: others may reuse the old page.
            await PageRemoveRmap(old);
            tsk.BrokeCow = true;
            spare = old;
        }

        await PageCacheRelease(spare);
        await PageCacheRelease(old);
        mm.PageTableLock.UnlockNow();
        return Fault.Handled;
    }

    /// <summary>copy_one_pte(): a migration entry is copied as well, and nobody may write through it any more.</summary>
    private protected override async KTask<bool> CopyOnePte(MmStruct dst, Cell<Pte> to, Cell<Pte> from)
    {
        Pte pte = from.Value;
        if (pte.IsMigration)
        {
            Pte shared = Pte.Migrating(M.Pages[pte.PageIndex], write: false);
            from.Value = shared;
            to.Value = shared;
            return true;
        }

        return await base.CopyOnePte(dst, to, from);
    }
}
