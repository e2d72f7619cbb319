using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c and mm/truncate.c</content>
public partial class Linux5_1
{
    /// <summary>
    /// filemap_fault(): the page of the file, locked and with a reference; or why there is none. Its content is there at
    /// once.
    /// </summary>
    private async KTask<(Page? Page, VmFault Fault)> FilemapFault(TaskStruct tsk, Vma vma, int index, bool allowRetry)
    {
        Inode file = vma.File!;
        while (true)
        {
            if (index >= file.Size)
            {
                return (null, VmFault.Sigbus);
            }

            Page? page = await FindOrAddPage(tsk, file, index);
            if (page is null)
            {
                return (null, VmFault.Oom);
            }

            if (!await LockPageOrRetry(page, vma.Mm, allowRetry))
            {
                await PutPage(page);
                return (null, VmFault.Retry);
            }

            // Did it get truncated?
            if (page.FileIndex == index)
            {
                return (page, VmFault.Done);
            }

            await page.Lock.Unlock();
            await PutPage(page);
        }
    }

    /// <summary>find_get_page(), or page_cache_read() of a page that nobody has read yet. Null if there is no memory.</summary>
    private async KTask<Page?> FindOrAddPage(TaskStruct tsk, Inode file, int index)
    {
        Page? fresh = null;
        while (true)
        {
            await _filePagesLock.Lock();
            Page? page = file.CachedPage(index).Value;
            if (page is null && fresh is not null)
            {
                page = fresh;
                page.Content = file.ContentOf(index);
                page.FileIndex = index;
                file.CachedPage(index).Value = page;
                fresh = null;
            }

            page?.Count.AddNow(1);
            _filePagesLock.UnlockNow();
            if (page is not null)
            {
                if (fresh is not null)
                {
                    await PutPage(fresh);
                }

                return page;
            }

            fresh = await AllocPage(tsk);
            if (fresh is null)
            {
                return null;
            }
        }
    }

    /// <summary>truncate_inode_pages(): drops what the page cache has beyond the new end.</summary>
    private async KTask TruncateInodePages(Inode file, int size)
    {
        for (int index = size; index < file.Pages; index++)
        {
            await _filePagesLock.Lock();
            Page? page = file.CachedPage(index).Value;
            page?.Count.AddNow(1);
            _filePagesLock.UnlockNow();
            if (page is null)
            {
                continue;
            }

            await page.Lock.Lock();
            if (page.FileIndex == index)
            {
                // truncate_cleanup_page(): somebody may have mapped it since.
                if (await _mapCount[page.Index].Read() != 0)
                {
                    await UnmapMappingRange(file, index);
                }

                await _filePagesLock.Lock();
                file.CachedPage(index).Value = null;
                page.FileIndex = -1;
                _filePagesLock.UnlockNow();
                await PutPage(page);
            }

            await page.Lock.Unlock();
            await PutPage(page);
        }
    }

    /// <summary>
    /// truncate_setsize() and truncate_pagecache(): "unmap_mapping_range is called twice, first simply for efficiency so that
    /// truncate_inode_pages does fewer single-page unmaps. However after this first call, and before truncate_inode_pages
    /// finishes, it is possible for private pages to be COWed, which remain after truncate_inode_pages finishes, hence the
    /// second unmap_mapping_range call must be made for correctness."
    /// </summary>
    private async KTask<int> SysTruncate(Inode file, int size)
    {
        await file.Sem.Down();
        file.Size = size;
        await UnmapMappingRange(file, size);
        await TruncateInodePages(file, size);
        await UnmapMappingRange(file, size);
        await file.Sem.Up();
        return 0;
    }
}
