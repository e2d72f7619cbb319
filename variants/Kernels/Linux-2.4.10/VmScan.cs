using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/vmscan.c</content>
public partial class Linux2_4_10
{
    private const int SwapClusterMax = 4;

    /// <summary>
    /// DEF_PRIORITY: rounds. The kernel makes 6, and looks at more of the address spaces with each; with so few, four
    /// rounds over all of them do: a page is old, unmapped, written, free.
    /// </summary>
    private const int DefPriority = 4;

    /// <summary>mm->swap_address of an address space that has been scanned to its end.</summary>
    private int TaskSize => M.Capacity.Addresses;

    /// <summary>
    /// try_to_swap_out(): unmaps a page, which the swap cache or the page cache keeps until it is written. True if that
    /// made it easier to free. Called with page_table_lock, without mmap_sem: may not sleep.
    /// </summary>
    private async KTask<bool> TryToSwapOut(MmStruct mm, Cell<Pte> ptep, Page page)
    {
        // Don't look at this pte if it's been accessed recently.
        Pte seen = ptep.Value;
        if (seen.IsYoung)
        {
            Pte.ClearYoung(ptep, seen);
            return false;
        }

        if (!await page.Lock.TryLock())
        {
            return false;
        }

        // Nobody else can change it from here, not even the hardware.
        Pte pte = Pte.GetAndClear(ptep);
        SwapEntry entry = default;
        if (page.IsSwapCache)
        {
            // The page is in the swap cache already, so this is just one more user of the slot.
            entry = page.Entry;
            page.IsDirty |= pte.IsDirty;
            await SwapDuplicate(entry);
        }
        else if (page.FileIndex >= 0)
        {
            page.IsDirty |= pte.IsDirty;
        }
        else if (pte.IsDirty || page.IsDirty)
        {
            // PageDirty, as the page may have been brought back by swapoff, and no slot holds what is in it.
            entry = await AddToSwap(page);
            if (entry.IsNone)
            {
                ptep.Value = pte;
                await page.Lock.Unlock();
                return false;
            }

            page.IsDirty = true;
        }

        if (!entry.IsNone)
        {
            ptep.Value = Pte.Swapped(entry);
        }

        mm.Rss--;
        await page.Lock.Unlock();
        await PageCacheRelease(page);
        return true;
    }

    /// <summary>
    /// swap_out_mm(): goes on scanning the address space where the last one stopped, and unmaps up to
    /// <paramref name="count"/> pages. Returns how many, and whether another round may find more.
    /// </summary>
    private async KTask<(int Unmapped, bool More)> SwapOutMm(MmStruct mm, int count)
    {
        Cell<int> next = _swapAddress[mm.Index];
        int unmapped = 0;
        bool more = false;
        await mm.PageTableLock.Lock();
        int address = next.Value;
        if (address == TaskSize || _globals.SwapMm.Value != mm)
        {
            // We raced.
            await mm.PageTableLock.Unlock();
            return (0, More: true);
        }

        for (Vma? vma = mm.FindVma(address); vma is not null && unmapped < count; vma = vma.Next)
        {
            for (address = Math.Max(address, vma.Start); address < vma.End && unmapped < count; address++)
            {
                Cell<Pte> ptep = mm.Pte(address);
                Pte pte = ptep.Value;
                next.Value = address + 1;
                if (!pte.IsPresent)
                {
                    continue;
                }

                more |= pte.IsYoung;
                if (await TryToSwapOut(mm, ptep, M.Pages[pte.PageIndex]))
                {
                    unmapped++;
                }
            }
        }

        if (unmapped < count)
        {
            next.Value = TaskSize;
        }

        await mm.PageTableLock.Unlock();
        return (unmapped, more);
    }

