using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <content>mm/rmap.c and what of mm/vmscan.c asks it</content>
public partial class Linux2_6_28
{
    /// <summary>page->_mapcount + 1, of each page.</summary>
    private readonly Each<AtomicInt> _mapCount;

    private readonly Rcu _rcu;

    /// <summary>PageAnon().</summary>
    private bool PageAnon(Page page) => Anon.Of(page).Once is not null;

    /// <summary>page_add_new_anon_rmap(): of a page that nobody else has seen yet.</summary>
    protected void PageAddNewAnonRmap(Page page, Vma vma)
    {
        _mapCount[page.Index].Raw = 1;
        Anon.Of(page).Value = Anon.Of(vma).Once;
        M.Accounting?.CountAnonPage(page, 1);
    }

    /// <summary>page_remove_rmap(). An anonymous page that nobody maps any more is not counted as one.</summary>
    private void PageRemoveRmap(Page page)
    {
        if (_mapCount[page.Index].AddNow(-1) == 0 && M.Accounting is { } books && PageAnon(page))
        {
            books.CountAnonPage(page, -1);
        }
    }

    /// <summary>
    /// anon_vma_prepare(): gives the vma an anon_vma, its neighbour's if the two could be merged. Called with the mmap_sem,
    /// which keeps the neighbours. False if there is no memory.
    /// </summary>
    private KTask<bool> AnonVmaPrepare(TaskStruct tsk, Vma vma) =>
        Anon.Of(vma).Once is not null ? new(true) : AnonVmaPrepare(tsk, vma, FindMergeableAnonVma(vma));

    private async KTask<bool> AnonVmaPrepare(TaskStruct tsk, Vma vma, AnonVma? anonVma)
    {
        AnonVma? allocated = null;
        if (anonVma is null)
        {
            await Smp.Sleep();
            if (!Machine.MayAllocate(tsk))
            {
                return false;
            }

            allocated = Anon.Take();
            anonVma = allocated;
        }

        anonVma.Touch("spin_lock of anon_vma->lock");
        await anonVma.Lock.Lock();
        await vma.Mm.PageTableLock.Lock();
        if (Anon.Of(vma).Value is null)
        {
            Anon.Of(vma).Value = anonVma;
            anonVma.Members.Value |= Bit(vma);
            allocated = null;
        }

        vma.Mm.PageTableLock.UnlockNow();
        await anonVma.Lock.Unlock();
        allocated?.Free();
        return true;
    }

    /// <summary>find_mergeable_anon_vma(): the next one's, or the previous one's.</summary>
    private AnonVma? FindMergeableAnonVma(Vma vma)
    {
        Vma? near = vma.NextOnce;
        if (near is not null && vma.EndOnce == near.StartOnce && AreAlike(vma, near) && Anon.Of(near).Once is { } next)
        {
            return next;
        }

        for (near = vma.Mm.MmapOnce; near is not null && near.EndOnce <= vma.StartOnce; near = near.NextOnce)
        {
            if (near.EndOnce == vma.StartOnce && AreAlike(near, vma))
            {
                return Anon.Of(near).Once;
            }
        }

        return null;
    }

    /// <summary>Mappings that differ in no more than what mprotect() may change.</summary>
    private static bool AreAlike(Vma left, Vma right) =>
        left.File is null && right.File is null
        && (left.FlagsOnce & VmFlags.Locked) == (right.FlagsOnce & VmFlags.Locked);

    /// <summary>anon_vma_link(): a fork's vma, or the other half of a split one.</summary>
    private async KTask AnonVmaLink(Vma vma)
    {
        if (Anon.Of(vma).Once is { } anonVma)
        {
            await anonVma.Lock.Lock();
            anonVma.Members.Value |= Bit(vma);
            anonVma.Lock.UnlockNow();
        }
    }

    /// <summary>anon_vma_unlink(): the last one frees the anon_vma, once those have left who found it through a page.</summary>
    private async KTask AnonVmaUnlink(Vma vma)
    {
        if (Anon.Of(vma).Once is { } anonVma)
        {
            await anonVma.Lock.Lock();
            anonVma.Members.Value &= ~Bit(vma);
            bool isEmpty = anonVma.Members.Value == 0;
            anonVma.Lock.UnlockNow();
            if (isEmpty)
            {
                _rcu.Free(anonVma);
            }
        }
    }

    private static ulong Bit(Vma vma) => 1ul << vma.Index;

    /// <summary>shrink_page_list() as far as page_referenced(): looks at so many pages.</summary>
    private async KTask<int> Kswapd(int pages)
    {
        for (int index = 0; index < M.Size.Pages && pages > 0; index++)
        {
            Page page = M.Pages[index];
            if (!page.IsAllocated || page.Count.Raw == 0 || !PageAnon(page))
            {
                continue;
            }

            pages--;
            page.Count.AddNow(1);
            if (await page.Lock.TryLock())
            {
                await PageReferencedAnon(page);
                await page.Lock.Unlock();
            }

            await PutPage(page);
        }

        return 0;
    }

    /// <summary>page_referenced_anon(): a page that somebody maps has an anon_vma that is alive.</summary>
    private async KTask PageReferencedAnon(Page page)
    {
        // page_lock_anon_vma()
        _rcu.ReadLock();
        AnonVma? anonVma = Anon.Of(page).Once;
        if (anonVma is null || _mapCount[page.Index].Glance == 0)
        {
            _rcu.ReadUnlock();
            return;
        }

        anonVma.Touch("spin_lock of anon_vma->lock");
        await anonVma.Lock.Lock();
        ulong members = anonVma.Members.Value;
        for (int index = 0; index < M.Capacity.Vmas; index++)
        {
            if ((members & (1ul << index)) != 0)
            {
                await PageReferencedOne(page, M.Vma(index));
            }
        }

        anonVma.Lock.UnlockNow();
        _rcu.ReadUnlock();
    }

    private async KTask PageReferencedOne(Page page, Vma vma)
    {
        for (int address = vma.StartOnce; address < vma.EndOnce; address++)
        {
            PageTable? table = vma.Mm.Pmd(address).Once;
            if (table is null || !Maps(table.Pte(address).Once, page))
            {
                continue;
            }

            // page_check_address()
            await table.Lock.Lock();
            Cell<Pte> ptep = table.Pte(address);
            if (Maps(ptep.Value, page))
            {
                // ptep_clear_flush_young()
                ptep.Value = ptep.Value.MakeOld();
                Tlb.FlushPage(vma.Mm, address);
            }

            table.Lock.UnlockNow();
        }
    }

    private static bool Maps(Pte pte, Page page) => pte.IsPresent && pte.PageIndex == page.Index;
}
