using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/swapfile.c</content>
public partial class Linux2_3_8
{
    /// <summary>One more user of a slot. False, for a slot that nobody uses, and that is a kernel message.</summary>
    protected bool SwapDuplicate(SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        int count = area.Map[entry.Offset];
        if (count == 0)
        {
            return false;
        }

        area.Map[entry.Offset] = count + 1;
        return true;
    }

    /// <summary>Users of a slot.</summary>
    protected int SwapCount(SwapEntry entry) => M.Areas[entry.Area].Map[entry.Offset];

    /// <summary>One user of a slot less.</summary>
    protected void SwapFree(SwapEntry entry)
    {
        SwapArea area = M.Areas[entry.Area];
        if (!area.IsUsed)
        {
            Smp.Bug("swap_map", $"swap_free: Trying to free swap {entry} from unused swap-device");
            return;
        }

        int count = area.Map[entry.Offset];
        if (count == 0)
        {
            // A message, no BUG(): whoever called goes on, and may come to worse.
            Smp.Warn(FailureKind.Bug, "swap_map", $"swap_free: swap-space map bad ({entry})");
            return;
        }

        area.Map[entry.Offset] = count - 1;
        if (count == 1)
        {
            NrSwapPages++;
        }
    }

    /// <summary>A free slot, with one user; none if there is none, or the area takes no more.</summary>
    protected SwapEntry GetSwapPage()
    {
        SwapArea area = M.Areas[0];
        if (NrSwapPages == 0 || !area.IsUsed || !area.IsWriteOk)
        {
            return default;
        }

        for (int offset = 0; offset < area.Slots; offset++)
        {
            if (area.Map[offset] == 0)
            {
                area.Map[offset] = 1;
                NrSwapPages--;
                return area.EntryOf(offset);
            }
        }

        return default;
    }

    /// <summary>
    /// Replaces a swap entry by the page. A pte that maps the page already is marked dirty: the slot's copy is about
    /// to go. Does not sleep.
    /// </summary>
    protected void UnusePte(Vma vma, int address, SwapEntry entry, Page page)
    {
        Cell<Pte> ptep = vma.Mm.Pte(address);
        Pte pte = ptep.Value;
        if (pte.IsNone)
        {
            return;
        }

        if (pte.IsPresent)
        {
            if (pte.PageIndex == page.Index)
            {
                ptep.Value = pte.MakeDirty();
            }

            return;
        }

        if (pte != Pte.Swapped(entry))
        {
            return;
        }

        ptep.Value = Pte.Map(page, dirty: true);
        SwapFree(entry);
        page.Count.AddUnderLock(1);
        vma.Mm.Rss++;
    }

    /// <summary>unuse_process(): goes through a process' page directory. Does not sleep.</summary>
    protected void UnuseMm(MmStruct mm, SwapEntry entry, Page page)
    {
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                UnusePte(vma, address, entry, page);
            }
        }
    }

    /// <summary>
    /// Visits everybody who may hold the entry. 2.3.8 walks the tasks under a spin lock, so it can take nobody's
    /// mmap_sem, and sees neither a child that is not linked yet nor an mm whose task has let go of it.
    /// </summary>
    protected virtual async KTask UnuseEverywhere(SwapEntry entry, Page page)
    {
        await TasklistLock.ReadLock();
        for (TaskStruct? p = FirstTask; p is not null; p = p.Next)
        {
            if (p.Mm is { } mm)
            {
                UnuseMm(mm, entry, page);
            }
        }

        await TasklistLock.ReadUnlock();
    }

    /// <summary>Replaces the entry by the page wherever it is found, and takes the page out of the cache.</summary>
    protected virtual async KTask Unuse(SwapEntry entry, Page page)
    {
        await UnuseEverywhere(entry, page);

        // Now get rid of the extra reference to the temporary page we've been using.
        if (page.IsSwapCache)
        {
            await DeleteFromSwapCache(page);
        }
    }

    /// <summary>True if a slot that still has users after the walk is declared free: bug S0-B8.</summary>
    protected virtual bool ForcesZero => true;

    /// <summary>
    /// "We completely avoid races by reading each swap page in advance, and then search for the process using it."
    /// 0, or -ENOMEM.
    /// </summary>
    protected virtual async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        while (true)
        {
            int offset = FindSlotInUse(area);
            if (offset < 0)
            {
                return 0;
            }

            SwapEntry entry = area.EntryOf(offset);
            Page? page = await ReadSwapCacheAsync(current, entry, wait: true);
            if (page is null)
            {
                // Somebody freed the slot while we slept: no harm done.
                if (area.Map[offset] == 0)
                {
                    continue;
                }

                return Errno.NoMem;
            }

            await Unuse(entry, page);
            FreePage(page);
            if (area.Map[offset] == 0)
            {
                continue;
            }

            if (ForcesZero)
            {
                // Check for and clear any overflowed swap map counts: whoever was missed keeps an entry without a slot.
                area.Map[offset] = 0;
                NrSwapPages++;
            }
            else
            {
                await Smp.Schedule();
            }
        }
    }

    /// <summary>The first slot that somebody uses, -1 if none.</summary>
    protected static int FindSlotInUse(SwapArea area)
    {
        for (int offset = 0; offset < area.Slots; offset++)
        {
            if (area.Map[offset] != 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>sys_swapoff().</summary>
    protected async KTask<int> SysSwapoff(TaskStruct current, SwapArea area)
    {
        await Bkl.Lock();

        // namei() of the device's path.
        await Smp.Sleep();
        if (!area.IsUsed || !area.IsWriteOk)
        {
            await Bkl.Unlock();
            return Errno.Inval;
        }

        area.IsWriteOk = false;
        int error = await TryToUnuse(current, area);
        if (error != 0)
        {
            // Re-insert swap space back into swap_list: entries that have moved stay moved.
            area.IsWriteOk = true;
            await Bkl.Unlock();
            return error;
        }

        NrSwapPages -= area.Slots;
        area.Map.Free();
        area.IsUsed = false;
        await Bkl.Unlock();
        return 0;
    }

    /// <summary>sys_swapon(): the area comes back with its old number, and with whatever is on it now.</summary>
    protected async KTask<int> SysSwapon(SwapArea area)
    {
        await Bkl.Lock();
        if (area.IsUsed)
        {
            await Bkl.Unlock();
            return Errno.Busy;
        }

        area.IsUsed = true;

        // namei(), open, and the header has to be read.
        await Smp.Sleep();
        area.SwitchOn();
        NrSwapPages += area.Slots;
        area.IsWriteOk = true;
        await Bkl.Unlock();
        return 0;
    }
}
