using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>fs/ext2/file.c, inode.c and truncate.c; sys_write() and sys_read() of fs/read_write.c</content>
public partial class Linux2_2_0pre5
{
    /// <summary>
    /// ext2_file_write(), of a whole page: to the buffer of its block, and to the page cache. Called with whatever keeps
    /// truncate out. What is written is a page's content at the moment of the copy, or else the value.
    /// </summary>
    protected async KTask<int> Ext2FileWrite(Inode inode, int index, Page? source, int value)
    {
        BufferHead? bh = await Ext2Getblk(inode, index);
        if (bh is null)
        {
            return Errno.NoSpc;
        }

        if (source is not null)
        {
            value = source.Content;
        }

        bh.Page.Content = value;
        bh.IsUptodate = true;
        bh.IsDirty = true;
        Brelse(bh);
        if (source is null || !IsCached(source, inode, index))
        {
            await UpdateVmCache(inode, index, value);
        }

        if (index >= inode.Size)
        {
            inode.Size = index + 1;
        }

        return 0;
    }

    /// <summary>ext2_getblk(): the buffer of a page's block, which is allocated if it is a hole. Null if the disk is full.</summary>
    protected async KTask<BufferHead?> Ext2Getblk(Inode inode, int index)
    {
        Cell<int> p = inode.Block(index);
        while (true)
        {
            int block = p.Value;
            if (block != 0)
            {
                BufferHead bh = await Getblk(block);
                if (p.Value == block)
                {
                    return bh;
                }

                Brelse(bh);
                continue;
            }

            int fresh = await Ext2NewBlock(inode.Index % SuperBlock.Groups);
            if (fresh == 0)
            {
                return null;
            }

            BufferHead result = await Getblk(fresh);
            if (p.Value == 0)
            {
                p.Value = fresh;
                return result;
            }

            // Somebody else has filled the hole while we slept.
            Bforget(result);
            await Ext2FreeBlocks(fresh);
        }
    }

    /// <summary>ext2_truncate(), to nothing: gives the blocks back. A buffer that somebody uses is waited for.</summary>
    protected async KTask Ext2Truncate(Inode inode)
    {
        for (int index = 0; index < inode.Pages; index++)
        {
            Cell<int> p = inode.Block(index);
            while (p.Value is var block and not 0)
            {
                if (Files.Buffer(block).Value is { } bh)
                {
                    bh.Count++;
                    if (bh.Page.Lock.IsLocked)
                    {
                        await bh.Page.Lock.Wait();
                    }

                    if (p.Value != block || bh.Count != 1 || bh.Page.Lock.IsLocked)
                    {
                        Brelse(bh);
                        await Smp.Schedule();
                        continue;
                    }

                    Bforget(bh);
                }

                p.Value = 0;
                await Ext2FreeBlocks(block);
            }
        }
    }

    /// <summary>sys_write(): under i_sem from beginning to end.</summary>
    private async KTask<int> SysWrite(TaskStruct current, Inode file, int index)
    {
        await Bkl.Lock();
        await DownInode(file);
        int error = await Ext2FileWrite(file, index, source: null, current.UserBuffer);
        await UpInode(file);
        await Bkl.Unlock();
        return error;
    }

    /// <summary>sys_read() and generic_file_read(): through the page cache, without i_sem.</summary>
    private async KTask<int> SysRead(TaskStruct current, Inode file, int index)
    {
        await Bkl.Lock();
        current.UserBuffer = 0;
        int error = 0;
        if (index < file.Size)
        {
            Page? page = await FindOrReadPage(current, file, index);
            if (page is not null)
            {
                current.UserBuffer = page.Content;
                FreePage(page);
            }
            else if (index < file.Size)
            {
                error = Errno.NoMem;
            }
        }

        await Bkl.Unlock();
        return error;
    }
}
