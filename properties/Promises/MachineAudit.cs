using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// The books of the whole machine. When all is quiet every use of every page and slot is counted anew, from page
/// tables, swap cache and page cache, and compared with the counts that the kernel keeps; and when swapoff returns 0
/// nobody may hold an entry of what it removed.
/// </summary>
internal sealed class MachineAudit : IWitness
{
    private readonly Machine _machine;
    private readonly Action[] _audits;
    private readonly BlockAudit _blocks;
    private readonly bool[] _isAlive;
    private readonly int[] _pageUsers;
    private readonly int[][] _slotPtes;
    private readonly int[][] _slotPages;

    /// <summary>What page tables hold, when all is quiet: most ptes are none, and several audits look at the rest.</summary>
    private readonly HeldPte[] _held;
    private int _heldCount;

    /// <summary>Who last switched an area off with success, if anybody did.</summary>
    private TaskStruct? _switchedOffBy;

    internal MachineAudit(Machine machine)
    {
        _machine = machine;
        _isAlive = new bool[machine.Capacity.Tasks];
        _pageUsers = new int[machine.Pages.Length];
        _slotPtes = PerSlot(machine);
        _slotPages = PerSlot(machine);
        _held = new HeldPte[machine.Capacity.Mms * machine.Capacity.Addresses];
        _blocks = new BlockAudit(machine);
        _audits =
        [
            CountPageTables, CountSwapCache, CountPageCache, CountPins, CheckPtesInVmas, CheckEntries, CheckBindings, CheckSwapMaps,
            CheckFreeSlots, CheckPages, CheckFreeList, CheckLocks, CheckPageLocks, CheckDisk, CheckAddressSpaces,
            CheckPageTables, CheckReverseMappings, _blocks.Check,
        ];
    }

    /// <inheritdoc/>
    public void Booted(Machine machine)
    {
        _switchedOffBy = null;
        for (int index = 0; index < _isAlive.Length; index++)
        {
            _isAlive[index] = index < machine.TaskCount;
        }
    }

    /// <inheritdoc/>
    public void Woke(TaskStruct parent, TaskStruct child, Operation operation) => _isAlive[child.Index] = true;

    /// <inheritdoc/>
    public void Ended(TaskStruct task, Operation operation, int result)
    {
        if (operation.Verb.Code == VerbCode.SwapOff && result == 0)
        {
            _switchedOffBy = task;
        }
    }

    /// <inheritdoc/>
    public void Quiet()
    {
        ReadPageTables();
        if (_switchedOffBy is { } administrator)
        {
            CheckSwapoff(administrator);
        }

        foreach (Action audit in _audits)
        {
            if (_machine.Smp.Failure is not null)
            {
                return;
            }

            audit();
        }
    }

    /// <summary>
    /// swapoff's success says that no entry of the area is left: not in a page table, not in the cache. Judged at rest:
    /// a fault may have given its count back, under its locks, and be about to replace the entry.
    /// </summary>
    private void CheckSwapoff(TaskStruct task)
    {
        foreach (ref readonly HeldPte held in Held)
        {
            if (held.Pte.IsSwap && IsDangling(held.Pte.Entry))
            {
                SwapoffLied(task, $"{held.Mm.Name} holds {held.Pte.Entry} at page {held.Address}");
                return;
            }
        }

        foreach (SwapArea area in _machine.Areas)
        {
            for (int offset = 0; offset < area.Slots; offset++)
            {
                if (area.RawCached(offset) is { } page && IsDangling(page.RawEntry))
                {
                    SwapoffLied(task, $"{page.Name} is cached as {page.RawEntry}");
                    return;
                }
            }
        }
    }

    private void SwapoffLied(TaskStruct task, string what) => _machine.Smp.FailAtRest(
        FailureKind.WrongResult,
        "swapoff success",
        $"{task.Comm}: swapoff returned 0, but {what}");

    /// <summary>True for an entry of an area that is off, or was off since the entry was made.</summary>
    private bool IsDangling(SwapEntry entry)
    {
        if (entry.IsNone)
        {
            return false;
        }

        SwapArea area = _machine.Areas[entry.Area];
        return !area.RawUsed || entry.Incarnation != (byte)area.Incarnation;
    }

