using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Reclaim;

/// <summary>
/// V7: "a separate sharable truncate lock to prevent pages from being invalidated in the middle of the pageout". Page-out
/// takes it shared, and no i_sem; truncate takes it exclusively, under i_sem.
/// </summary>
public class TruncateLock : Linux2_2_0pre5
{
    private readonly RwSemaphore[] _truncate = new RwSemaphore[FileSystem.FileCount];

    /// <summary>The kernel of one machine.</summary>
    public TruncateLock(Machine machine)
        : base(machine)
    {
        for (int file = 0; file < _truncate.Length; file++)
        {
            _truncate[file] = new RwSemaphore(Smp, $"file{file}.i_truncate_sem", "i_truncate_sem");
        }
    }

    /// <inheritdoc/>
    protected override async KTask FilemapWritePage(Inode file, int index, Page page)
    {
        await _truncate[file.Index].DownRead();
        await DoWritePage(file, index, page);
        await _truncate[file.Index].UpRead();
    }

    /// <inheritdoc/>
    protected override async KTask DoTruncate(Inode file)
    {
        await _truncate[file.Index].DownWrite();
        await base.DoTruncate(file);
        await _truncate[file.Index].UpWrite();
    }
}
