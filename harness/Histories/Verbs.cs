using System.Collections.Immutable;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>What kernels and witnesses switch on.</summary>
public enum VerbCode
{
    /// <summary>A store.</summary>
    Write,

    /// <summary>A load.</summary>
    Read,

    /// <summary>fork().</summary>
    Fork,

    /// <summary>clone(CLONE_PID): a child with the parent's pid.</summary>
    ForkSamePid,

    /// <summary>clone(CLONE_VM): a thread.</summary>
    Clone,

    /// <summary>execve().</summary>
    Exec,

    /// <summary>_exit().</summary>
    Exit,

    /// <summary>mmap(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED).</summary>
    MapAnonymous,

    /// <summary>mmap(MAP_PRIVATE | MAP_FIXED) of the file.</summary>
    MapFile,

    /// <summary>munmap().</summary>
    Unmap,

    /// <summary>ftruncate().</summary>
    Truncate,

    /// <summary>ptrace(PTRACE_PEEKDATA).</summary>
    Peek,

    /// <summary>kswapd.</summary>
    Reclaim,

    /// <summary>swapoff().</summary>
    SwapOff,

    /// <summary>swapon().</summary>
    SwapOn,

    /// <summary>Fault injection.</summary>
    FailAlloc,

    /// <summary>mmap(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED) of two pages.</summary>
    MapAnonymousPair,

    /// <summary>munmap() of two pages.</summary>
    UnmapPair,

    /// <summary>mprotect(PROT_READ).</summary>
    ProtectRead,

    /// <summary>mprotect(PROT_READ | PROT_WRITE).</summary>
    ProtectWrite,

    /// <summary>mlock().</summary>
    LockMemory,

    /// <summary>get_user_pages() of one page, which a device is to read from.</summary>
    PinRead,

    /// <summary>get_user_pages() of one page, which a device is to write to.</summary>
    PinWrite,

    /// <summary>put_page() of the page, once the device has done with it.</summary>
    Unpin,

    /// <summary>The device reads the page pinned.</summary>
    DeviceRead,

    /// <summary>The device writes the page pinned.</summary>
    DeviceWrite,

    /// <summary>move_pages().</summary>
    Migrate,

    /// <summary>mmap(MAP_SHARED | MAP_FIXED) of a file of the file system.</summary>
    MapShared,

    /// <summary>write() to a page of a file.</summary>
    FileWrite,

    /// <summary>read() of a page of a file.</summary>
    FileRead,

    /// <summary>ftruncate() of a file to nothing.</summary>
    FileCut,

    /// <summary>fsync() of a file.</summary>
    FileSync,
}

/// <summary>Every verb that a history may use.</summary>
public static class Verbs
{
    private const int LastAddress = Machine.Addresses - 1;

    /// <summary>Stores a value that nobody has stored before.</summary>
    public static Verb Write { get; } = Addressed(VerbCode.Write, "write", "stores a new value at the page");

    /// <summary>Loads, and compares with what could be there.</summary>
    public static Verb Read { get; } = Addressed(VerbCode.Read, "read", "loads from the page");

    /// <summary>Makes a child process, which does what stands in braces.</summary>
    public static Verb Fork { get; } = Parent(VerbCode.Fork, "fork", "makes a child process");

    /// <summary>Makes a child process with the same pid.</summary>
    public static Verb ForkSamePid { get; } = Parent(VerbCode.ForkSamePid, "fork-clone-pid", "makes a child process with the parent's pid (CLONE_PID)");

    /// <summary>Makes a thread, which does what stands in braces.</summary>
    public static Verb Clone { get; } = Parent(VerbCode.Clone, "clone", "makes a thread of the same address space");

    /// <summary>Replaces the address space by a new one.</summary>
    public static Verb Exec { get; } = Plain(VerbCode.Exec, "exec", "replaces the address space by a fresh one");

    /// <summary>Ends the task.</summary>
    public static Verb Exit { get; } = Plain(VerbCode.Exit, "exit", "ends the task");

    /// <summary>Maps fresh anonymous memory over a page.</summary>
    public static Verb MapAnonymous { get; } = Addressed(VerbCode.MapAnonymous, "mmap-anon", "maps private anonymous memory over the page");

    /// <summary>Maps the file privately over a page.</summary>
    public static Verb MapFile { get; } = Addressed(VerbCode.MapFile, "mmap-file", "maps the first page of the file privately over the page");

    /// <summary>Unmaps a page.</summary>
    public static Verb Unmap { get; } = Addressed(VerbCode.Unmap, "munmap", "unmaps the page");

    /// <summary>Sets the length of the file.</summary>
    public static Verb Truncate { get; } = new(VerbCode.Truncate, "truncate", "pages", 0, 1, false, false, "cuts the file to so many pages");

    /// <summary>Reads a page of another process, as a debugger.</summary>
    public static Verb Peek { get; } = new(VerbCode.Peek, "peek", "page", 0, LastAddress, true, false, "reads the page of the actor's process with ptrace");

    /// <summary>Reclaims as kswapd does.</summary>
    public static Verb Reclaim { get; } = new(VerbCode.Reclaim, "reclaim", "pages", 1, 4, false, false, "frees so many pages as kswapd does");