    private void ReadPageTables()
    {
        _heldCount = 0;
        for (int index = 0; index < _machine.MmCount; index++)
        {
            MmStruct mm = _machine.Mm(index);
            if (!mm.IsAllocated)
            {
                continue;
            }

            for (int address = 0; address < mm.Addresses; address++)
            {
                Pte pte = mm.RawPte(address);
                if (!pte.IsNone)
                {
                    _held[_heldCount++] = new HeldPte(mm, address, pte);
                }
            }
        }
    }

    private void CountPageTables()
    {
        Array.Clear(_pageUsers);
        foreach (int[] ptes in _slotPtes)
        {
            Array.Clear(ptes);
        }

        foreach (ref readonly HeldPte held in Held)
        {
            Pte pte = held.Pte;
            if (pte.IsPresent)
            {
                _pageUsers[pte.PageIndex]++;
            }
            else if (pte.IsSwap)
            {
                _slotPtes[pte.Entry.Area][pte.Entry.Offset]++;
            }
        }
    }

    private void CountSwapCache()
    {
        foreach (SwapArea area in _machine.Areas)
        {
            int[] bound = _slotPages[area.Index];
            Array.Clear(bound);
            for (int offset = 0; offset < area.Slots; offset++)
            {
                // A chain longer than memory goes round in a circle.
                for (Page? page = area.RawCached(offset); page is not null && bound[offset] <= _pageUsers.Length; page = page.RawNextInHash)
                {
                    bound[offset]++;
                    _pageUsers[page.Index]++;
                }
            }
        }
    }

    private void CountPageCache()
    {
        for (int index = 0; index < _machine.File.Pages; index++)
        {
            if (_machine.File.CachedPage(index).Raw is { } page)
            {
                _pageUsers[page.Index]++;
            }
        }

        if (_machine.FileSystem is { } files)
        {
            CountFiles(files);
        }
    }

    private void CountFiles(FileSystem files)
    {
        foreach (Inode file in files.Files)
        {
            for (int index = 0; index < file.Pages; index++)
            {
                if (file.CachedPage(index).Raw is { } page)
                {
                    _pageUsers[page.Index]++;
                }
            }
        }

        for (int block = 0; block < files.Blocks; block++)
        {
            if (files.Buffer(block).Raw is { } buffer)
            {
                _pageUsers[buffer.RawPage.Index]++;
            }
        }
    }

    /// <summary>What a task has pinned, its device may use.</summary>
    private void CountPins()
    {
        for (int index = 0; index < _machine.TaskCount; index++)
        {
            if (_machine.Task(index).Pinned is { } page)
            {
                _pageUsers[page.Index]++;
            }
        }
    }

    /// <summary>Whatever a page table holds lies in a mapping: nobody would ever clean up the rest.</summary>
    private void CheckPtesInVmas()
    {
        foreach (ref readonly HeldPte held in Held)
        {
            if (Mappings.Find(held.Mm, held.Address) is null)
            {
                Wrong("pte outside vma", $"{held.Mm.Name} holds {held.Pte} at page {held.Address}, where no vma is");
                return;
            }
        }
    }

    /// <summary>No page table holds an entry of an area that is off or was off since.</summary>
    private void CheckEntries()
    {
        foreach (ref readonly HeldPte held in Held)
        {
            SwapEntry entry = held.Pte.Entry;
            if (held.Pte.IsSwap && IsDangling(entry))
            {
                Wrong("dangling entry", $"{held.Mm.Name} holds {entry} at page {held.Address}, {SinceWhen(entry)}");
                return;
            }
        }
    }

