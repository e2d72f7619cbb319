using System.Runtime.InteropServices;

namespace Variants.Properties.Campaigns;

/// <summary>
/// A thread whose code the runtime has ended where it was (<see cref="System.Runtime.ControlledExecution"/>) goes on inside of
/// the handler of the signal that did it, so that the signal stays blocked (.NET 10.0 on Linux, every time). The collector stops
/// threads with the same one: in the next loop without a call this thread could not be stopped, and all others would wait for it
/// for ever, watchdogs included.
/// </summary>
internal static class ThreadSignals
{
    private const int SetMask = 2;

    /// <summary>This thread takes every signal again, as all threads of the runtime do.</summary>
    internal static void TakeAll()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Mask(SetMask, default, 0);
        }
    }

    [DllImport("libc", EntryPoint = "pthread_sigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Mask(int how, in SignalSet blocked, nint before);

    /// <summary>sigset_t: nothing is in it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private readonly struct SignalSet;
}
