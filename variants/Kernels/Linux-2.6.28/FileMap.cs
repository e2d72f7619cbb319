using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c and fs/file_table.c</content>
public partial class Linux2_6_28
{
    private readonly SpinLock _filePagesLock;

    /// <summary>Waits for the page of a file. False if the mmap_sem was dropped for that: the fault must begin anew.</summary>
    protected virtual async KTask<bool> LockPageOrRetry(FaultContext fault, Page page)
    {
        await page.Lock.Lock();
        return true;
    }

    /// <summary>
    /// filemap_fault(): the page of the file, locked and with a reference; or why there is none. What it needs of
    /// vma->vm_file it needs before and after it has slept.
    /// </summary>
    private async KTask<(Page? Page, VmFault Fault)> FilemapFault(FaultContext fault)
    {
        StructFile file = Files.Of(fault.Vma).Once!;
        Inode inode = fault.Vma.File!;

        // do_linear_fault(): pgoff.
        int index = fault.Address - fault.Vma.StartOnce + fault.Vma.Offset;
        if (index < 0 || index >= inode.Pages)
        {
            return (null, VmFault.Sigbus);
        }

        while (true)
        {
            file.Touch("filemap_fault: f_mapping");
            Page? page = await FindGetPage(inode, index);
            if (page is null)
            {
                if (!await PageCacheRead(fault.Task, inode, index))
                {
                    return (null, VmFault.Oom);
                }

                continue;
            }

            if (!await LockPageOrRetry(fault, page))
            {
                await PutPage(page);
                return (null, VmFault.Retry);
            }

            file.Touch("filemap_fault: f_ra.prev_pos");
            return (page, VmFault.Done);
        }
    }

    /// <summary>
    /// find_get_page(), which takes no lock since 2.6.27: pages of a file stay in its cache here, so that what
    /// rcu_read_lock() protects from never happens.
    /// </summary>
    private async KTask<Page?> FindGetPage(Inode inode, int index)
    {
        while (true)
        {
            Page? page = inode.CachedPage(index).Once;
            if (page is null)
            {
                return null;
            }

            // page_cache_get_speculative()
            if (await page.Count.IncrementNotZero() == 0)
            {
                continue;
            }

            // Has the page moved?
            if (ReferenceEquals(page, inode.CachedPage(index).Once))
            {
                return page;
            }

            await PutPage(page);
        }
    }

    /// <summary>page_cache_read(): the disk has the page's lock until it has read it. False if there is no memory.</summary>
    private async KTask<bool> PageCacheRead(TaskStruct tsk, Inode inode, int index)
    {
        Page? page = await AllocPage(tsk);
        if (page is null)
        {
            return false;
        }

        await _filePagesLock.Lock();
        bool isFirst = inode.CachedPage(index).Value is null;
        if (isFirst)
        {
            page.FileIndex = index;
            page.Lock.InitLocked();
            inode.CachedPage(index).Value = page;
        }

        _filePagesLock.UnlockNow();
        if (isFirst)
        {
            // The reference is the page cache's from here.
            page.Lock.HandToDevice();
            M.Disk.Submit(new DiskRequest(page, default, IsWrite: false));
        }
        else
        {
            await PutPage(page);
        }

        return true;
    }

    /// <summary>fput().</summary>
    private static async KTask Fput(StructFile file)
    {
        if (await file.Count.Add(-1) == 0)
        {
            file.Free();
        }
    }
}
