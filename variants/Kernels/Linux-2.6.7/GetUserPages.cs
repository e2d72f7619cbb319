using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>get_user_pages() of mm/memory.c, as a driver uses it that has a device read or write a page of its caller.</content>
public partial class Linux2_6_7
{
    /// <summary>A driver pins a page of the caller, one at a time.</summary>
    private async KTask<int> SysPin(TaskStruct current, int address, bool write)
    {
        if (current.Pinned is not null)
        {
            return Errno.Busy;
        }

        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownRead();
        Page? page = await GetUserPages(current, mm, address, write);
        await mm.MmapRwSem.UpRead();
        if (page is null)
        {
            return current.SawAllocationFail ? Errno.NoMem : Errno.Fault;
        }

        current.Pinned = page;
        current.IsPinnedForWrite = write;
        return 0;
    }

    /// <summary>put_page(), after set_page_dirty_lock() if the device may have written.</summary>
    private async KTask<int> SysUnpin(TaskStruct current)
    {
        if (current.Pinned is not { } page)
        {
            return Errno.Inval;
        }

        if (current.IsPinnedForWrite)
        {
            await page.Lock.Lock();
            page.IsDirty = true;
            await page.Lock.Unlock();
        }

        current.Pinned = null;
        current.IsPinnedForWrite = false;
        await PutUserPage(page);
        return 0;
    }

    /// <summary>What ends a pin.</summary>
    private protected virtual async KTask PutUserPage(Page page) => await PageCacheRelease(page);

    /// <summary>
    /// get_user_pages() of one page, with a reference; null if it cannot be had. Faults until the pte is as it must be.
    /// Called with the mmap_sem.
    /// </summary>
    private protected virtual async KTask<Page?> GetUserPages(TaskStruct current, MmStruct mm, int address, bool write)
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

            if (await HandleMmFault(current, mm, vma, address, write) != Fault.Handled)
            {
                return null;
            }
        }
    }

    /// <summary>follow_page(FOLL_GET): the page that the pte maps, if it may be used so, with a reference.</summary>
    private protected async KTask<Page?> FollowPage(MmStruct mm, int address, bool write)
    {
        await mm.PageTableLock.Lock();
        Pte pte = mm.Pte(address).Value;
        Page? page = null;
        if (pte.IsPresent && (!write || pte.IsWritable))
        {
            page = M.Pages[pte.PageIndex];
            page.Count.AddNow(1);
            if (write)
            {
                page.IsDirty = true;
            }
        }

        mm.PageTableLock.UnlockNow();
        return page;
    }

    /// <summary>sys_move_pages(), which came with 2.6.18.</summary>
    private protected virtual KTask<int> SysMovePages(TaskStruct current, int address) => new(Errno.NoSys);
}
