using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Reclaim;

/// <summary>
/// V7+: V7 whose reclaim, kswapd's too, waits for no lock of a filesystem: it tries the truncate lock, and where the page
/// has no block yet the superblock lock, and leaves the page alone if it does not get them. Whoever holds i_sem, the
/// superblock lock or the truncate lock is in a scope without filesystems, with save and restore, and waits for memory in a
/// loop that reclaims what needs no filesystem. A buffer comes out of the last pages if nothing else is left, as out of a
/// mempool: it will be clean once it is written, and can be taken back.
/// </summary>
/// <remarks>
/// Decided, as nobody has posted it: the locks are tried before the pte is cleared, and a page that was truncated by then
/// is not written. What the page-out needs, a block, it allocates first.
/// </remarks>
public class TruncateTryLock : PfNoIoSaved
{
    private readonly RwSemaphore[] _truncate = new RwSemaphore[FileSystem.FileCount];

    /// <summary>The kernel of one machine.</summary>
    public TruncateTryLock(Machine machine)
        : base(machine)
    {
        for (int file = 0; file < _truncate.Length; file++)
        {
            _truncate[file] = new RwSemaphore(Smp, $"file{file}.i_truncate_sem", "i_truncate_sem");
        }
    }

    /// <inheritdoc/>
    protected override async KTask<bool> SwapOutShared(Vma vma, int address, Page page)
    {
        Inode file = vma.File!;
        int index = vma.FilePage(address);
        if (!await _truncate[file.Index].TryDownRead())
        {
            return false;
        }

        bool needsBlock = file.Block(index).Value == 0;
        if (needsBlock && !await Files.Super.Lock.TryDown())
        {
            await _truncate[file.Index].UpRead();
            return false;
        }

        // Nothing has slept so far, so the pte is as it was, but for the hardware.
        vma.Mm.Pte(address).Value = default;
        vma.Mm.Rss--;
        BeginScope();
        if (needsBlock)
        {
            int block = await NewBlock(file.Index % SuperBlock.Groups);
            await FillHole(file, index, block);
        }

        if (IsCached(page, file, index))
        {
            await DoWritePage(file, index, page);
        }

        EndScope();
        await _truncate[file.Index].UpRead();
        FreePage(page);
        return true;
    }

    /// <summary>Gives the superblock lock back. Whoever has filled the hole meanwhile, keeps it.</summary>
    private async KTask FillHole(Inode file, int index, int block)
    {
        bool isFilled = file.Block(index).Value != 0;
        if (!isFilled)
        {
            file.Block(index).Value = block;
        }

        await Files.Super.Lock.Up();
        if (isFilled)
        {
            await Ext2FreeBlocks(block);
        }
    }

    /// <inheritdoc/>
    protected override async KTask FilemapWritePage(Inode file, int index, Page page)
    {
        await _truncate[file.Index].DownRead();
        BeginScope();
        if (IsCached(page, file, index))
        {
            await DoWritePage(file, index, page);
        }

        EndScope();
        await _truncate[file.Index].UpRead();
    }

    /// <inheritdoc/>
    protected override async KTask DoTruncate(Inode file)
    {
        await _truncate[file.Index].DownWrite();
        await base.DoTruncate(file);
        await _truncate[file.Index].UpWrite();
    }

    /// <inheritdoc/>
    protected override KTask<Page> RefillFreelist(Gfp mask) => RefillWithoutFilesystem(takesLastPages: true);
}
