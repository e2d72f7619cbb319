using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/mmap.c: what is mapped where. Everything here is called with the mmap_sem for writing.</content>
public partial class Linux2_6_28
{
    /// <summary>"Return 1 on success with the lock downgraded".</summary>
    private const int Downgraded = 1;

    /// <summary>up_write(&amp;mm->mmap_sem), where vmas may have been changed.</summary>
    protected virtual async KTask MmapWriteUnlock(MmStruct mm) => await mm.MmapRwSem.UpWrite();

    /// <summary>
    /// Called by munmap() when the vmas are no longer in the list: true if the mmap_sem is held for reading from here, while
    /// their pages are zapped.
    /// </summary>
    protected virtual KTask<bool> MmapWriteDowngrade(MmStruct mm) => new(false);

    /// <summary>__vma_link_rb(): the vma can be found from here.</summary>
    protected virtual void VmaLinked(Vma vma)
    {
    }

    /// <summary>Called before munmap() takes a vma out of the list.</summary>
    protected virtual KTask BeforeDetach(Vma vma) => KTask.Completed;

    /// <summary>rb_erase(): the vma cannot be found from here, and its pages have not been zapped yet.</summary>
    protected virtual KTask VmaUnlinked(Vma vma) => KTask.Completed;

    /// <summary>Called before range or flags of a vma change; the vma that is to be changed in its stead.</summary>
    protected virtual KTask<Vma> BeginChange(Vma vma) => new(vma);

    /// <summary>Called when range, flags and page tables of the vma agree again.</summary>
    protected virtual KTask EndChange(Vma vma) => KTask.Completed;

    /// <summary>kmem_cache_free(vm_area_cachep).</summary>
    protected virtual void VmaFree(Vma vma) => vma.Free();

    /// <summary>find_vma(): the first vma that ends beyond the address, or null.</summary>
    protected static Vma? FindVma(MmStruct mm, int address) => mm.FindVmaOnce(address);

    /// <summary>find_vma_prev(): the last vma that ends at or below the address, or null.</summary>
    private static Vma? FindPrev(MmStruct mm, int address)
    {
        Vma? prev = null;
        for (Vma? vma = mm.Mmap; vma is not null && vma.End <= address; vma = vma.Next)
        {
            prev = vma;
        }

        return prev;
    }

    /// <summary>vma_link(): into the list, by address.</summary>
    private protected override void VmaLink(MmStruct mm, Vma vma)
    {
        VmaLinked(vma);
        base.VmaLink(mm, vma);
    }

    /// <summary>
    /// vma_adjust(): moves the border between a vma and the next one, or makes room for the other half of a split one.
    /// One that is left without pages goes. Returns the vma, which may be another struct by now.
    /// </summary>
    private async KTask<Vma> VmaAdjust(Vma vma, int start, int end, Vma? insert = null)
    {
        MmStruct mm = vma.Mm;
        bool removesMore;
        do
        {
            Vma? next = insert is null ? vma.Next : null;
            int adjusted = 0;
            bool removes = false;
            removesMore = false;
            int thisEnd = end;
            if (next is not null && end >= next.End)
            {
                // Expands over the whole of the next, and perhaps over the one after it too: mprotect case 6.
                removes = true;
                removesMore = end > next.End;
                thisEnd = next.End;
            }
            else if (next is not null && (end > next.Start || (end < vma.End && vma.End == next.Start)))
            {
                // Mprotect cases 5 and 4.
                adjusted = end - next.Start;
            }

            vma = await BeginChange(vma);
            next = next is not null && (removes || adjusted != 0) ? await BeginChange(next) : null;
            await ImportAnonVma(vma, next, adjusted < 0);
            AnonVma? anonVma = Anon.Of(vma).Value;
            if (anonVma is not null)
            {
                await anonVma.Lock.Lock();
            }

            vma.Offset += vma.File is null ? 0 : start - vma.Start;
            vma.Start = start;
            vma.End = thisEnd;
            if (adjusted != 0)
            {
                next!.Start += adjusted;
            }

            if (removes)
            {
                vma.Next = next!.Next;
                mm.MapCount--;
                if (Anon.Of(next).Value is { } merged)
                {
                    // __anon_vma_merge(): theirs is the one we hold.
                    merged.Members.Value &= ~Bit(next);
                }

                await VmaUnlinked(next);
            }
            else if (insert is not null)
            {
                VmaLink(mm, insert);
                if (anonVma is not null)
                {
                    anonVma.Members.Value |= Bit(insert);
                }
            }

            if (anonVma is not null)
            {
                await anonVma.Lock.Unlock();
            }

            if (removes)
            {
                VmaFree(next!);
            }
            else if (next is not null)
            {
                await EndChange(next);
            }

            await EndChange(vma);
        }
        while (removesMore);
        return vma;
    }