    /// <summary>Removes the swap area.</summary>
    public static Verb SwapOff { get; } = Plain(VerbCode.SwapOff, "swapoff", "removes the swap area");

    /// <summary>Adds the swap area, which others may have written to meanwhile.</summary>
    public static Verb SwapOn { get; } = Plain(VerbCode.SwapOn, "swapon", "adds the swap area again");

    /// <summary>Lets an allocation of this task fail.</summary>
    public static Verb FailAlloc { get; } = new(VerbCode.FailAlloc, "failalloc", "nth", 1, 9, false, false, "lets the task's nth allocation from here fail");

    /// <summary>Maps fresh anonymous memory over two pages, as one mapping.</summary>
    public static Verb MapAnonymousPair { get; } = Pair(VerbCode.MapAnonymousPair, "mmap-anon2", "maps private anonymous memory over the page and the next one");

    /// <summary>Unmaps two pages at once.</summary>
    public static Verb UnmapPair { get; } = Pair(VerbCode.UnmapPair, "munmap2", "unmaps the page and the next one");

    /// <summary>Takes the permission to store away.</summary>
    public static Verb ProtectRead { get; } = Addressed(VerbCode.ProtectRead, "mprotect-ro", "makes the page read-only");

    /// <summary>Gives the permission to store.</summary>
    public static Verb ProtectWrite { get; } = Addressed(VerbCode.ProtectWrite, "mprotect-rw", "makes the page writable");

    /// <summary>Locks a page in memory.</summary>
    public static Verb LockMemory { get; } = Addressed(VerbCode.LockMemory, "mlock", "locks the page in memory, where its mapping differs from its neighbours'");

    /// <summary>Pins a page for a device that reads.</summary>
    public static Verb PinRead { get; } = Addressed(VerbCode.PinRead, "pin-read", "pins the page for a device that reads it; a task has one pin at a time");

    /// <summary>Pins a page for a device that writes.</summary>
    public static Verb PinWrite { get; } = Addressed(VerbCode.PinWrite, "pin-write", "pins the page for a device that reads and writes it");

    /// <summary>Ends the pin.</summary>
    public static Verb Unpin { get; } = Plain(VerbCode.Unpin, "unpin", "lets go of the page that the task has pinned");

    /// <summary>The device reads.</summary>
    public static Verb DeviceRead { get; } = Plain(VerbCode.DeviceRead, "device-read", "lets the device read the page that the task has pinned");

    /// <summary>The device writes.</summary>
    public static Verb DeviceWrite { get; } = Plain(VerbCode.DeviceWrite, "device-write", "lets the device write the page that the task has pinned for that");

    /// <summary>Moves a page to another frame.</summary>
    public static Verb Migrate { get; } = Addressed(VerbCode.Migrate, "migrate", "moves the page to another frame, wherever it is mapped");

    /// <summary>Maps a page of a file so that stores go to the file: see <see cref="FileSystem.FileOf"/> for which one.</summary>
    public static Verb MapShared { get; } = Addressed(VerbCode.MapShared, "mmap-shared", "maps file page of the same number shared over the page");

    /// <summary>Writes a value that nobody has written before to a page of a file.</summary>
    public static Verb FileWrite { get; } = new(VerbCode.FileWrite, "file-write", "file page", 0, LastAddress, false, false, "writes a new value to the file page: even ones are file 0's, odd ones file 1's");

    /// <summary>Reads a page of a file, and compares with what could be there.</summary>
    public static Verb FileRead { get; } = new(VerbCode.FileRead, "file-read", "file page", 0, LastAddress, false, false, "reads the file page");

    /// <summary>Cuts a file to nothing.</summary>
    public static Verb FileCut { get; } = new(VerbCode.FileCut, "file-cut", "file", 0, FileSystem.FileCount - 1, false, false, "cuts the file to nothing");

    /// <summary>Writes what is dirty of a file to the disk.</summary>
    public static Verb FileSync { get; } = new(VerbCode.FileSync, "fsync", "file", 0, FileSystem.FileCount - 1, false, false, "waits until what was written to the file is on the disk");

    /// <summary>All of them, in the order in which help lists them.</summary>
    public static ImmutableArray<Verb> All { get; } =
    [
        Write, Read, Fork, ForkSamePid, Clone, Exec, Exit, MapAnonymous, MapFile, Unmap, Truncate, Peek, Reclaim,
        SwapOff, SwapOn, FailAlloc, MapAnonymousPair, UnmapPair, ProtectRead, ProtectWrite, LockMemory,
        PinRead, PinWrite, Unpin, DeviceRead, DeviceWrite, Migrate, MapShared, FileWrite, FileRead, FileCut, FileSync,
    ];

    private static Verb Addressed(VerbCode code, string name, string sentence) =>
        new(code, name, "page", 0, LastAddress, false, false, sentence);

    private static Verb Pair(VerbCode code, string name, string sentence) =>
        new(code, name, "first page", 0, LastAddress - 1, false, false, sentence);

    private static Verb Parent(VerbCode code, string name, string sentence) =>
        new(code, name, null, 0, 0, false, true, sentence);

    private static Verb Plain(VerbCode code, string name, string sentence) =>
        new(code, name, null, 0, 0, false, false, sentence);
}
