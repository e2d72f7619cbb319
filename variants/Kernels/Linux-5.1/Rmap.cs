using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <content>mm/rmap.c</content>
public partial class Linux5_1
{
    /// <summary>page->_mapcount + 1, of each page: ptes that map it. Guarded by no lock.</summary>
    private readonly Each<AtomicInt> _mapCount;

    private readonly Each<Cell<bool>> _pageAnon;

    /// <summary>PageAnon(): it is, or was, mapped as anonymous memory.</summary>
    private bool PageAnon(Page page) => _pageAnon[page.Index].Value;

    /// <summary>page_add_new_anon_rmap(): of a page that nobody else has seen yet.</summary>
    private void PageAddNewAnonRmap(Page page, int address)
    {
        _mapCount[page.Index].Raw = 1;
        PageSetAnonRmap(page, address);
    }

    /// <summary>__page_set_anon_rmap().</summary>
    private void PageSetAnonRmap(Page page, int address)
    {
        _pageAnon[page.Index].Value = true;
        page.LinearIndex = address;
    }

    /// <summary>anon_vma_prepare(): the vma has an anon_vma from here. A fault does it before it has a page.</summary>
    private static void AnonVmaPrepare(Vma vma)
    {
        if (!vma.HasAnonVma)
        {
            vma.HasAnonVma = true;
        }
    }

    /// <summary>page_referenced(): whether any pte of the page was used; they are old from here. One moment.</summary>
    private bool PageReferenced(Page page)
    {
        bool referenced = false;
        for (int index = 0; index < M.MmCount; index++)
        {
            MmStruct mm = M.Mm(index);
            (int address, int end) = mm.MayMap(page);
            for (; address < end && mm.IsAllocated; address++)
            {
                Pte pte = mm.Pte(address).Raw;
                if (Maps(pte, page) && pte.IsYoung)
                {
                    Pte.SetByHardware(mm.Pte(address), seen: pte, pte.MakeOld());
                    referenced = true;
                }
            }
        }

        return referenced;
    }

    /// <summary>
    /// try_to_unmap(): of a locked page. The rwsem keeps the address spaces from going meanwhile. True if nobody maps
    /// the page any more.
    /// </summary>
    private async KTask<bool> TryToUnmap(Page page)
    {
        if (PageAnon(page))
        {
            await RmapWalkAnon(page);
        }
        else
        {
            await RmapWalkFile(page);
        }

        return _mapCount[page.Index].Glance == 0;
    }

    private async KTask RmapWalkAnon(Page page)
    {
        await _anonVmaLock.DownRead();
        for (int index = 0; index < M.MmCount; index++)
        {
            MmStruct mm = M.Mm(index);
            if (!mm.IsAllocated || page.LinearIndex < 0)
            {
                continue;
            }

            // map_pte() looks before it takes the lock.
            Cell<Pte> ptep = mm.Pte(page.LinearIndex);
            if (Maps(ptep.Value, page) && !await TryToUnmapOne(page, mm, ptep))
            {
                break;
            }
        }

        await _anonVmaLock.UpRead();
    }

    private async KTask RmapWalkFile(Page page)
    {
        await _iMmapLock.DownRead();
        for (Vma? vma = M.File.Mmap; vma is not null; vma = vma.NextShared)
        {
            Cell<Pte> ptep = vma.Mm.Pte(vma.Start);
            if (Maps(ptep.Value, page) && !await TryToUnmapOne(page, vma.Mm, ptep))
            {
                break;
            }
        }

        await _iMmapLock.UpRead();
    }

    /// <summary>
    /// try_to_unmap_one(): the pte becomes the page's swap entry, or none if the page is a file's. An address space that
    /// had no swap entry yet goes on mmlist first, for swapoff to find. False if the page is in use.
    /// </summary>
    private async KTask<bool> TryToUnmapOne(Page page, MmStruct mm, Cell<Pte> ptep)
    {
        await mm.PageTableLock.Lock();
        Pte pte = ptep.Value;
        if (!Maps(pte, page) || pte.IsYoung)
        {
            bool used = Maps(pte, page);
            if (used)
            {
                Pte.ClearYoung(ptep, seen: pte);
            }

            await mm.PageTableLock.Unlock();
            return !used;
        }

        // ptep_clear_flush(): from here no CPU makes the pte dirty.
        pte = Pte.GetAndClear(ptep);
        if (pte.IsDirty)
        {
            page.IsDirty = true;
        }

        if (PageAnon(page))
        {
            SwapEntry entry = page.Entry;
            if (!await SwapDuplicate(entry))
            {
                ptep.Value = pte;
                await mm.PageTableLock.Unlock();
                return false;
            }

            if (!_mmlist.Holds(mm))
            {
                await _mmlistLock.Lock();
                if (!_mmlist.Holds(mm))
                {
                    _mmlist.Insert(mm);
                }

                _mmlistLock.UnlockNow();
            }

            ptep.Value = Pte.Swapped(entry);
        }

        await _mapCount[page.Index].Add(-1);
        await PutPage(page);
        await mm.PageTableLock.Unlock();
        return true;
    }

    private static bool Maps(Pte pte, Page page) => pte.IsPresent && pte.PageIndex == page.Index;
}
