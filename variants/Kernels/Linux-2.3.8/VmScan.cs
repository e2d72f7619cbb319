using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/vmscan.c</content>
public partial class Linux2_3_8
{
    /// <summary>At this priority reclaim looks at one task, at 0 at all of them.</summary>
    protected const int LowestPriority = 6;

    private const int SwapClusterMax = 4;

    /// <summary>mm->swap_cnt: how much of each address space is still to be looked at.</summary>
    private readonly int[] _swapCount;
    private readonly SharedFact _swapCounts;

    /// <summary>
    /// Unmaps a page if it can be had again, or starts writing it. True if something was started: the caller then
    /// stops scanning, as everything may have changed. Runs under the big kernel lock, without the mmap_sem.
    /// </summary>
    protected virtual async KTask<bool> TryToSwapOut(Vma vma, int address)
    {
        Cell<Pte> ptep = vma.Mm.Pte(address);
        Pte pte = ptep.Value;
        if (!pte.IsPresent)
        {
            return false;
        }

        M.VmStat.PagesScanned++;
        Page page = M.Pages[pte.PageIndex];
        if (pte.IsYoung)
        {
            Pte.ClearYoung(ptep, pte);
            return false;
        }

        if (page.Lock.IsLocked)
        {
            return false;
        }

        SwapEntry entry;
        if (page.IsSwapCache)
        {
            // The slot has it already, so this is just one more user of the slot.
            entry = page.Entry;
            KeepDirtyBit(pte, page);
            SwapDuplicate(entry);
            ptep.Value = Pte.Swapped(entry);
            vma.Mm.Rss--;
            Reclaimed(page);
            return false;
        }

        if (!pte.IsDirty && !KeepsDirty(page))
        {
            // Clean: it can be had again from where it came from.
            ptep.Value = default;
            vma.Mm.Rss--;
            Reclaimed(page);
            return false;
        }

        entry = GetSwapPage();
        if (entry.IsNone)
        {
            return false;
        }

        // All of this in one go under the big kernel lock: the slot has two users, the pte and the cache.
        vma.Mm.Rss--;
        ptep.Value = Pte.Swapped(entry);
        SwapDuplicate(entry);
        page.IsDirty = false;
        AddToSwapCache(page, entry);
        await SwapOutPage(page, entry);
        FreePage(page);
        return true;
    }

    /// <summary>
    /// What becomes of a page that has just been put into the swap cache, locked, and has the caller's reference: it is
    /// written, "OK, do a physical asynchronous write to swap". Sleeps.
    /// </summary>
    protected virtual KTask SwapOutPage(Page page, SwapEntry entry) => WriteEarly(page, entry);

    /// <summary>Begins to write a locked page. Sleeps, as there may be no room for one more request.</summary>
    protected async KTask WriteEarly(Page page, SwapEntry entry)
    {
        StartTransfer(page, entry, write: true);
        await Smp.Sleep();
    }

    /// <summary>
    /// The dirty bit of a pte that is about to be replaced by the entry of its swap cache page: 2.3.8 lets it go, "it's
    /// already up-to-date on disk".
    /// </summary>
    protected virtual void KeepDirtyBit(Pte pte, Page page)
    {
    }

    /// <summary>__free_page() by reclaim: counted if the page is free now.</summary>
    private void Reclaimed(Page page)
    {
        M.VmStat.PagesFreed += page.Count.Value == 1 ? 1 : 0;
        FreePage(page);
    }

    /// <summary>Whether reclaim looks at PG_dirty of the page: 2.3.8 looks at the pte alone.</summary>
    protected virtual bool KeepsDirty(Page page) => false;

    /// <summary>
    /// try_to_free_pages(), by whoever needs a page: one look at one task. The kernel looks harder the less it finds;
    /// in a memory of a dozen pages that would take away the very page that is being faulted in, for ever.
    /// </summary>
    protected KTask<int> TryToFreePages() => TryToFreePages(SwapClusterMax, LowestPriority, LowestPriority);

    /// <summary>
    /// do_try_to_free_pages(): frees up to <paramref name="count"/> pages, or as many as it can, looking harder from
    /// one priority to the next.
    /// </summary>
    private async KTask<int> TryToFreePages(int count, int first, int last)
    {
        await Bkl.Lock();
        int freed = 0;
        for (int priority = first; priority >= last && freed < count; priority--)
        {
            while (freed < count && await ShrinkMmap(priority))
            {
                freed++;
            }

            while (freed < count && await SwapOut(priority))
            {
                freed++;
            }
        }

        await Bkl.Unlock();
        return freed;
    }

    /// <summary>
    /// kswapd, woken to free so many pages. What its first pass starts to write, its second can free: it sleeps
    /// between the two. A pass that got nowhere is its last.
    /// </summary>
    private async KTask<int> Kswapd(int pages)
    {
        int freed = await TryToFreePages(pages, 2, 0);
        if (freed > 0 && freed < pages)
        {
            await Smp.Schedule();
            await TryToFreePages(pages - freed, 2, 0);
        }

        return 0;
    }

    /// <summary>Picks the task with most left to look at, and tries to free one page of it.</summary>
    private async KTask<bool> SwapOut(int priority)
    {
        for (int counter = M.TaskCount / (priority + 1); counter >= 0; counter--)
        {
            TaskStruct? best = await SelectTask(refill: false) ?? await SelectTask(refill: true);
            if (best is null)
            {
                return false;
            }

            // The task is not pinned: nothing sleeps before the result.
            if (await SwapOutMm(best.Mm!))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The task with most left to look at; null if nothing is left, or nobody is there.</summary>
    protected async KTask<TaskStruct?> SelectTask(bool refill)
    {
        TaskStruct? best = null;
        int most = 0;
        await TasklistLock.ReadLock();
        _swapCounts.Changed();
        for (TaskStruct? p = FirstTask; p is not null; p = p.Next)
        {
            if (!p.IsSwappable || p.Mm is not { Rss: > 0 and var rss } mm)
            {
                continue;
            }

            if (refill)
            {
                _swapCount[mm.Index] = rss;
            }

            if (_swapCount[mm.Index] > most)
            {
                most = _swapCount[mm.Index];
                best = p;
            }
        }

        await TasklistLock.ReadUnlock();
        return best;
    }

    /// <summary>We didn't find anything we could free: on to the next one.</summary>
    protected void NothingLeftIn(MmStruct mm)
    {
        _swapCounts.Changed();
        _swapCount[mm.Index] = 0;
    }

    private async KTask<bool> SwapOutMm(MmStruct mm)
    {
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                if (await TryToSwapOut(vma, address))
                {
                    return true;
                }
            }
        }

        NothingLeftIn(mm);
        return false;
    }
}
