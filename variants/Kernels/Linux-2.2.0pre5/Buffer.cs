using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>fs/buffer.c</content>
public partial class Linux2_2_0pre5
{
    /// <summary>What an allocation of a buffer lets reclaim do; <paramref name="block"/> is what the buffer is for.</summary>
    protected virtual Gfp BufferMask(int block) => Gfp.Kernel;

    /// <summary>getblk(): the buffer of a block, with a reference. Always succeeds, if memory can be had at all.</summary>
    protected async KTask<BufferHead> Getblk(int block)
    {
        while (true)
        {
            if (Files.Buffer(block).Value is { } bh)
            {
                bh.Count++;
                return bh;
            }

            Page page = await RefillFreelist(BufferMask(block));
            if (Files.Buffer(block).Value is null)
            {
                return Files.NewBuffer(block, page);
            }

            // Somebody else has made it while the allocation slept.
            FreePage(page);
        }
    }

    /// <summary>bread(): the buffer of a block, up to date.</summary>
    protected async KTask<BufferHead> Bread(int block)
    {
        BufferHead bh = await Getblk(block);
        if (bh.IsUptodate)
        {
            return bh;
        }

        if (bh.Page.Lock.TryLockNow())
        {
            LlRwBlock(bh, write: false);
        }

        await bh.Page.Lock.Wait();
        bh.IsUptodate = true;
        return bh;
    }

    /// <summary>brelse(). A reference that is not there is a kernel message.</summary>
    protected void Brelse(BufferHead? bh)
    {
        if (bh is null)
        {
            return;
        }

        if (bh.Count == 0)
        {
            Smp.Bug("buffer_head", $"VFS: brelse: Trying to free free buffer ({bh.Name})");
            return;
        }

        bh.Count--;
    }

    /// <summary>bforget(): the last reference to a buffer whose block is nobody's any more. What was written to it is forgotten.</summary>
    protected void Bforget(BufferHead bh)
    {
        Page page = bh.Page;
        Files.FreeBuffer(bh);
        FreePage(page);
    }

    /// <summary>try_to_free_buffers(): a buffer that is dirty is written first, and can be freed when that is done.</summary>
    protected bool TryToFreeBuffers(Page page)
    {
        BufferHead bh = page.Buffer!;
        if (bh.Count != 0)
        {
            return false;
        }

        if (bh.IsDirty)
        {
            WriteBuffer(bh);
            return false;
        }

        Files.FreeBuffer(bh);
        FreePage(page);
        return true;
    }

    /// <summary>What bdflush does when it is woken: starts to write every dirty buffer.</summary>
    protected void WakeupBdflush()
    {
        for (int block = 1; block < Files.Blocks; block++)
        {
            if (Files.Buffer(block).Value is { IsDirty: true } bh)
            {
                WriteBuffer(bh);
            }
        }
    }

    /// <summary>
    /// refill_freelist() and grow_buffers(): a page for a buffer. Where there is none, dirty buffers are written and the
    /// caller tries again, for ever: there is no error to return.
    /// </summary>
    protected virtual async KTask<Page> RefillFreelist(Gfp mask)
    {
        while (true)
        {
            Memory.BeginLooking();
            if (await GetFreePage(null, mask) is { } page)
            {
                return page;
            }

            WakeupBdflush();
            await WaitForMemory();
        }
    }

    /// <summary>file_fsync() of the file's blocks. Pages that are dirty in a mapping are msync()'s business.</summary>
    private async KTask<int> SysFsync(Inode file)
    {
        await Bkl.Lock();
        await DownInode(file);
        for (int index = 0; index < file.Pages; index++)
        {
            if (file.Block(index).Value is var block and not 0 && Files.Buffer(block).Value is { } bh)
            {
                bh.Count++;
                if (bh.IsDirty)
                {
                    WriteBuffer(bh);
                }

                await bh.Page.Lock.Wait();
                Brelse(bh);
            }
        }

        await UpInode(file);
        await Bkl.Unlock();
        return 0;
    }

    /// <summary>Starts to write a dirty buffer, unless a transfer of it is under way. What is written to it later, dirties it again.</summary>
    private void WriteBuffer(BufferHead bh)
    {
        if (bh.Page.Lock.TryLockNow())
        {
            bh.IsDirty = false;
            LlRwBlock(bh, write: true);
        }
    }

    /// <summary>ll_rw_block(), of a buffer that is locked. The end of the transfer unlocks it.</summary>
    private void LlRwBlock(BufferHead bh, bool write)
    {
        bh.Page.Lock.HandToDevice();
        M.Disk.Submit(new DiskRequest(bh.Page, default, write, bh.Block));
    }

    /// <summary>generic_readpage() and brw_page(): reads a locked page, from buffers where there are any, and unlocks it.</summary>
    private async KTask Readpage(Page page, Inode file, int index)
    {
        int block = file.Block(index).Value;
        if (block != 0 && Files.Buffer(block).Value is { IsUptodate: true } bh)
        {
            page.Content = bh.Page.Content;
        }
        else if (block != 0)
        {
            page.Lock.HandToDevice();
            M.Disk.Submit(new DiskRequest(page, default, IsWrite: false, block));
            await page.Lock.Wait();
            return;
        }
        else
        {
            page.Content = 0;
        }

        await page.Lock.Unlock();
    }
}
