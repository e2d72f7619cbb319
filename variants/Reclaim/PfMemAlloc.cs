using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Reclaim;

/// <summary>
/// V3: "set current->flags |= PF_MEMALLOC while we hold the superblock lock", and likewise i_sem: who holds one takes the
/// last pages and does not reclaim. The flag is cleared with the lock, whoever set it.
/// </summary>
public class PfMemAlloc(Machine machine) : Linux2_2_0pre5(machine)
{
    /// <inheritdoc/>
    protected override async KTask LockSuper()
    {
        await base.LockSuper();
        Flags |= Pf.MemAlloc;
    }

    /// <inheritdoc/>
    protected override async KTask UnlockSuper()
    {
        Flags &= ~Pf.MemAlloc;
        await base.UnlockSuper();
    }

    /// <inheritdoc/>
    protected override async KTask DownInode(Inode inode)
    {
        await base.DownInode(inode);
        Flags |= Pf.MemAlloc;
    }

    /// <inheritdoc/>
    protected override async KTask UpInode(Inode inode)
    {
        Flags &= ~Pf.MemAlloc;
        await base.UpInode(inode);
    }
}
