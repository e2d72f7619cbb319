using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V4c: V4b with a reclaim that honours PG_dirty, so that a page whose slot is gone is never dropped as clean, and
/// without the forced zero: swapoff sweeps again until the area is empty.
/// </summary>
/// <remarks>
/// One repair more than the ladder names, because the harness found that it is needed: ptrace keeps the tracee's
/// mmap_sem for its fault. Without it the debugger sleeps in read-ahead while swapoff, which nothing holds up, frees
/// the swap_map that read-ahead looks at next.
/// </remarks>
public class KanojRepaired : KanojUncached
{
    /// <summary>The kernel of one machine.</summary>
    public KanojRepaired(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool ForcesZero => false;

    /// <inheritdoc/>
    protected override bool PtraceHoldsMmapSem => true;

    /// <inheritdoc/>
    protected override bool KeepsDirty(Page page) => page.IsDirty;
}
