using Variants.Families.Kernels;
using Variants.Harness.Memory;

namespace Variants.Families.Reclaim;

/// <summary>
/// V4: "reimplement some form of the old GFP_IO flag": the mask of an allocation says whether reclaim may start I/O, and
/// buffers are allocated without it. Their allocations are all that happen under i_sem and the superblock lock.
/// </summary>
/// <param name="machine">The machine.</param>
public class GfpIo(Machine machine) : Linux2_2_0pre5(machine)
{
    /// <inheritdoc/>
    protected override bool MayEnterFilesystem(Gfp mask) => (mask & Gfp.Io) != 0;

    /// <inheritdoc/>
    protected override bool MaySwap(Gfp mask) => (mask & Gfp.Io) != 0;

    /// <inheritdoc/>
    protected override Gfp BufferMask(int block) => Gfp.Buffer;
}

/// <summary>V4m: V4 with one site left with GFP_KERNEL: the buffers of bitmaps.</summary>
/// <param name="machine">The machine.</param>
public class GfpIoForgotten(Machine machine) : GfpIo(machine)
{
    /// <inheritdoc/>
    protected override Gfp BufferMask(int block) => block <= SuperBlock.Groups ? Gfp.Kernel : base.BufferMask(block);
}
