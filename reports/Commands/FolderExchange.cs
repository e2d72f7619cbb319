using System.Runtime.InteropServices;

namespace Variants.Reports.Commands;

/// <summary>
/// Two folders that change places in one moment, so that whoever looks, or kills the program, finds one of them whole under
/// each name.
/// </summary>
internal static partial class FolderExchange
{
    /// <summary>AT_FDCWD and RENAME_EXCHANGE: fcntl.h and linux/fs.h.</summary>
    private const int HereInLinux = -100;
    private const uint Exchange = 2;

    /// <summary>RENAME_SWAP: sys/stdio.h of macOS.</summary>
    private const uint Swap = 2;

    /// <summary>False where the system or the file system cannot do it: then nothing has changed.</summary>
    public static bool Try(string one, string other)
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? RenameAt2(HereInLinux, one, HereInLinux, other, Exchange) == 0
                : OperatingSystem.IsMacOS() && RenameXNp(one, other, Swap) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameAt2(int from, string one, int to, string other, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameXNp(string one, string other, uint flags);
}
