using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Reclaim;

/// <summary>V6: i_sem may be taken again by its holder, as in 2.2.0 and 2.2.1. The superblock lock is as it was.</summary>
public class RecursiveInodeLock : Linux2_2_0pre5
{
    private readonly RecursiveSemaphore[] _locks = new RecursiveSemaphore[FileSystem.FileCount];

    /// <summary>The kernel of one machine.</summary>
    public RecursiveInodeLock(Machine machine)
        : base(machine)
    {
        for (int file = 0; file < _locks.Length; file++)
        {
            _locks[file] = new RecursiveSemaphore(Files.Files[file].Sem);
        }
    }

    /// <inheritdoc/>
    protected override KTask DownInode(Inode inode) => _locks[inode.Index].Down();

    /// <inheritdoc/>
    protected override KTask UpInode(Inode inode) => _locks[inode.Index].Up();
}
