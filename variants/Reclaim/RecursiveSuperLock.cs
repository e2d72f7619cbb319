using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Reclaim;

/// <summary>
/// V1: the seed's first proposal, "make the superblock lock recursive (ugh, horrible and it only works if we have an
/// additional mechanism to pin down bitmap buffers in the bitmap cache)". That mechanism it does not have.
/// </summary>
public class RecursiveSuperLock : Linux2_2_0pre5
{
    private readonly RecursiveSemaphore _lock;

    /// <summary>The kernel of one machine.</summary>
    public RecursiveSuperLock(Machine machine)
        : base(machine)
    {
        _lock = new RecursiveSemaphore(Files.Super.Lock);
    }

    /// <inheritdoc/>
    protected override KTask LockSuper() => _lock.Down();

    /// <inheritdoc/>
    protected override KTask UnlockSuper() => _lock.Up();
}
