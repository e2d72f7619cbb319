using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V10: Linux 2.6.8 (August 2004), "rmaplock 5/6 unuse_process mmap_sem" by Hugh Dickins: V9 that only tries the
/// mmap_sem while the page is locked. If somebody has it, the page is unlocked, the mmap_sem waited for, and the page
/// locked again, in the order that faults use.
/// </summary>
public class Linux2_6_8 : Linux2_6_7
{
    /// <summary>The kernel of one machine.</summary>
    public Linux2_6_8(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override async KTask UnuseProcess(MmStruct mm, SwapEntry entry, Page page)
    {
        if (!await mm.MmapRwSem.TryDownRead())
        {
            // Our reference to the page stops try_to_unmap_one() from unmapping its ptes, so swapoff can make progress.
            await page.Lock.Unlock();
            await mm.MmapRwSem.DownRead();
            await page.Lock.Lock();
        }

        await UnuseVmas(mm, entry, page);
        await mm.MmapRwSem.UpRead();
    }
}