    /// <summary>Whichever of the two expands has the anon_vma of what it takes over.</summary>
    private async KTask ImportAnonVma(Vma vma, Vma? next, bool nextExpands)
    {
        if (next is null)
        {
            return;
        }

        Vma importer = nextExpands ? next : vma;
        Vma exporter = nextExpands ? vma : next;
        if (Anon.Of(importer).Value is null && Anon.Of(exporter).Value is { } anonVma)
        {
            await anonVma.Lock.Lock();
            Anon.Of(importer).Value = anonVma;
            anonVma.Members.Value |= Bit(importer);
            anonVma.Lock.UnlockNow();
        }
    }

    /// <summary>
    /// vma_merge(): lets a neighbour take over the range, which is unmapped or, if <paramref name="area"/> is given, a part
    /// of that vma, and is to have these flags. The vma that covers the range now, or null if nobody can.
    /// </summary>
    private async KTask<Vma?> VmaMerge(MmStruct mm, Vma? prev, int start, int end, VmFlags flags, Vma? area)
    {
        Vma? next = prev is null ? mm.Mmap : prev.Next;
        if (area is not null && area.File is not null)
        {
            return null;
        }

        AnonVma? anonVma = area is null ? null : Anon.Of(area).Value;
        Vma? overlapped = next;
        if (next is not null && next.End == end)
        {
            // Cases 6, 7, 8.
            next = next.Next;
        }

        bool isAfterPrev = prev is not null && prev.End == start && CanMerge(prev, flags, anonVma);
        bool isBeforeNext = next is not null && next.Start == end && CanMerge(next, flags, anonVma);
        if (isAfterPrev)
        {
            bool takesNext = isBeforeNext && AreMergeable(Anon.Of(prev!).Value, Anon.Of(next!).Value);
            return await VmaAdjust(prev!, prev!.Start, takesNext ? next!.End : end);
        }

        if (!isBeforeNext)
        {
            return null;
        }

        if (prev is not null && start < prev.End)
        {
            // Case 4.
            Vma shrunk = await VmaAdjust(prev, prev.Start, start);
            return shrunk.Next;
        }

        if (ExpandsNextInCase8 && overlapped != next)
        {
            return await ExpandNext(overlapped!, next!);
        }

        // Cases 3 and 8.
        return await VmaAdjust(overlapped!, start, next!.End);
    }

    /// <summary>
    /// False if the vma that the next one could take over takes over the next one instead, and has its own old flags for
    /// a while, for both. With the mmap_sem nobody sees that.
    /// </summary>
    protected virtual bool ExpandsNextInCase8 => false;

    /// <summary>__vma_adjust(), case 8 since e86f15ee64d8 (4.9): the next vma, which has the right flags, expands downwards.</summary>
    private async KTask<Vma> ExpandNext(Vma vma, Vma next)
    {
        MmStruct mm = vma.Mm;
        vma = await BeginChange(vma);
        next = await BeginChange(next);
        await ImportAnonVma(vma, next, nextExpands: true);
        AnonVma? anonVma = Anon.Of(next).Value;
        if (anonVma is not null)
        {
            await anonVma.Lock.Lock();
            anonVma.Members.Value &= ~Bit(vma);
        }

        if (FindPrev(mm, vma.Start) is { } prev)
        {
            prev.Next = next;
        }
        else
        {
            mm.Mmap = next;
        }

        next.Start = vma.Start;
        mm.MapCount--;
        await VmaUnlinked(vma);
        if (anonVma is not null)
        {
            await anonVma.Lock.Unlock();
        }

        VmaFree(vma);
        await EndChange(next);
        return next;
    }

