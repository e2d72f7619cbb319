using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c</content>
public partial class Linux2_3_8
{
    /// <summary>
    /// shrink_mmap(): goes through memory in physical order and frees one page that only a cache holds. A swap cache page
    /// goes without being written: its slot keeps what its users need. Does not sleep, as nothing has to be written first.
    /// </summary>
    protected virtual async KTask<bool> ShrinkMmap(int priority)
    {
        int pages = M.Size.Pages;
        for (int index = 0; index < pages; index++)
        {
            Page page = M.Pages[index];
            if (!page.IsAllocated)
            {
                continue;
            }

            M.VmStat.PagesScanned++;
            if (page.Lock.IsLocked || page.Count.Value != 1)
            {
                continue;
            }

            if (page.IsSwapCache)
            {
                if (IsDirtyHere(page, priority))
                {
                    await Launder(page);
                    continue;
                }

                DeleteFromSwapCacheLocked(page);
                Reclaimed(page);
                return true;
            }

            if (page.FileIndex >= 0)
            {
                M.File.CachedPage(page.FileIndex).Value = null;
                Reclaimed(page);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether shrink_mmap() has to write a swap cache page before it may free it. 2.3.8 has begun to write what it puts into
    /// the swap cache, so that the disk is up to date once the page is unlocked.
    /// </summary>
    protected virtual bool IsDirtyHere(Page page, int priority) => false;

    /// <summary>Begins to write a swap cache page that nobody maps. May sleep.</summary>
    protected virtual KTask Launder(Page page) => KTask.Completed;

    /// <summary>
    /// filemap_nopage(): the page of the file, with a reference; with <paramref name="noShare"/> a copy of it. A
    /// private mapping beyond the end of the file reads zeroes. Null if there is no memory.
    /// </summary>
    private async KTask<Page?> FilemapNopage(TaskStruct tsk, Vma vma, int address, bool noShare)
    {
        Inode file = vma.File!;
        int index = vma.FilePage(address);
        Page? fresh = await GetFreePage(tsk);
        if (fresh is null)
        {
            return null;
        }

        if (index >= file.Size)
        {
            fresh.Content = 0;
            return fresh;
        }

        Page? cached = file.CachedPage(index).Value;
        if (cached is null)
        {
            cached = fresh;
            cached.Content = file.ContentOf(index);
            cached.FileIndex = index;
            file.CachedPage(index).Value = cached;
            cached.Count.AddUnderLock(1);
            if (!noShare)
            {
                return cached;
            }

            fresh = await GetFreePage(tsk);
            if (fresh is null)
            {
                FreePage(cached);
                return null;
            }

            fresh.Content = cached.Content;
            FreePage(cached);
            return fresh;
        }

        if (noShare)
        {
            fresh.Content = cached.Content;
            return fresh;
        }

        cached.Count.AddUnderLock(1);
        FreePage(fresh);
        return cached;
    }

    /// <summary>truncate_inode_pages(): drops what the page cache has beyond the new end.</summary>
    private async KTask TruncateInodePages(Inode file, int size)
    {
        for (int index = size; index < file.Pages; index++)
        {
            Page? page = file.CachedPage(index).Value;
            if (page is null)
            {
                continue;
            }

            page.Count.AddUnderLock(1);
            await page.Lock.Lock();
            if (ReferenceEquals(file.CachedPage(index).Value, page))
            {
                file.CachedPage(index).Value = null;
                page.FileIndex = -1;
                FreePage(page);
            }

            await page.Lock.Unlock();
            FreePage(page);
        }
    }

    /// <summary>ftruncate(): i_sem, then the page cache, then everybody's mappings.</summary>
    private async KTask<int> SysTruncate(Inode file, int size)
    {
        await Bkl.Lock();
        await file.Sem.Down();
        file.Size = size;
        await TruncateInodePages(file, size);
        await Vmtruncate(file, size);
        await file.Sem.Up();
        await Bkl.Unlock();
        return 0;
    }
}
