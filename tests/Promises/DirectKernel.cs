using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Tests.Promises;

/// <summary>
/// A kernel too simple to be wrong: it takes no lock, copies every page at once, writes and reads the disk itself,
/// and lets anybody in between any two pages. What it lets programs see is what system calls allow, no more and no
/// less, so promises that complain about it are wrong. Tests spoil it in one place to see which promise complains.
/// </summary>
internal sealed class DirectKernel(Machine machine) : IKernel, ICountsSwapPages
{
    /// <summary>Checkers without the races that go with taking no lock.</summary>
    internal static Checks Checks { get; } = Checks.All with { Races = false };

    /// <summary>Runs instead of the call if it answers; so does damage if it does not.</summary>
    internal Func<TaskStruct, Operation, int?> InsteadOfCall { get; init; } = (_, _) => null;

    /// <summary>Runs instead of the fault if it answers.</summary>
    internal Func<TaskStruct, int, Fault?> InsteadOfFault { get; init; } = (_, _) => null;

    /// <inheritdoc/>
    public int NrSwapPages { get; set; }

    private Smp Smp => machine.Smp;

    private SwapArea Area => machine.Areas[0];

    /// <inheritdoc/>
    public void Boot() => NrSwapPages = Area.Slots;

    /// <inheritdoc/>
    public void EndIo(DiskRequest request) => throw new InvalidOperationException("this kernel makes no requests");

    /// <inheritdoc/>
    public async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Point();
        if (InsteadOfCall(current, operation) is { } result)
        {
            return result;
        }

