using Variants.Harness.Engine;

namespace Variants.Families.Kernels;

/// <content>lock_super() and unlock_super() of include/linux/locks.h</content>
public partial class Linux2_2_0pre5
{
    /// <summary>lock_super(): sleeps until nobody has the superblock, be it oneself.</summary>
    protected virtual async KTask LockSuper() => await Files.Super.Lock.Down();

    /// <summary>unlock_super().</summary>
    protected virtual async KTask UnlockSuper() => await Files.Super.Lock.Up();
}
