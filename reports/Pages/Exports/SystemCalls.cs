using Variants.Harness.Histories;

namespace Variants.Reports.Pages.Exports;

/// <summary>The numbers of system calls on x86-64, for traces (arch/x86/entry/syscalls/syscall_64.tbl).</summary>
internal static class SystemCalls
{
    /// <summary>The number of the call that an operation is; null for accesses to memory and for what the kernel does by itself.</summary>
    internal static int? NumberOf(VerbCode verb) => verb switch
    {
        VerbCode.FileRead => 0,
        VerbCode.FileWrite => 1,
        VerbCode.MapAnonymous or VerbCode.MapAnonymousPair or VerbCode.MapFile or VerbCode.MapShared => 9,
        VerbCode.ProtectRead or VerbCode.ProtectWrite => 10,
        VerbCode.Unmap or VerbCode.UnmapPair => 11,
        VerbCode.Clone or VerbCode.ForkSamePid => 56,
        VerbCode.Fork => 57,
        VerbCode.Exec => 59,
        VerbCode.Exit => 60,
        VerbCode.FileSync => 74,
        VerbCode.Truncate => 76,
        VerbCode.FileCut => 77,
        VerbCode.Peek => 101,
        VerbCode.LockMemory => 149,
        VerbCode.SwapOn => 167,
        VerbCode.SwapOff => 168,
        VerbCode.Migrate => 279,
        _ => null,
    };
}
