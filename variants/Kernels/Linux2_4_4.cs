using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// Linux 2.4.4 to 2.4.7 (April to July 2001): a fault that has slept looks only whether a page is mapped by now, not
/// whether the entry is still the one it came for; and one that got no page kills the process without looking.
/// </summary>
public class Linux2_4_4 : Linux2_4_8
{
    /// <summary>The kernel of one machine.</summary>
    public Linux2_4_4(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    private protected override bool RechecksFailedRead => false;

    /// <summary>pte_present(): any entry that maps no page will do.</summary>
    private protected override bool IsMeant(Pte now, Pte original) => !now.IsPresent;

    /// <summary>A page that nobody else uses may be written to; its slot stays, however full swap is.</summary>
    private protected override async KTask<Pte> MapSwapPage(Page page, bool write)
    {
        Pte pte = Pte.Map(page);
        return write && await ExclusiveSwapPage(page) ? pte.MakeWritable().MakeDirty() : pte;
    }
}