        return operation.Verb.Code switch
        {
            VerbCode.Fork or VerbCode.ForkSamePid => await Fork(current),
            VerbCode.Clone => Clone(current),
            VerbCode.Exec => await Exec(current),
            VerbCode.Exit => await Exit(current),
            VerbCode.MapAnonymous => await Map(current, operation.Number, null),
            VerbCode.MapFile => await Map(current, operation.Number, machine.File),
            VerbCode.Unmap => await Unmap(current.RawMm!, operation.Number),
            VerbCode.Truncate => await Truncate(operation.Number),
            VerbCode.Peek => Peek(current, machine.Task(operation.Actor), operation.Number),
            VerbCode.Reclaim => await Reclaim(operation.Number),
            VerbCode.SwapOff => await SwapOff(current),
            VerbCode.SwapOn => SwapOn(),
            VerbCode.PinRead => Pin(current, operation.Number, write: false),
            VerbCode.PinWrite => Pin(current, operation.Number, write: true),
            VerbCode.Unpin => Unpin(current),
            VerbCode.Migrate => 0,
            _ => throw new NotSupportedException(operation.ToString()),
        };
    }

    /// <inheritdoc/>
    public async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
    {
        await Smp.Point();
        if (InsteadOfFault(current, address) is { } fault)
        {
            return fault;
        }

        return BringInForAccess(current, current.RawMm!, address);
    }

    private Fault BringInForAccess(TaskStruct current, MmStruct mm, int address)
    {
        if (VmaOf(mm, address) is not { } vma)
        {
            return Fault.SegmentationFault;
        }

        if (mm.Pte(address).Raw.IsPresent)
        {
            return Fault.Handled;
        }

        int value = Look(vma, address);
        if (machine.AllocPage(current) is not { } page)
        {
            return Fault.OutOfMemory;
        }

        page.Content = value;
        Zap(mm, address);
        mm.Pte(address).Raw = Pte.Map(page, write: true, dirty: true);
        return Fault.Handled;
    }

    /// <summary>What the page holds, wherever it is.</summary>
    private int Look(Vma vma, int address)
    {
        Pte pte = vma.Mm.Pte(address).Raw;
        return pte.Kind switch
        {
            PteKind.Present => machine.Pages[pte.PageIndex].Content,
            PteKind.Swap => Area.Disk(pte.Entry.Offset),
            _ => vma.File is { RawSize: > 0 } file ? file.ContentOf(0) : 0,
        };
    }

    /// <summary>Takes away what the page table holds, and lets go of it.</summary>
    internal void Zap(MmStruct mm, int address)
    {
        Pte pte = mm.Pte(address).Raw;
        mm.Pte(address).Raw = default;
        if (pte.IsPresent)
        {
            Release(machine.Pages[pte.PageIndex]);
        }
        else if (pte.IsSwap && --Area.Map[pte.Entry.Offset] == 0)
        {
            NrSwapPages++;
        }
    }

    private void Release(Page page)
    {
        if (--page.Count.Raw == 0)
        {
            machine.Zone.Put(page);
        }
    }

    private static Vma? VmaOf(MmStruct mm, int address)
    {
        Vma? vma = mm.RawMmap;
        while (vma is not null && vma.RawStart != address)
        {
            vma = vma.RawNext;
        }

        return vma;
    }

    private static void Insert(MmStruct mm, Vma vma, int address, Inode? file)
    {
        vma.Mm = mm;
        vma.Start = address;
        vma.End = address + 1;
        vma.File = file;
        vma.Next = mm.Mmap;
        mm.Mmap = vma;
    }

    private static void Delete(MmStruct mm, Vma vma)
    {
        if (mm.Mmap == vma)
        {
            mm.Mmap = vma.Next;
        }
        else
        {
            Vma before = mm.Mmap!;
            while (before.Next != vma)
            {
                before = before.Next!;
            }

            before.Next = vma.Next;
        }

        vma.Free();
    }

    private async KTask<int> Fork(TaskStruct parent)
    {
        if (machine.AllocTask(parent) is not { } child || machine.AllocMm(parent) is not { } mm)
        {
            return Errno.NoMem;
        }

        for (int address = 0; address < mm.Addresses; address++)
        {
            await Smp.Point();
            if (VmaOf(parent.RawMm!, address) is not { } vma)
            {
                continue;
            }

            Pte pte = vma.Mm.Pte(address).Raw;
            Page? page = pte.IsPresent ? machine.AllocPage(parent) : null;
            if ((pte.IsPresent && page is null) || machine.AllocVma(parent) is not { } copy)
            {
                if (page is not null)
                {
                    page.Count.Raw--;
                    machine.Zone.Put(page);
                }

                await Put(mm);
                return Errno.NoMem;
            }

            Insert(mm, copy, address, vma.File);
            if (page is not null)
            {
                page.Content = machine.Pages[pte.PageIndex].Content;
                mm.Pte(address).Raw = Pte.Map(page, write: true, dirty: true);
            }
            else if (pte.IsSwap)
            {
                Area.Map[pte.Entry.Offset]++;
                mm.Pte(address).Raw = pte;
            }
        }

        await Smp.Point();
        child.Mm = mm;
        machine.WakeUpProcess(child);
        return child.Pid;
    }

    private int Clone(TaskStruct parent)
    {
        if (machine.AllocTask(parent) is not { } child)
        {
            return Errno.NoMem;
        }

        child.Mm = parent.RawMm;
        child.RawMm!.Users.Raw++;
        machine.WakeUpProcess(child);
        return child.Pid;
    }

    private async KTask<int> Exec(TaskStruct current)
    {
        if (machine.AllocMm(current) is not { } mm)
        {
            return Errno.NoMem;
        }

        Insert(mm, machine.AllocVmaForSure(), 1, null);
        Insert(mm, machine.AllocVmaForSure(), 0, null);
        MmStruct old = current.RawMm!;
        current.Mm = mm;
        await Put(old);
        return 0;
    }

    private async KTask<int> Exit(TaskStruct current)
    {
        MmStruct mm = current.RawMm!;
        current.Mm = null;
        await Put(mm);
        return 0;
    }

    private async KTask Put(MmStruct mm)
    {
        if (--mm.Users.Raw > 0)
        {
            return;
        }

        for (int address = 0; address < mm.Addresses; address++)
        {
            await Unmap(mm, address);
        }

        mm.Free();
    }

    private async KTask<int> Map(TaskStruct current, int address, Inode? file)
    {
        MmStruct mm = current.RawMm!;
        if (machine.AllocVma(current) is not { } vma)
        {
            return Errno.NoMem;
        }

        await Unmap(mm, address);
        await Smp.Point();
        if (VmaOf(mm, address) is not null)
        {
            // Another thread has mapped it meanwhile: as if we had come first.
            vma.Free();
            return 0;
        }

        Insert(mm, vma, address, file);
        await Smp.Point();
        return 0;
    }

    private async KTask<int> Unmap(MmStruct mm, int address)
    {
        await Smp.Point();
        if (VmaOf(mm, address) is { } vma)
        {
            Delete(mm, vma);
            Zap(mm, address);
        }

        return 0;
    }

    private async KTask<int> Truncate(int size)
    {
        machine.File.Size = size;
        for (int index = 0; index < machine.MmCount && size == 0; index++)
        {
            MmStruct mm = machine.Mm(index);
            for (int address = 0; address < mm.Addresses; address++)
            {
                await Smp.Point();
                if (mm.IsAllocated && VmaOf(mm, address) is { File: not null })
                {
                    Zap(mm, address);
                }
            }
        }

        return 0;
    }

    private int Peek(TaskStruct current, TaskStruct tracee, int address)
    {
        if (VmaOf(tracee.RawMm!, address) is not { } vma)
        {
            return Errno.Io;
        }

        current.Peeked = Look(vma, address);
        return 0;
    }

    private int Pin(TaskStruct current, int address, bool write)
    {
        if (current.Pinned is not null)
        {
            return Errno.Busy;
        }

        if (BringInForAccess(current, current.RawMm!, address) != Fault.Handled)
        {
            return Errno.Fault;
        }

        Page page = machine.Pages[current.RawMm!.Pte(address).Raw.PageIndex];
        page.Count.Raw++;
        current.Pinned = page;
        current.IsPinnedForWrite = write;
        return 0;
    }

    private int Unpin(TaskStruct current)
    {
        if (current.Pinned is not { } page)
        {
            return Errno.Inval;
        }

        current.Pinned = null;
        Release(page);
        return 0;
    }

    private async KTask<int> Reclaim(int pages)
    {
        for (int index = 0; index < machine.MmCount; index++)
        {
            MmStruct mm = machine.Mm(index);
            for (int address = 0; address < mm.Addresses; address++)
            {
                await Smp.Point();
                if (pages > 0 && Area.RawUsed && Area.IsWriteOk && mm.IsAllocated && mm.Pte(address).Raw is { IsPresent: true } pte
                    && machine.Pages[pte.PageIndex].Count.Raw == 1)
                {
                    // A page that is pinned stays.
                    pages--;
                    SwapOut(mm, address);
                }
            }
        }

        return 0;
    }

    private void SwapOut(MmStruct mm, int address)
    {
        for (int offset = 0; offset < Area.Slots; offset++)
        {
            if (Area.Map[offset] == 0)
            {
                Area.Disk(offset) = machine.Pages[mm.Pte(address).Raw.PageIndex].Content;
                Zap(mm, address);
                mm.Pte(address).Raw = Pte.Swapped(Area.EntryOf(offset));
                Area.Map[offset] = 1;
                NrSwapPages--;
                return;
            }
        }
    }

    private async KTask<int> SwapOff(TaskStruct current)
    {
        if (!Area.RawUsed || !Area.IsWriteOk)
        {
            return Errno.Inval;
        }

        Area.IsWriteOk = false;
        for (int offset = 0; offset < Area.Slots; offset++)
        {
            while (Area.Map[offset] > 0)
            {
                await Smp.Schedule();
                if (!BringIn(current, offset))
                {
                    Area.IsWriteOk = true;
                    return Errno.NoMem;
                }
            }
        }

        Area.IsUsed = false;
        Area.Map.Free();
        NrSwapPages -= Area.Slots;
        return 0;
    }

    private bool BringIn(TaskStruct current, int offset)
    {
        for (int index = 0; index < machine.MmCount; index++)
        {
            MmStruct mm = machine.Mm(index);
            for (int address = 0; address < mm.Addresses && mm.IsAllocated; address++)
            {
                if (mm.Pte(address).Raw != Pte.Swapped(Area.EntryOf(offset)))
                {
                    continue;
                }

                if (machine.AllocPage(current) is not { } page)
                {
                    return false;
                }

                page.Content = Area.Disk(offset);
                Zap(mm, address);
                mm.Pte(address).Raw = Pte.Map(page, write: true, dirty: true);
            }
        }

        return true;
    }

    private int SwapOn()
    {
        if (Area.RawUsed)
        {
            return Errno.Busy;
        }

        Area.IsUsed = true;
        Area.SwitchOn();
        Area.IsWriteOk = true;
        NrSwapPages += Area.Slots;
        return 0;
    }
}