    /// <summary>can_vma_merge_after() and can_vma_merge_before().</summary>
    private bool CanMerge(Vma vma, VmFlags flags, AnonVma? anonVma) =>
        vma.File is null && vma.Flags == flags && AreMergeable(Anon.Of(vma).Value, anonVma);

    private static bool AreMergeable(AnonVma? left, AnonVma? right) => left is null || right is null || left == right;

    /// <summary>
    /// split_vma(): the part below the address, or from it on, becomes a vma of its own; the other part stays where it is.
    /// The part that stays; null if there is no memory.
    /// </summary>
    private async KTask<Vma?> SplitVma(TaskStruct current, Vma vma, int address, bool newBelow)
    {
        Vma? fresh = await AllocVma(current);
        if (fresh is null)
        {
            return null;
        }

        // *new = *vma
        fresh.Mm = vma.Mm;
        fresh.Start = newBelow ? vma.Start : address;
        fresh.End = newBelow ? address : vma.End;
        fresh.File = vma.File;
        fresh.Offset = newBelow ? vma.Offset : vma.Offset + address - vma.Start;
        fresh.Flags = vma.Flags;
        Anon.Of(fresh).Value = Anon.Of(vma).Once;
        Files.Of(fresh).Value = Files.Of(vma).Value;
        if (Files.Of(fresh).Value is { } file)
        {
            await file.Count.Add(1);
        }

        return newBelow
            ? await VmaAdjust(vma, address, vma.End, fresh)
            : await VmaAdjust(vma, vma.Start, address, fresh);
    }

    /// <summary>mmap_region(MAP_PRIVATE | MAP_FIXED): clears old maps first, whatever becomes of the new.</summary>
    private async KTask<int> SysMmap(TaskStruct current, int start, int end, Inode? file, int offset = 0)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = await DoMunmap(current, mm, start, end, mayDowngrade: false);
        if (error == 0)
        {
            error = await MmapRegion(current, mm, start, end, file, offset);
        }