    /// <summary>At most one page is bound to an entry, of an area that is on, and page and cache agree on it.</summary>
    private void CheckBindings()
    {
        foreach (SwapArea area in _machine.Areas)
        {
            for (int offset = 0; offset < area.Slots; offset++)
            {
                if (area.RawCached(offset) is { } newest)
                {
                    CheckBinding(area.EntryOf(offset), newest);
                }
            }
        }

        for (int index = 0; index < _machine.RawSize.Pages; index++)
        {
            Page page = _machine.Pages[index];
            SwapEntry entry = page.RawEntry;
            if (page.IsAllocated && !entry.IsNone && _machine.Areas[entry.Area].RawCached(entry.Offset) is null)
            {
                Wrong("swap cache", $"{page.Name} says that it is cached as {entry}, and the swap cache has nothing there");
            }
        }
    }

    private void CheckBinding(SwapEntry entry, Page newest)
    {
        if (newest.RawNextInHash is { } older)
        {
            Wrong("swap cache", $"{newest.Name} and {older.Name} are both cached as {entry}");
        }
        else if (newest.RawEntry != entry)
        {
            Wrong("swap cache", $"{newest.Name} is cached as {entry} and says {newest.RawEntry}");
        }
        else if (IsDangling(newest.RawEntry))
        {
            Wrong("swap cache", $"{newest.Name} is cached as {entry}, {SinceWhen(entry)}");
        }
    }

    private string SinceWhen(SwapEntry dangling)
    {
        SwapArea area = _machine.Areas[dangling.Area];
        return area.RawUsed ? $"from before {area.Name} was last switched on" : $"and {area.Name} is off";
    }

    /// <summary>swap_map[e] is the number of ptes that hold e, and one for a page bound to it.</summary>
    private void CheckSwapMaps()
    {
        foreach (SwapArea area in _machine.Areas)
        {
            for (int offset = 0; offset < area.Slots && area.RawUsed; offset++)
            {
                int count = area.Map.Raw(offset);
                int ptes = _slotPtes[area.Index][offset];
                int pages = _slotPages[area.Index][offset];
                if (count != ptes + pages)
                {
                    Wrong("swap_map", $"{area.Map.Name}[{offset}] is {count}; {ptes} in page tables and {pages} in the swap cache make {ptes + pages}");
                    return;
                }
            }
        }
    }

    /// <summary>nr_swap_pages is the number of free slots, if the kernel keeps it.</summary>
    private void CheckFreeSlots()
    {
        if (_machine.Kernel is not ICountsSwapPages kernel)
        {
            return;
        }

        int free = 0;
        foreach (SwapArea area in _machine.Areas)
        {
            for (int offset = 0; offset < area.Slots && area.RawUsed; offset++)
            {
                free += area.Map.Raw(offset) == 0 ? 1 : 0;
            }
        }

        if (kernel.NrSwapPages != free)
        {
            Wrong("nr_swap_pages", $"nr_swap_pages is {kernel.NrSwapPages}, and {free} slots are free");
        }
    }

    /// <summary>page->count is the number of mappings, and one for each cache that holds the page and each task that has pinned it.</summary>
    private void CheckPages()
    {
        for (int index = 0; index < _machine.RawSize.Pages; index++)
        {
            Page page = _machine.Pages[index];
            int count = page.Count.Raw;
            int users = _pageUsers[index];
            if (!page.IsAllocated)
            {
                if (users > 0)
                {
                    Wrong("page", $"{page.Name} is free, and in use {users} times");
                }
            }
            else if (users == 0)
            {
                Leaked("page", $"{page.Name} has count {count} and nobody uses it");
            }
            else if (count > users)
            {
                Leaked("page.count", $"{page.Name} has count {count} and is in use {users} times");
            }
            else if (count < users)
            {
                Wrong("page.count", $"{page.Name} has count {count} and is in use {users} times");
            }
        }
    }

    /// <summary>Every page is either allocated or on the free list.</summary>
    private void CheckFreeList()
    {
        int free = 0;
        for (int index = 0; index < _machine.RawSize.Pages; index++)
        {
            free += _machine.Pages[index].IsAllocated ? 0 : 1;
        }

        if (free != _machine.Zone.RawFree)
        {
            Wrong("free list", $"the free list has {_machine.Zone.RawFree} pages, and {free} are free");
        }
    }

