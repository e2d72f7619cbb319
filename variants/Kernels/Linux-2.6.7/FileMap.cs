using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c and mm/truncate.c</content>
public partial class Linux2_6_7
{
    /// <summary>
    /// filemap_nopage(): the page of the file, with a reference; or why there is none. Its content is there at once.
    /// </summary>
    private async KTask<(Page? Page, Fault Fault)> FilemapNopage(TaskStruct tsk, Inode file, int index)
    {
        if (index >= file.Size)
        {
            return (null, Fault.BusError);
        }

        Page? fresh = null;
        while (true)
        {
            await _fileTreeLock.Lock();
            Page? page = file.CachedPage(index).Value;
            if (page is null && fresh is not null)
            {
                // add_to_page_cache(): the cache has a reference of its own.
                page = fresh;
                page.Count.IncrementUnseen();
                page.Content = file.ContentOf(index);
                page.FileIndex = index;
                file.CachedPage(index).Value = page;
                fresh = null;
            }
            else if (page is not null)
            {
                page.Count.AddNow(1);
            }

            _fileTreeLock.UnlockNow();
            if (page is not null)
            {
                if (fresh is not null)
                {
                    await PageCacheRelease(fresh);
                }

                return (page, Fault.Handled);
            }

            fresh = await AllocPage(tsk);
            if (fresh is null)
            {
                return (null, Fault.OutOfMemory);
            }
        }
    }

    /// <summary>truncate_inode_pages(): drops what the page cache has beyond the new end.</summary>
    private async KTask TruncateInodePages(Inode file, int size)
    {
        for (int index = size; index < file.Pages; index++)
        {
            await _fileTreeLock.Lock();
            Page? page = file.CachedPage(index).Value;
            if (page is not null)
            {
                page.Count.AddNow(1);
            }

            _fileTreeLock.UnlockNow();
            if (page is null)
            {
                continue;
            }

            await page.Lock.Lock();
            if (page.FileIndex == index)
            {
                // remove_from_page_cache(): the page lock keeps it from going before us.
                await _fileTreeLock.Lock();
                file.CachedPage(index).Value = null;
                page.FileIndex = -1;
                _fileTreeLock.UnlockNow();
                await PageCacheRelease(page);
            }

            await page.Lock.Unlock();
            await PageCacheRelease(page);
        }
    }

    /// <summary>do_truncate(): i_sem, then everybody's mappings, then the page cache.</summary>
    private async KTask<int> SysTruncate(Inode file, int size)
    {
        await file.Sem.Down();
        await Vmtruncate(file, size);
        await file.Sem.Up();
        return 0;
    }
}