        await MmapWriteUnlock(mm);
        return error;
    }

    private async KTask<int> MmapRegion(TaskStruct current, MmStruct mm, int start, int end, Inode? file, int offset)
    {
        if (file is null && await VmaMerge(mm, FindPrev(mm, start), start, end, VmFlags.Write, area: null) is not null)
        {
            return 0;
        }

        Vma? vma = await AllocVma(current);
        if (vma is null)
        {
            return Errno.NoMem;
        }

        vma.Mm = mm;
        vma.Start = start;
        vma.End = end;
        vma.File = file;
        vma.Offset = offset;
        Files.Of(vma).Value = file is null ? null : Files.Open();
        VmaLink(mm, vma);
        return 0;
    }

    /// <summary>sys_munmap().</summary>
    private async KTask<int> SysMunmap(TaskStruct current, int start, int end)
    {
        MmStruct mm = current.Mm!;
        await mm.MmapRwSem.DownWrite();
        int error = await DoMunmap(current, mm, start, end, mayDowngrade: true);
        if (error == Downgraded)
        {
            await mm.MmapRwSem.UpRead();
            return 0;
        }

        await MmapWriteUnlock(mm);
        return error;
    }

    /// <summary>
    /// do_munmap(): splits at the borders, takes the vmas out of the list, then zaps what they have. <see cref="Downgraded"/> if
    /// it has left the mmap_sem held for reading.
    /// </summary>
    private async KTask<int> DoMunmap(TaskStruct current, MmStruct mm, int start, int end, bool mayDowngrade)
    {
        Vma? vma = FindVma(mm, start);
        if (vma is null || vma.Start >= end)
        {
            return 0;
        }

        if (start > vma.Start && await SplitVma(current, vma, start, newBelow: false) is null)
        {
            return Errno.NoMem;
        }

        Vma? last = FindVma(mm, end);
        if (last is not null && end > last.Start && await SplitVma(current, last, end, newBelow: true) is null)
        {
            return Errno.NoMem;
        }

        Vma? detached = await DetachVmasToBeUnmapped(mm, start, end);
        bool isDowngraded = mayDowngrade && await MmapWriteDowngrade(mm);
        await UnmapRegion(mm, detached, start, end);
        await RemoveVmaList(detached);
        return isDowngraded ? Downgraded : 0;
    }

    /// <summary>detach_vmas_to_be_unmapped(): the first of them; the last has no next.</summary>
    private async KTask<Vma?> DetachVmasToBeUnmapped(MmStruct mm, int start, int end)
    {
        Vma? prev = FindPrev(mm, start);
        Vma? first = prev is null ? mm.Mmap : prev.Next;
        Vma? tail = null;
        Vma? vma = first;
        while (vma is not null && vma.Start < end)
        {
            await BeforeDetach(vma);

            // The list of the address space is whole at every await, so that whoever needs no lock can walk it.
            Vma? next = vma.Next;
            if (prev is null)
            {
                mm.Mmap = next;
            }
            else
            {
                prev.Next = next;
            }

            mm.MapCount--;
            await VmaUnlinked(vma);
            tail = vma;
            vma = next;
        }

        if (tail is null)
        {
            return null;
        }

        tail.Next = null;
        return first;
    }

    /// <summary>unmap_region(): the pages of these vmas, and page tables that nobody else needs.</summary>
    private async KTask UnmapRegion(MmStruct mm, Vma? vmas, int start, int end)
    {
        await LruAddDrain();
        for (Vma? vma = vmas; vma is not null; vma = vma.Next)
        {
            await ZapPageRange(mm, vma.Start, vma.End);
        }

        // Hide the vmas from rmap before freeing page tables.
        for (Vma? vma = vmas; vma is not null; vma = vma.Next)
        {
            await AnonVmaUnlink(vma);
        }

        int floor = FindPrev(mm, start) is { } prev ? prev.End : 0;
        int ceiling = FindVma(mm, end) is { } next ? next.Start : int.MaxValue;
        for (Vma? vma = vmas; vma is not null; vma = vma.Next)
        {
            await FreePgtables(mm, vma.Start, vma.End, floor, ceiling);
        }

        await FinishMmu(mm);
    }

    /// <summary>remove_vma_list(): the mapping gives up its file at once, and its memory.</summary>
    private async KTask RemoveVmaList(Vma? vma)
    {
        while (vma is not null)
        {
            Vma? next = vma.Next;
            if (Files.Of(vma).Value is { } file)
            {
                await Fput(file);
            }

            VmaFree(vma);
            vma = next;
        }
    }

    /// <summary>exit_mmap(): nobody else uses the address space any more, so no lock is taken and nothing is unlinked.</summary>
    protected virtual async KTask ExitMmap(MmStruct mm)
    {
        await LruAddDrain();
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            await ZapPageRange(mm, vma.Start, vma.End);
        }

        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            await AnonVmaUnlink(vma);
            await FreePgtables(mm, vma.Start, vma.End, 0, int.MaxValue);
        }

        await FinishMmu(mm);
        await RemoveVmaList(mm.Mmap);
        mm.Mmap = null;
        mm.MapCount = 0;
        for (int address = 0; address < mm.Addresses; address += mm.TableEntries)
        {
            if (mm.Pmd(address).Once is { } left)
            {
                Smp.Bug("nr_ptes", $"kernel BUG in exit_mmap: BUG_ON(mm->nr_ptes > 0): {mm.Name} still has {left.Name}, which no vma needs");
            }
        }
    }
}