    /// <summary>
    /// swap_out(): one address space after the other, in the order of the list, which it does not rotate. Passes over
    /// those without a page, unlike the kernel, which finds that out one lock later. False if another round would find
    /// nothing more to unmap.
    /// </summary>
    private async KTask<bool> SwapOut(int count)
    {
        bool more = false;
        int rounds = 0;
        for (int counter = _globals.MmListCount.Value; counter > 0; counter--)
        {
            await _mmListLock.Lock();
            MmStruct? mm = _globals.SwapMm.Value;
            while (mm is null || mm.Rss == 0 || _swapAddress[mm.Index].Value == TaskSize)
            {
                if (mm is not null)
                {
                    _swapAddress[mm.Index].Value = 0;
                }
                else if (++rounds > 2)
                {
                    // Nobody but init_mm is on the list, or nobody has a page.
                    await _mmListLock.Unlock();
                    return more;
                }

                mm = mm is null ? _mmList.First : _mmList.After(mm);
                _globals.SwapMm.Value = mm;
            }

            // Make sure the mm doesn't disappear when we drop the lock.
            mm.Users.AddNow(1);
            await _mmListLock.Unlock();
            (int unmapped, bool moreOfIt) = await SwapOutMm(mm, count);
            await MmPut(mm);
            more |= moreOfIt;
            count -= unmapped;
            if (count <= 0)
            {
                return true;
            }
        }

        return more;
    }

    /// <summary>
    /// shrink_cache(): frees pages that only a cache holds; one that is dirty is written first, and freed the next time.
    /// </summary>
    private async KTask<(int Freed, int Written)> ShrinkCache(int count)
    {
        int freed = 0;
        int written = 0;
        for (int index = 0; index < M.Size.Pages && freed < count; index++)
        {
            // The LRU lists' lock, not modelled, keeps the page from being freed until it is locked.
            Page candidate = M.Pages[index];
            if (!candidate.IsAllocated || !(candidate.IsSwapCacheUnlocked || candidate.FileIndex >= 0)
                || candidate.Count.Glance != 1 || !candidate.Lock.TryLockNow())
            {
                continue;
            }

            // Only now, as it outlives awaits and so lies in the frame.
            Page page = candidate;

            // What is locked in a cache stays there; on threads it may have left before, and be another's by now.
            if (!(page.IsSwapCache || page.FileIndex >= 0))
            {
                await page.Lock.Unlock();
                continue;
            }

            if (page.IsDirty && page.IsSwapCache)
            {
                page.IsDirty = false;
                page.Count.AddNow(1);
                written++;
                await SwapWritepage(page);
                await PageCacheRelease(page);
                continue;
            }

            await PagecacheLock.Lock();
            bool isFreeable = page.Count.Glance == 1;

            // PageDirty counts only after the page was seen not to be in use by anybody.
            if (!isFreeable || page.IsDirty)
            {
                await PagecacheLock.Unlock();
                await page.Lock.Unlock();
                continue;
            }

            // Point of no return.
            SwapEntry entry = default;
            if (page.IsSwapCache)
            {
                entry = RemoveFromSwapCache(page);
            }
            else
            {
                RemoveInodePage(page);
            }

            await UnlockPagecacheAndFree(entry);
            await page.Lock.Unlock();
            await PageCacheRelease(page);
            freed++;
        }

        return (freed, written);
    }

    /// <summary>
    /// try_to_free_pages(): frees so many pages, or as many as it can. Looks at the address spaces only while there may
    /// be something to unmap in them. Answers 0, whoever calls it: kswapd, woken to free so many, does nothing else.
    /// </summary>
    private async KTask<int> TryToFreePages(int count)
    {
        bool more = true;
        for (int priority = DefPriority; priority > 0; priority--)
        {
            (int freed, int written) = await ShrinkCache(count);
            count -= freed;
            if (count <= 0 || (!more && freed + written == 0))
            {
                break;
            }

            // need_resched: what is on its way to the disk may arrive meanwhile.
            await Smp.Schedule();
            more = more && await SwapOut(count);
        }

        return 0;
    }
}
