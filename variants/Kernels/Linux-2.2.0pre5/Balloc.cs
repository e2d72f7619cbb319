using System.Numerics;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>fs/ext2/balloc.c</content>
public partial class Linux2_2_0pre5
{
    /// <summary>What <see cref="LoadBlockBitmap"/> answers if the search has to begin anew.</summary>
    protected const int SearchAgain = -1;

    private int AllBits => (1 << Files.Super.BlocksPerGroup) - 1;

    /// <summary>ext2_new_block(): a free block, of this group if it has one. 0 if the disk is full.</summary>
    protected async KTask<int> Ext2NewBlock(int goal)
    {
        await LockSuper();
        int block = await NewBlock(goal);
        await UnlockSuper();
        return block;
    }

    /// <summary>The search for a free block, with the superblock locked.</summary>
    protected async KTask<int> NewBlock(int goal)
    {
        SuperBlock sb = Files.Super;
        int slot;
        BufferHead bh;
    repeat:
        int group = goal;
        if (sb.FreeBlocks(group).Value > 0)
        {
            slot = await LoadBlockBitmap(group);
            if (slot == SearchAgain)
            {
                goto repeat;
            }

            bh = sb.Bitmap(slot).Value!;
            if (bh.Page.Content != AllBits)
            {
                goto got_block;
            }
        }

        // Now search the rest of the groups.
        int k;
        for (k = 0; k < SuperBlock.Groups; k++)
        {
            group = (group + 1) % SuperBlock.Groups;
            if (sb.FreeBlocks(group).Value > 0)
            {
                break;
            }
        }

        if (k == SuperBlock.Groups)
        {
            return 0;
        }

        slot = await LoadBlockBitmap(group);
        if (slot == SearchAgain)
        {
            goto repeat;
        }

        bh = sb.Bitmap(slot).Value!;
        if (bh.Page.Content == AllBits)
        {
            Smp.Bug("super_block", $"EXT2-fs error: ext2_new_block: Free blocks count corrupted for block group {group}");
            return 0;
        }

    got_block:
        int bit = BitOperations.TrailingZeroCount(~bh.Page.Content);
        bh.Page.Content |= 1 << bit;
        bh.IsDirty = true;
        sb.FreeBlocks(group).Value--;
        return sb.BlockOf(group, bit);
    }

    /// <summary>ext2_free_blocks(), of one block.</summary>
    protected async KTask Ext2FreeBlocks(int block)
    {
        SuperBlock sb = Files.Super;
        int group = sb.GroupOf(block);
        await LockSuper();
        int slot;
        do
        {
            slot = await LoadBlockBitmap(group);
        }
        while (slot == SearchAgain);

        BufferHead bh = sb.Bitmap(slot).Value!;
        int mask = 1 << sb.BitOf(block);
        if ((bh.Page.Content & mask) == 0)
        {
            Smp.Bug("super_block", $"EXT2-fs error: ext2_free_blocks: bit already cleared for block {block}");
            return;
        }

        bh.Page.Content &= ~mask;
        bh.IsDirty = true;
        sb.FreeBlocks(group).Value++;
        await UnlockSuper();
    }

    /// <summary>
    /// load_block_bitmap(): has a group's bitmap loaded, and says in which slot: the loaded ones are kept in the order in
    /// which they were used last. Called with the superblock locked; sleeps if the bitmap must be read.
    /// </summary>
    protected virtual async KTask<int> LoadBlockBitmap(int group)
    {
        SuperBlock sb = Files.Super;
        if (sb.Loaded > 0 && sb.BitmapNumber(0).Value == group && sb.Bitmap(0).Value is not null)
        {
            return 0;
        }

        int slot = 0;
        while (slot < sb.Loaded && sb.BitmapNumber(slot).Value != group)
        {
            slot++;
        }

        if (slot < sb.Loaded)
        {
            BufferHead? loaded = sb.Bitmap(slot).Value;
            MakeRoom(sb, slot);
            sb.BitmapNumber(0).Value = group;
            sb.Bitmap(0).Value = loaded;
            if (loaded is null)
            {
                await ReadBlockBitmap(group, 0);
            }

            return 0;
        }

        if (sb.Loaded < SuperBlock.MaxLoaded)
        {
            sb.Loaded++;
        }
        else
        {
            Brelse(sb.Bitmap(SuperBlock.MaxLoaded - 1).Value);
        }

        MakeRoom(sb, sb.Loaded - 1);
        await ReadBlockBitmap(group, 0);
        return 0;
    }

    /// <summary>read_block_bitmap(): until it has been read, the slot says what it said before.</summary>
    protected virtual async KTask ReadBlockBitmap(int group, int slot)
    {
        BufferHead bh = await Bread(SuperBlock.BitmapBlock(group));
        Files.Super.BitmapNumber(slot).Value = group;
        Files.Super.Bitmap(slot).Value = bh;
    }

    private static void MakeRoom(SuperBlock sb, int last)
    {
        for (int slot = last; slot > 0; slot--)
        {
            sb.BitmapNumber(slot).Value = sb.BitmapNumber(slot - 1).Value;
            sb.Bitmap(slot).Value = sb.Bitmap(slot - 1).Value;
        }
    }
}
