using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Faults;

/// <summary>
/// V5 repaired: 6.5, and 6.4.3 where per-VMA locks are switched on again. dup_mmap() locks each vma of the parent before it
/// copies anything of it (Suren Baghdasaryan, "fork: lock VMAs of the parent process when forking", fb49c455323f).
/// </summary>
public class PerVma643 : PerVma640
{
    /// <summary>The kernel of one machine.</summary>
    public PerVma643(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override KTask BeforeDuplicate(Vma mpnt) => VmaStartWrite(mpnt);
}
