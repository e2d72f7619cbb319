using Variants.Families.Kernels;
using Variants.Harness.Memory;

namespace Variants.Families.Faults;

/// <summary>
/// V1 with the question in its own comment answered by yes ("XXX should we re-do the lookup and check for merged
/// vmas?"): a fault that finds its vma dead begins anew. Nothing else is repaired.
/// </summary>
public class RfcRetry : RfcAsPosted
{
    /// <summary>The kernel of one machine.</summary>
    public RfcRetry(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override VmFault LostRace => VmFault.Retry;
}
