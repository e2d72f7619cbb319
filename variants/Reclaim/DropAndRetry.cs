using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Reclaim;

/// <summary>
/// V2: the seed's second proposal, "allow load_block_bitmap and friends to drop the superblock if it finds that it needs to
/// do an IO, and repeat if it happened". The bitmap that was read is held until the lock is back, and the slot that it
/// takes is chosen then.
/// </summary>
/// <param name="machine">The machine.</param>
public class DropAndRetry(Machine machine) : Linux2_2_0pre5(machine)
{
    /// <summary>True if the search begins anew where the lock was dropped.</summary>
    protected virtual bool Repeats => true;

    /// <inheritdoc/>
    protected override async KTask<int> LoadBlockBitmap(int group)
    {
        SuperBlock sb = Files.Super;
        for (int slot = 0; slot < sb.Loaded && Repeats; slot++)
        {
            if (sb.BitmapNumber(slot).Value == group)
            {
                return await base.LoadBlockBitmap(group);
            }
        }

        if (!Repeats)
        {
            return await base.LoadBlockBitmap(group);
        }

        await UnlockSuper();
        BufferHead bh = await Bread(SuperBlock.BitmapBlock(group));
        await LockSuper();

        // Loaded by somebody else, perhaps: then a look at the list finds it, and this reads nothing. Nothing sleeps here.
        await base.LoadBlockBitmap(group);
        Brelse(bh);
        return SearchAgain;
    }

    /// <inheritdoc/>
    protected override async KTask ReadBlockBitmap(int group, int slot)
    {
        if (Repeats)
        {
            // The caller of LoadBlockBitmap has the buffer already.
            await base.ReadBlockBitmap(group, slot);
            return;
        }

        await UnlockSuper();
        BufferHead bh = await Bread(SuperBlock.BitmapBlock(group));
        await LockSuper();
        Files.Super.BitmapNumber(slot).Value = group;
        Files.Super.Bitmap(slot).Value = bh;
    }
}

/// <summary>V2m: the mutant that drops the lock around the read, and goes on as if it had not.</summary>
/// <param name="machine">The machine.</param>
public class DropAndGoOn(Machine machine) : DropAndRetry(machine)
{
    /// <inheritdoc/>
    protected override bool Repeats => false;
}
