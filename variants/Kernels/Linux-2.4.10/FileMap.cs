using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c</content>
public partial class Linux2_4_10
{
    /// <summary>__remove_inode_page(): called with the page locked and pagecache_lock held.</summary>
    private void RemoveInodePage(Page page)
    {
        M.File.CachedPage(page.FileIndex).Value = null;
        page.FileIndex = -1;
    }

    /// <summary>
    /// filemap_nopage(): the page of the file, with a reference; or null, and why. Beyond the end of the file there is
    /// nothing, for a debugger neither.
    /// </summary>
    private async KTask<(Page? Page, FaultResult Error)> FilemapNopage(TaskStruct current, Inode file, int index)
    {
        while (true)
        {
            if (index >= file.Size)
            {
                return (null, FaultResult.Sigbus);
            }

            await PagecacheLock.Lock();
            Page? page = file.CachedPage(index).Value;
            page?.Count.AddNow(1);
            await PagecacheLock.Unlock();
            if (page is not null)
            {
                return (page, FaultResult.Major);
            }

            // page_cache_read().
            page = await AllocPage(current);
            if (page is null)
            {
                return (null, FaultResult.OutOfMemory);
            }

            page.Content = file.ContentOf(index);
            await PagecacheLock.Lock();
            if (file.CachedPage(index).Value is null)
            {
                page.FileIndex = index;
                page.Count.AddNow(1);
                file.CachedPage(index).Value = page;
            }

            await PagecacheLock.Unlock();
            await PageCacheRelease(page);
        }
    }

    /// <summary>truncate_inode_pages(): drops what the page cache has beyond the new end.</summary>
    private async KTask TruncateInodePages(Inode file, int size)
    {
        for (int index = size; index < M.Size.FilePages; index++)
        {
            await PagecacheLock.Lock();
            Page? page = file.CachedPage(index).Value;
            page?.Count.AddNow(1);
            await PagecacheLock.Unlock();
            if (page is null)
            {
                continue;
            }

            await page.Lock.Lock();
            await PagecacheLock.Lock();
            bool isCached = file.CachedPage(index).Value == page;
            if (isCached)
            {
                RemoveInodePage(page);
            }

            await PagecacheLock.Unlock();
            await page.Lock.Unlock();
            if (isCached)
            {
                await PageCacheRelease(page);
            }

            await PageCacheRelease(page);
        }
    }

    /// <summary>ftruncate(): i_sem, the size, everybody's mappings, then the page cache.</summary>
    private async KTask<int> SysTruncate(Inode file, int size)
    {
        await file.Sem.Down();
        await Vmtruncate(file, size);
        await file.Sem.Up();
        return 0;
    }
}
