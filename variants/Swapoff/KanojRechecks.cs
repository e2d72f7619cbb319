using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V3: V2 with the test in swap_in that the patch removed. It protects against truncate and ptrace as well, which
/// take no mmap_sem either.
/// </summary>
public class KanojRechecks : KanojAdvances
{
    /// <summary>The kernel of one machine.</summary>
    public KanojRechecks(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool RechecksPte => true;
}
