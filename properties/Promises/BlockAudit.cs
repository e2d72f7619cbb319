using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// The books of a file system, when all is quiet: every block that a file has is marked in its bitmap and is no other
/// file's, every block that is marked is some file's, and every group knows how many it has left.
/// </summary>
internal sealed class BlockAudit(Machine machine)
{
    private readonly int[] _users = new int[machine.FileSystem?.Blocks ?? 0];

    internal void Check()
    {
        if (machine.FileSystem is not { } files)
        {
            return;
        }

        Array.Clear(_users);
        foreach (Inode file in files.Files)
        {
            for (int index = 0; index < file.Pages; index++)
            {
                if (file.Block(index).Raw is var block and not 0 && ++_users[block] > 1)
                {
                    machine.Smp.FailAtRest(
                        FailureKind.WrongData, "block", $"block {block} has been given out twice: {file.Name} has it as page {index}");
                    return;
                }
            }
        }

        for (int group = 0; group < SuperBlock.Groups; group++)
        {
            CheckGroup(files, group);
        }

        CheckBuffers(files);
    }

    private void CheckGroup(FileSystem files, int group)
    {
        int bitmap = files.RawContent(SuperBlock.BitmapBlock(group));
        int free = 0;
        for (int bit = 0; bit < files.Super.BlocksPerGroup; bit++)
        {
            int block = files.Super.BlockOf(group, bit);
            bool isMarked = (bitmap >> bit & 1) != 0;
            free += isMarked ? 0 : 1;
            if (isMarked != (_users[block] > 0))
            {
                Wrong("block bitmap", $"block {block} is marked {(isMarked ? "in use" : "free")}, and {_users[block]} files have it");
                return;
            }
        }

        int count = files.Super.FreeBlocks(group).Raw;
        if (count != free)
        {
            Wrong("bg_free_blocks_count", $"group {group} says that {count} blocks are free, and {free} are");
        }
    }

    /// <summary>Whoever used a buffer has given it back, but for the bitmaps that are held loaded.</summary>
    private void CheckBuffers(FileSystem files)
    {
        for (int block = 1; block < files.Blocks; block++)
        {
            if (files.Buffer(block).Raw is not { } bh)
            {
                continue;
            }

            int users = 0;
            for (int slot = 0; slot < SuperBlock.MaxLoaded; slot++)
            {
                users += ReferenceEquals(files.Super.Bitmap(slot).Raw, bh) ? 1 : 0;
            }

            if (bh.RawCount != users)
            {
                Wrong("buffer_head.b_count", $"the buffer of block {block} has count {bh.RawCount}, and is in use {users} times");
                return;
            }
        }
    }

    private void Wrong(string subject, string message) => machine.Smp.FailAtRest(FailureKind.Accounting, subject, message);
}