    private void CheckLocks()
    {
        if (_machine.RawHeldLock() is { } held)
        {
            Leaked("lock", $"{held.Cpu} still holds {held.Lock}");
        }
    }

    /// <summary>Nobody is left who would unlock a page.</summary>
    private void CheckPageLocks()
    {
        for (int index = 0; index < _machine.RawSize.Pages; index++)
        {
            Page page = _machine.Pages[index];
            if (page.IsAllocated && page.Lock.IsLocked)
            {
                Leaked("PG_locked", $"{page.Name} is still locked");
            }
        }
    }

    private void CheckDisk()
    {
        if (_machine.Disk.InFlight > 0)
        {
            Leaked("disk", $"{_machine.Disk.InFlight} requests are still in flight");
        }
    }

    /// <summary>An mm is allocated as long as a task lives in it, and its count is the number of those.</summary>
    private void CheckAddressSpaces()
    {
        for (int index = 0; index < _machine.MmCount; index++)
        {
            MmStruct mm = _machine.Mm(index);
            int users = UsersOf(mm);
            if (!mm.IsAllocated)
            {
                if (users > 0)
                {
                    Wrong("mm_struct", $"{mm.Name} is free, and {users} tasks live in it");
                }
            }
            else if (users == 0)
            {
                Leaked("mm_struct", $"{mm.Name} is still allocated and no task lives in it");
            }
            else if (mm.Users.Raw != users)
            {
                Wrong("mm_users", $"{mm.Name} has count {mm.Users.Raw} and {users} tasks live in it");
            }
            else if (mm.MmapSem.IsLocked)
            {
                Leaked("mmap_sem", $"{mm.MmapSem} is still held");
            }
        }
    }

    /// <summary>A page table is in use for a mapping: of the rest nobody knows any more.</summary>
    private void CheckPageTables()
    {
        if (_machine.PageTables is not { } tables)
        {
            return;
        }

        foreach (PageTable table in tables.Raw)
        {
            if (table.IsAllocated && !IsNeeded(table))
            {
                Leaked("page table", $"{table.Name} is still allocated, and no mapping needs it");
                return;
            }
        }
    }

    private bool IsNeeded(PageTable table)
    {
        for (int index = 0; index < _machine.MmCount; index++)
        {
            MmStruct mm = _machine.Mm(index);
            for (int address = 0; address < mm.Addresses && mm.IsAllocated; address++)
            {
                if (mm.Pmd(address).Raw == table && Mappings.Find(mm, address) is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whoever has to find all ptes of a page, to unmap it, does.</summary>
    private void CheckReverseMappings()
    {
        if (_machine.Kernel is not IFindsMappings kernel)
        {
            return;
        }

        foreach (ref readonly HeldPte held in Held)
        {
            if (held.Pte.IsPresent && Mappings.Find(held.Mm, held.Address) is { } vma
                && _machine.Pages[held.Pte.PageIndex] is var page && !kernel.RawFinds(page, vma))
            {
                Wrong("reverse mapping", $"{page.Name} is mapped in {vma.Name} of {held.Mm.Name} at page {held.Address}, where reclaim does not look for it");
                return;
            }
        }
    }

    private int UsersOf(MmStruct mm)
    {
        int users = 0;
        for (int index = 0; index < _machine.TaskCount; index++)
        {
            TaskStruct task = _machine.Task(index);
            users += _isAlive[index] && !task.IsExiting && task.RawMm == mm ? 1 : 0;
        }

        return users;
    }

    private void Wrong(string subject, string message) => _machine.Smp.FailAtRest(FailureKind.Accounting, subject, message);

    private void Leaked(string subject, string message) => _machine.Smp.FailAtRest(FailureKind.Leak, subject, message);

    private static int[][] PerSlot(Machine machine) =>
        [.. machine.Areas.Select(_ => new int[machine.Capacity.Slots])];

    private ReadOnlySpan<HeldPte> Held => _held.AsSpan(0, _heldCount);

    private readonly record struct HeldPte(MmStruct Mm, int Address, Pte Pte);
}
