using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V2: the seed's patch with the statement that was evidently meant: <c>mm = mm->next</c> at the end of the loop in
/// try_to_unuse().
/// </summary>
public class KanojAdvances : KanojAsPosted
{
    /// <summary>The kernel of one machine.</summary>
    public KanojAdvances(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool AdvancesToNextMm => true;
}
