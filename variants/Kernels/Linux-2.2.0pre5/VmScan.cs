using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/vmscan.c</content>
public partial class Linux2_2_0pre5
{
    private const int FirstPriority = 2;

    /// <summary>
    /// True if reclaim may write a dirty page of a shared mapping for whoever allocates with this mask. 2.2.0pre5 knows no
    /// reason against it.
    /// </summary>
    protected virtual bool MayEnterFilesystem(Gfp mask) => true;

    /// <summary>True if reclaim may write a page to swap for whoever allocates with this mask.</summary>
    protected virtual bool MaySwap(Gfp mask) => true;

    /// <summary>
    /// try_to_free_pages(): frees so many pages, or starts what will free them. How many; 0 if it got nowhere.
    /// </summary>
    protected async KTask<int> TryToFreePages(Gfp mask, int count)
    {
        await Bkl.Lock();
        int freed = 0;
        for (int priority = FirstPriority; priority >= 0 && freed < count; priority--)
        {
            while (freed < count && await ShrinkMmap(priority))
            {
                freed++;
            }

            while (freed < count && await SwapOut(priority, mask))
            {
                freed++;
            }
        }

        await Bkl.Unlock();
        return freed;
    }

    /// <summary>
    /// Unmaps a page if it can be had again, or writes it. True if it slept: the caller then stops scanning, as
    /// everything may have changed.
    /// </summary>
    protected async KTask<bool> TryToSwapOut(Vma vma, int address, Gfp mask)
    {
        Pte pte = vma.Mm.Pte(address).Value;
        if (!pte.IsPresent)
        {
            return false;
        }

        if (!pte.IsDirty || !vma.IsShared)
        {
            bool isClean = !pte.IsDirty || M.Pages[pte.PageIndex].IsSwapCache;
            return (isClean || MaySwap(mask)) && await TryToSwapOut(vma, address);
        }

        Page page = M.Pages[pte.PageIndex];
        if (pte.IsYoung)
        {
            Pte.ClearYoung(vma.Mm.Pte(address), pte);
            return false;
        }

        return !page.Lock.IsLocked && MayEnterFilesystem(mask) && await SwapOutShared(vma, address, page);
    }

    /// <summary>
    /// vm_ops->swapout: the pte goes first, as whoever faults finds the page in the page cache; then the page is written,
    /// and that sleeps.
    /// </summary>
    protected virtual async KTask<bool> SwapOutShared(Vma vma, int address, Page page)
    {
        Inode file = vma.File!;
        int index = vma.FilePage(address);
        vma.Mm.Pte(address).Value = default;
        vma.Mm.Rss--;
        await FilemapSwapout(file, index, page);
        FreePage(page);
        return true;
    }

    /// <summary>kswapd's work, for a history that wants so many pages freed.</summary>
    private async KTask<int> ReclaimAsKswapd(int pages)
    {
        Flags |= Pf.MemAlloc;
        int freed = await TryToFreePages(Gfp.Kernel, pages);
        if (freed > 0 && freed < pages)
        {
            await Smp.Schedule();
            await TryToFreePages(Gfp.Kernel, pages - freed);
        }

        Flags &= ~Pf.MemAlloc;
        return 0;
    }

    /// <summary>swap_out(): picks the task with most left to look at, and tries to free one page of it.</summary>
    private async KTask<bool> SwapOut(int priority, Gfp mask)
    {
        for (int counter = M.TaskCount / (priority + 1); counter >= 0; counter--)
        {
            TaskStruct? best = await SelectTask(refill: false) ?? await SelectTask(refill: true);
            if (best is null)
            {
                return false;
            }

            // The task is not pinned: nothing sleeps before the result.
            if (await SwapOutMm(best.Mm!, mask))
            {
                return true;
            }
        }

        return false;
    }

    private async KTask<bool> SwapOutMm(MmStruct mm, Gfp mask)
    {
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                if (await TryToSwapOut(vma, address, mask))
                {
                    return true;
                }
            }
        }

        NothingLeftIn(mm);
        return false;
    }
}
