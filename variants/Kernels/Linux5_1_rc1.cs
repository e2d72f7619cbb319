using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// V13: Linux 5.1-rc1, commit b56a2d8af914 "mm: rid swapoff of quadratic complexity" (Vineeth Pillai and Kelley Nielsen,
/// March 2019): three rounds over all address spaces, and then -EBUSY.
/// </summary>
/// <remarks>
/// As it was merged, the third round is given up before anybody looks whether it has emptied the area. Hugh Dickins, "mm:
/// swapoff: remove too limiting SWAP_UNUSE_MAX_TRIES" and "take notice of completion sooner", linux-mm, April 2019, made 5.1
/// of it.
/// </remarks>
public class Linux5_1_rc1 : Linux5_1
{
    private const int SwapUnuseMaxTries = 3;

    /// <summary>The kernel of one machine.</summary>
    public Linux5_1_rc1(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool NoticesCompletion => false;

    /// <inheritdoc/>
    protected override async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        int retries = 0;
        if (!HasPagesInUse)
        {
            return 0;
        }

    retry:
        int retval = await UnuseMms(current, area);
        if (retval != 0)
        {
            return retval;
        }

        await FreeSwapCache(area);
        if (++retries >= SwapUnuseMaxTries)
        {
            return Errno.Busy;
        }

        if (HasPagesInUse)
        {
            goto retry;
        }

        return 0;
    }
}
