using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/migrate.c</content>
public partial class Linux2_6_26
{
    /// <summary>sys_move_pages() of one page: holds the mmap_sem throughout. 0, -ENOMEM, or -EAGAIN if somebody has a reference.</summary>
    private protected override async KTask<int> SysMovePages(TaskStruct current, int address)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownRead();
        Vma? vma = mm.FindVma(address);
        int error = Errno.Fault;
        if (vma is not null && vma.Start <= address && await FollowPage(mm, address, write: false) is { } page)
        {
            bool isolated = page.FileIndex < 0 && await IsolateLruPage(page);
            await PageCacheRelease(page);
            error = isolated ? await MigratePage(current, page) : Errno.Busy;
        }

        await mm.MmapRwSem.UpRead();
        return error;
    }

    /// <summary>migration_entry_wait(): sleeps until the page has been moved. Called without a lock.</summary>
    private protected async KTask MigrationEntryWait(MmStruct mm, Cell<Pte> ptep)
    {
        await mm.PageTableLock.Lock();
        Pte pte = ptep.Value;
        if (!pte.IsMigration)
        {
            mm.PageTableLock.UnlockNow();
            return;
        }

        // Whoever moves the page has a reference until the entry is gone.
        Page page = M.Pages[pte.PageIndex];
        page.Count.AddNow(1);
        mm.PageTableLock.UnlockNow();
        await page.Lock.Wait();
        await PageCacheRelease(page);
    }

    /// <summary>unmap_and_move(): of a page that is isolated, which it puts back.</summary>
    private async KTask<int> MigratePage(TaskStruct current, Page page)
    {
        Page? fresh = await AllocPage(current);
        if (fresh is null)
        {
            await PutbackLruPage(page);
            return Errno.NoMem;
        }

        int error = Errno.Again;
        await page.Lock.Lock();
        await WaitOnPageWriteback(page);
        await TryToUnmapForMigration(page);
        if (await MapCount[page.Index].Read() == 0)
        {
            error = await MoveToNewPage(page, fresh);
        }

        if (error != 0)
        {
            await RemoveMigrationPtes(page, page);
        }

        await page.Lock.Unlock();
        await PutbackLruPage(page);
        await PageCacheRelease(fresh);
        return error;
    }

    /// <summary>move_to_new_page() and migrate_page(): the page is mapped nowhere, and locked.</summary>
    private async KTask<int> MoveToNewPage(Page page, Page fresh)
    {
        fresh.Lock.InitLocked();
        fresh.LinearIndex = page.LinearIndex;
        bool moved = await MoveMapping(page, fresh);
        if (moved)
        {
            // migrate_page_copy()
            fresh.Content = page.Content;
            if (page.IsDirty)
            {
                page.IsDirty = false;
                fresh.IsDirty = true;
            }

            await RemoveMigrationPtes(page, fresh);
        }

        await fresh.Lock.Unlock();
        return moved ? 0 : Errno.Again;
    }

    /// <summary>migrate_page_move_mapping(): replaces the page in the swap cache. False if somebody else has a reference.</summary>
    private async KTask<bool> MoveMapping(Page page, Page fresh)
    {
        if (!page.IsSwapCache)
        {
            return await page.Count.Read() == 1;
        }

        await _swapperTreeLock.Lock();
        bool moves = page.Count.Glance == 2;
        if (moves)
        {
            SwapEntry entry = page.Entry;
            fresh.Count.AddNow(1);
            await Unhash(page);
            await Hash(fresh, entry);
            page.Count.AddNow(-1);
        }

        _swapperTreeLock.UnlockNow();
        return moves;
    }

    /// <summary>try_to_unmap(migration): old or young, all ptes go.</summary>
    private async KTask TryToUnmapForMigration(Page page)
    {
        await _anonVmaLock.Lock();
        for (int index = 0; index < M.MmCount; index++)
        {
            MmStruct mm = M.Mm(index);
            (int address, int end) = mm.MayMap(page);
            for (; address < end && mm.IsAllocated; address++)
            {
                if (!Maps(mm.Pte(address).Value, page))
                {
                    continue;
                }

                await mm.PageTableLock.Lock();
                Pte pte = mm.Pte(address).Value;
                if (Maps(pte, page))
                {
                    await NukePte(page, mm, mm.Pte(address), pte);
                }

                mm.PageTableLock.UnlockNow();
            }
        }

        _anonVmaLock.UnlockNow();
    }

    /// <summary>remove_migration_ptes(): from the old page to the new one, or back to the old.</summary>
    private async KTask RemoveMigrationPtes(Page old, Page page)
    {
        await _anonVmaLock.Lock();
        for (int index = 0; index < M.MmCount; index++)
        {
            MmStruct mm = M.Mm(index);
            (int address, int end) = mm.MayMap(old);
            for (; address < end && mm.IsAllocated; address++)
            {
                Cell<Pte> ptep = mm.Pte(address);
                if (!IsOf(ptep.Value, old))
                {
                    continue;
                }

                await mm.PageTableLock.Lock();
                Pte pte = ptep.Value;
                if (IsOf(pte, old))
                {
                    page.Count.AddNow(1);
                    mm.Rss++;
                    await RemoveMigrationPte(ptep, pte, page);
                }

                mm.PageTableLock.UnlockNow();
            }
        }

        _anonVmaLock.UnlockNow();
    }

    /// <summary>remove_migration_pte().</summary>
    private protected virtual async KTask RemoveMigrationPte(Cell<Pte> ptep, Pte pte, Page page)
    {
        Pte mapped = Pte.Map(page).MakeOld();
        ptep.Value = pte.IsWritable ? mapped.MakeWritable() : mapped;
        await PageAddRmap(page);
    }

    private static bool IsOf(Pte pte, Page page) => pte.IsMigration && pte.PageIndex == page.Index;
}
