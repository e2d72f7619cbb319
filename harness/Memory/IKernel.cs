using Variants.Harness.Engine;
using Variants.Harness.Histories;

namespace Variants.Harness.Memory;

/// <summary>How a page fault ended.</summary>
public enum Fault
{
    /// <summary>The access may be tried again.</summary>
    Handled,

    /// <summary>SIGSEGV: the address is not mapped, or not so.</summary>
    SegmentationFault,

    /// <summary>SIGBUS: what is mapped cannot be had.</summary>
    BusError,

    /// <summary>SIGKILL: there was no memory for it.</summary>
    OutOfMemory,
}

/// <summary>
/// The one interface: a memory-management design as the machine sees it. User programs call it and fault into it,
/// devices interrupt it; how it does its work, and with which locks, is the variant.
/// </summary>
public interface IKernel
{
    /// <summary>
    /// The machine is on and its first processes exist: build the lists and counts that boot would have built. Runs
    /// before anybody else does.
    /// </summary>
    void Boot();

    /// <summary>
    /// A system call of <paramref name="current"/>, or what a kernel thread does on its behalf: 0 or more for
    /// success, a negative <see cref="Errno"/> for failure.
    /// </summary>
    KTask<int> Call(TaskStruct current, Operation operation);

    /// <summary>A load or store of <paramref name="current"/> that the page tables do not allow.</summary>
    KTask<Fault> PageFault(TaskStruct current, int address, bool write);

    /// <summary>The disk has completed a transfer: an interrupt, which may not sleep.</summary>
    void EndIo(DiskRequest request);
}

/// <summary>Error numbers, as system calls return them: negated.</summary>
public static class Errno
{
    /// <summary>Operation not permitted.</summary>
    public const int Perm = -1;

    /// <summary>No such process.</summary>
    public const int Srch = -3;

    /// <summary>I/O error.</summary>
    public const int Io = -5;

    /// <summary>Try again: no more processes.</summary>
    public const int Again = -11;

    /// <summary>Out of memory.</summary>
    public const int NoMem = -12;

    /// <summary>Bad address.</summary>
    public const int Fault = -14;

    /// <summary>Device or resource busy.</summary>
    public const int Busy = -16;

    /// <summary>Invalid argument.</summary>
    public const int Inval = -22;

    /// <summary>No space left on device.</summary>
    public const int NoSpc = -28;

    /// <summary>Function not implemented.</summary>
    public const int NoSys = -38;

    /// <summary>The name of an error, or the number.</summary>
    public static string Name(int error) => error switch
    {
        Perm => "-EPERM",
        Srch => "-ESRCH",
        Io => "-EIO",
        Again => "-EAGAIN",
        NoMem => "-ENOMEM",
        Fault => "-EFAULT",
        Busy => "-EBUSY",
        Inval => "-EINVAL",
        NoSpc => "-ENOSPC",
        NoSys => "-ENOSYS",
        _ => error.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
