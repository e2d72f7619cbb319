using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapout;

/// <summary>
/// V11: V9 that, where it writes a slot, writes with it the dirty pages of the slots beside it, in the order of the slots:
/// "when we come to do the physical IO, we really want to cluster the IOs". vmscan has given neighbours in virtual memory
/// neighbouring slots.
/// </summary>
public class DeferredClustered : Deferred
{
    /// <summary>SWAP_CLUSTER_MAX here: so many slots are gathered on either side.</summary>
    private const int Reach = 4;

    /// <summary>The kernel of one machine.</summary>
    public DeferredClustered(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override async KTask Launder(Page page)
    {
        SwapEntry entry = page.Entry;
        int first = entry.Offset;
        while (first > 0 && entry.Offset - first < Reach && Neighbour(entry.Area, first - 1) is not null)
        {
            first--;
        }

        // All of it in one go under the big kernel lock, as one request.
        for (int offset = first; offset <= entry.Offset + Reach && Neighbour(entry.Area, offset) is { } neighbour; offset++)
        {
            Write(neighbour);
        }

        await Smp.Sleep();
    }

    /// <summary>The page of a slot if it could be written now: dirty, in the swap cache only, and not locked.</summary>
    private Page? Neighbour(int areaIndex, int offset)
    {
        SwapArea area = M.Areas[areaIndex];
        if (offset >= area.Slots || M.SwapCache.Lookup(area.EntryOf(offset)) is not { } page)
        {
            return null;
        }

        return !page.Lock.IsLocked && page.Count.Value == 1 && IsDirtyHere(page, 0) ? page : null;
    }
}
