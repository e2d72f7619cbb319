using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/rmap.c</content>
public partial class Linux2_6_26
{
    /// <inheritdoc/>
    private protected override KTask LockMaps(Page page) => KTask.Completed;

    /// <inheritdoc/>
    private protected override void UnlockMaps(Page page)
    {
    }

    /// <inheritdoc/>
    private protected override int MapCountOf(Page page) => MapCount[page.Index].Glance;

    /// <inheritdoc/>
    private protected override int RawMapCountOf(Page page) => MapCount[page.Index].Raw;

    /// <inheritdoc/>
    private protected override async KTask PageAddRmap(Page page) => await MapCount[page.Index].Add(1);

    /// <inheritdoc/>
    private protected override async KTask PageRemoveRmap(Page page) => await MapCount[page.Index].Add(-1);

    /// <summary>try_to_unmap_one(): waits for the page table lock. References of others are no obstacle.</summary>
    private protected override async KTask<Unmapped> TryToUnmapOne(Page page, MmStruct mm, Cell<Pte> ptep)
    {
        await mm.PageTableLock.Lock();
        Unmapped result = Unmapped.Again;
        Pte pte = ptep.Value;
        if (Maps(pte, page))
        {
            if (pte.IsYoung)
            {
                Pte.ClearYoung(ptep, seen: pte);
                result = Unmapped.Fail;
            }
            else
            {
                result = await NukePte(page, mm, ptep, pte) ? Unmapped.Again : Unmapped.Fail;
            }
        }

        mm.PageTableLock.UnlockNow();
        return result;
    }

    /// <summary>
    /// The pte becomes the page's swap entry, or a migration entry if it has none; or nothing, if the page is a file's.
    /// False if it must stay.
    /// </summary>
    private protected virtual async KTask<bool> NukePte(Page page, MmStruct mm, Cell<Pte> ptep, Pte pte)
    {
        // ptep_clear_flush(): from here no CPU makes the pte dirty.
        pte = Pte.GetAndClear(ptep);
        if (pte.IsDirty)
        {
            page.IsDirty = true;
        }

        if (page.IsSwapCache)
        {
            await SwapDuplicate(page.Entry);
            ptep.Value = Pte.Swapped(page.Entry);
        }
        else if (page.FileIndex < 0)
        {
            ptep.Value = Pte.Migrating(page, pte.IsWritable);
        }

        mm.Rss--;
        await PageRemoveRmap(page);

        // Never the last reference: reclaim or migration has one.
        page.Count.AddNow(-1);
        return true;
    }
}
