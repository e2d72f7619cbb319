using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/filemap.c and vmtruncate() of mm/memory.c</content>
public partial class Linux2_2_0pre5
{
    /// <summary>
    /// Frees one page that only a cache holds. Starts to write dirty buffers that it meets; does not sleep, and takes no
    /// lock.
    /// </summary>
    protected override KTask<bool> ShrinkMmap(int priority)
    {
        for (int count = M.Size.Pages; count > 0; count--)
        {
            int clock = (_statics.Clock.Value + 1) % M.Size.Pages;
            _statics.Clock.Value = clock;
            Page page = M.Pages[clock];
            if (!page.IsAllocated || page.Lock.IsLocked || page.Count.Value != 1)
            {
                continue;
            }

            if (page.IsSwapCache)
            {
                DeleteFromSwapCacheLocked(page);
                FreePage(page);
                return new(true);
            }

            if (page.Buffer is not null)
            {
                if (TryToFreeBuffers(page))
                {
                    return new(true);
                }
            }
            else if (page.Mapping is not null)
            {
                RemoveInodePage(page);
                return new(true);
            }
        }

        return new(false);
    }

    /// <summary>True if the page is in the page cache, where it was found.</summary>
    protected static bool IsCached(Page page, Inode file, int index) => ReferenceEquals(file.CachedPage(index).Value, page);

    /// <summary>filemap_swapout(): writes a page of a shared mapping for reclaim.</summary>
    protected virtual KTask FilemapSwapout(Inode file, int index, Page page) => FilemapWritePage(file, index, page);

    /// <summary>
    /// filemap_write_page(): takes i_sem, so that the page is not truncated in the middle of it. That it was truncated
    /// while this slept for i_sem, it does not notice: it refuses to extend the file, and no more.
    /// </summary>
    protected virtual async KTask FilemapWritePage(Inode file, int index, Page page)
    {
        await DownInode(file);
        await DoWritePage(file, index, page);
        await UpInode(file);
    }

    /// <summary>do_write_page(): "refuse to extend file size".</summary>
    protected async KTask DoWritePage(Inode file, int index, Page page)
    {
        if (index < file.Size)
        {
            await Ext2FileWrite(file, index, page, value: 0);
        }
    }

    /// <summary>down(&amp;inode->i_sem), by whoever writes.</summary>
    protected virtual async KTask DownInode(Inode inode) => await inode.Sem.Down();

    /// <summary>up(&amp;inode->i_sem).</summary>
    protected virtual async KTask UpInode(Inode inode) => await inode.Sem.Up();

    /// <inheritdoc/>
    protected override async KTask<bool> DoNoPage(TaskStruct tsk, Vma vma, Cell<Pte> ptep, int address, bool write)
    {
        if (vma.File is not { } file || !vma.IsShared)
        {
            return await base.DoNoPage(tsk, vma, ptep, address, write);
        }

        int index = vma.FilePage(address);
        Page? page = await FindOrReadPage(tsk, file, index);
        bool handled = page is not null;
        if (page is not null)
        {
            if (ptep.Value.IsNone && ReferenceEquals(vma.Mm.FindVma(address), vma) && IsCached(page, file, index))
            {
                vma.Mm.Rss++;
                ptep.Value = Pte.Map(page, write: true, dirty: write);
            }
            else
            {
                FreePage(page);
            }
        }

        await Bkl.Unlock();
        return handled;
    }

    /// <summary>
    /// The heart of filemap_nopage() and of do_generic_file_read(): the page of the file, up to date and with a reference.
    /// Null beyond its end, or if there is no memory.
    /// </summary>
    protected async KTask<Page?> FindOrReadPage(TaskStruct tsk, Inode file, int index)
    {
        while (index < file.Size)
        {
            Page? page = file.CachedPage(index).Value;
            if (page is null)
            {
                page = await GetFreePage(tsk, Gfp.Kernel);
                if (page is null)
                {
                    return null;
                }

                // Somebody may have read it, or cut it off, while the allocation slept.
                if (file.CachedPage(index).Value is not null || index >= file.Size)
                {
                    FreePage(page);
                    continue;
                }

                AddToPageCache(page, file, index);
                await Readpage(page, file, index);
                return page;
            }

            page.Count.AddUnderLock(1);
            if (page.Lock.IsLocked)
            {
                await page.Lock.Wait();
            }

            if (IsCached(page, file, index))
            {
                return page;
            }

            FreePage(page);
        }

        return null;
    }

    /// <summary>
    /// update_vm_cache(): write(2) has written to a buffer, and the page cache has to follow.
    /// </summary>
    protected async KTask UpdateVmCache(Inode file, int index, int content)
    {
        if (file.CachedPage(index).Value is { } page)
        {
            page.Count.AddUnderLock(1);
            if (page.Lock.IsLocked)
            {
                await page.Lock.Wait();
            }

            page.Content = content;
            FreePage(page);
        }
    }

    /// <summary>filemap_unmap() and filemap_sync(MS_ASYNC): a shared mapping's dirty pages are written before they are zapped.</summary>
    protected override async KTask Unmap(Vma vma)
    {
        if (vma.File is not { } file || !vma.IsShared)
        {
            return;
        }

        for (int address = vma.Start; address < vma.End; address++)
        {
            Cell<Pte> ptep = vma.Mm.Pte(address);
            Pte pte = ptep.Value;
            if (pte.IsPresent && pte.IsDirty)
            {
                Page page = M.Pages[pte.PageIndex];
                ptep.Value = pte.MakeClean();
                page.Count.AddUnderLock(1);
                await FilemapWritePage(file, vma.FilePage(address), page);
                FreePage(page);
            }
        }
    }

    /// <summary>do_truncate(), of a file to nothing.</summary>
    private async KTask<int> SysTruncate(Inode file)
    {
        await Bkl.Lock();
        await DownInode(file);
        await DoTruncate(file);
        await UpInode(file);
        await Bkl.Unlock();
        return 0;
    }

    /// <summary>notify_change(), vmtruncate() and i_op->truncate().</summary>
    protected virtual async KTask DoTruncate(Inode file)
    {
        file.Size = 0;
        await TruncateInodePages(file);
        for (Vma? vma = file.Mmap; vma is not null; vma = vma.NextShared)
        {
            await ZapPageRange(vma.Mm, vma.Start, vma.End);
        }

        await Ext2Truncate(file);
    }

    /// <summary>add_to_page_cache(): the page is locked, as it is about to be read.</summary>
    private static void AddToPageCache(Page page, Inode file, int index)
    {
        page.Count.AddUnderLock(1);
        page.Lock.InitLocked();
        page.Mapping = file;
        page.FileIndex = index;
        file.CachedPage(index).Value = page;
    }

    private void RemoveInodePage(Page page)
    {
        page.Mapping!.CachedPage(page.FileIndex).Value = null;
        page.Mapping = null;
        page.FileIndex = -1;
        FreePage(page);
    }

    /// <summary>truncate_inode_pages(), of all pages. A page that is locked is being read.</summary>
    private async KTask TruncateInodePages(Inode file)
    {
        for (int index = 0; index < file.Pages; index++)
        {
            while (file.CachedPage(index).Value is { } page)
            {
                if (page.Lock.IsLocked)
                {
                    page.Count.AddUnderLock(1);
                    await page.Lock.Wait();
                    FreePage(page);
                    continue;
                }

                RemoveInodePage(page);
            }
        }
    }
}
