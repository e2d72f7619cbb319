using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// When all is quiet, every page of every process is read back without running anything: what would a read return
/// now? So a store that nobody looked at again is not forgotten.
/// </summary>
internal sealed class MemoryAtRest
{
    /// <summary>The subject of a wrong value.</summary>
    internal const string UserData = "user data";

    /// <summary>The subject of a wrong value in a file that can be written to.</summary>
    internal const string FileData = "file data";

    /// <summary>The subject of an access that found something where nothing was mapped.</summary>
    internal const string UnmappedPage = "unmapped page";

    /// <summary>The subject of a store to a page that may only be read.</summary>
    internal const string ReadOnlyPage = "read-only page";

    private readonly Machine _machine;
    private readonly ShadowMemory _shadow;

    internal MemoryAtRest(Machine machine, ShadowMemory shadow)
    {
        _machine = machine;
        _shadow = shadow;
    }

    internal void Check()
    {
        for (int index = 0; index < _machine.TaskCount; index++)
        {
            TaskStruct task = _machine.Task(index);
            if (_shadow.IsAlive(task))
            {
                Check(task);
            }
        }

        if (_machine.FileSystem is { } files)
        {
            Check(files);
        }
    }

    /// <summary>What read(2) would find in every page of every file.</summary>
    private void Check(FileSystem files)
    {
        for (int filePage = 0; filePage < Machine.Addresses; filePage++)
        {
            int value = files.RawRead(files.FileOf(filePage), FileSystem.IndexOf(filePage));
            if (!_shadow.CouldFileHold(filePage, value))
            {
                _machine.Smp.FailAtRest(
                    FailureKind.WrongData,
                    FileData,
                    $"file page {filePage} holds {Values.Text(value)} at rest; it could hold {_shadow.DescribeFile(filePage)}");
            }
        }
    }

    private void Check(TaskStruct task)
    {
        if (task.RawMm is not { IsAllocated: true } mm)
        {
            WrongData($"{task.Comm} has no address space at rest");
            return;
        }

        for (int address = 0; address < mm.Addresses; address++)
        {
            Check(task, mm, address);
        }
    }

    private void Check(TaskStruct task, MmStruct mm, int address)
    {
        Vma? vma = Mappings.Find(mm, address);
        Pte pte = mm.RawPte(address);
        if (pte.IsPresent)
        {
            CheckPresent(task, address, _machine.Pages[pte.PageIndex], isMapped: vma is not null);
            if (pte.IsWritable && vma is not null && !_shadow.CouldStore(task, address))
            {
                _machine.Smp.FailAtRest(
                    FailureKind.MissingSignal,
                    ReadOnlyPage,
                    $"{task.Comm} could write at page {address} at rest, which mprotect has made read-only");
            }
        }
        else if (vma is null)
        {
            if (!_shadow.CouldBeUnmapped(task, address))
            {
                WrongData($"{task.Comm} would find nothing mapped at page {address} at rest; it could hold {_shadow.Describe(task, address)}");
            }
        }
        else if (pte.IsSwap)
        {
            CheckSwapped(task, address, pte.Entry);
        }
        else if (pte.IsNone)
        {
            CheckUntouched(task, address, vma);
        }
        else if (!_shadow.CouldBeLost(task, address))
        {
            WrongData($"{task.Comm} would find page {address} lost at rest; it could hold {_shadow.Describe(task, address)}");
        }
    }

    private void CheckPresent(TaskStruct task, int address, Page page, bool isMapped)
    {
        if (!page.IsAllocated)
        {
            WrongData($"{task.Comm} would read {page.Name}, which is free, at page {address} at rest; it could hold {_shadow.Describe(task, address)}");
        }
        else if (!_shadow.CouldHold(task, address, page.RawContent) && !isMapped && _shadow.CouldBeUnmapped(task, address))
        {
            _machine.Smp.FailAtRest(
                FailureKind.MissingSignal,
                UnmappedPage,
                $"{task.Comm} would read {Values.Text(page.RawContent)} at page {address} at rest, which is not mapped");
        }
        else
        {
            CheckValue(task, address, page.RawContent);
        }
    }

    /// <summary>The newest page cached under the entry, or else what the device holds.</summary>
    private void CheckSwapped(TaskStruct task, int address, SwapEntry entry)
    {
        SwapArea area = _machine.Areas[entry.Area];
        if (!area.RawUsed)
        {
            WrongData($"{task.Comm} would find {entry} at page {address} at rest, and {area.Name} is off; it could hold {_shadow.Describe(task, address)}");
            return;
        }

        CheckValue(task, address, area.RawCached(entry.Offset) is { } cached ? cached.RawContent : area.RawDisk(entry.Offset));
    }

    /// <summary>Zeroes for anonymous memory, the file or zeroes beyond its end for the file.</summary>
    private void CheckUntouched(TaskStruct task, int address, Vma vma)
    {
        if (vma.IsShared)
        {
            // What it shows is the file's, and is looked at there.
            return;
        }

        int value = vma.File is { } file && vma.FilePage(address) < file.RawSize
            ? file.ContentOf(vma.FilePage(address))
            : Values.Zero;
        CheckValue(task, address, value);
    }

    private void CheckValue(TaskStruct task, int address, int value)
    {
        if (_shadow.CouldHold(task, address, value))
        {
            return;
        }

        string message = $"{task.Comm} would read {Values.Text(value)} at page {address} at rest; it could hold {_shadow.Describe(task, address)}";
        if (_shadow.ConcernsDevice(task, address, value))
        {
            _machine.Smp.FailAtRest(FailureKind.Incoherent, PinCoherence.Process, message);
        }
        else
        {
            WrongData(message);
        }
    }

    private void WrongData(string message) => _machine.Smp.FailAtRest(FailureKind.WrongData, UserData, message);
}
