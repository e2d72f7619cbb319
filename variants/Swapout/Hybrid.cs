using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapout;

/// <summary>
/// V10: V9 that begins at once to write "a swap-cached page that is only mapped by one process and doesn't have any other
/// users"; the nasty cases are left to the physical scan.
/// </summary>
public class Hybrid : Deferred
{
    /// <summary>The kernel of one machine.</summary>
    public Hybrid(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override KTask SwapOutPage(Page page, SwapEntry entry) =>
        IsSimple(page, entry) ? WriteEarly(page, entry) : base.SwapOutPage(page, entry);

    /// <summary>The page's references are the cache's and the caller's, the slot's the cache's and the pte's that it has replaced.</summary>
    private bool IsSimple(Page page, SwapEntry entry) => page.Count.Value == 2 && SwapCount(entry) == 2;
}
