using Variants.Families.Kernels;
using Variants.Harness.Memory;

namespace Variants.Families.Reclaim;

/// <summary>
/// V4: "reimplement some form of the old GFP_IO flag": the mask of an allocation says whether reclaim may start I/O, and
/// buffers are allocated without it. Their allocations are all that happen under i_sem and the superblock lock.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="forgets">True if one site is left with GFP_KERNEL: the buffers of bitmaps.</param>
public class GfpIo(Machine machine, bool forgets = false) : Linux2_2_0pre5(machine)
{
    /// <inheritdoc/>
    protected override bool MayEnterFilesystem(Gfp mask) => (mask & Gfp.Io) != 0;

    /// <inheritdoc/>
    protected override bool MaySwap(Gfp mask) => (mask & Gfp.Io) != 0;

    /// <inheritdoc/>
    protected override Gfp BufferMask(int block) => forgets && block <= SuperBlock.Groups ? Gfp.Kernel : Gfp.Buffer;
}
