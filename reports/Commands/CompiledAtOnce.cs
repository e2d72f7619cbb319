using System.Diagnostics;

namespace Variants.Reports.Commands;

/// <summary>
/// This program again, in a process that compiles each function once and fully. The runtime else compiles it anew, after what
/// it has seen it do until then: where a call may reach several designs, for the one that came first. That made the design that is
/// measured first a fifth faster than it is against the others.
/// </summary>
internal static class CompiledAtOnce
{
    private const string Setting = "DOTNET_TieredCompilation";
    private const string Off = "0";

    /// <summary>True of such a process.</summary>
    internal static bool IsThis => Environment.GetEnvironmentVariable(Setting) == Off;

    /// <summary>Does with the same arguments, on the same console, what this process was asked for. Its exit code.</summary>
    internal static int Run()
    {
        string[] command = Environment.GetCommandLineArgs();
        string host = Environment.ProcessPath!;
        bool isOwnHost = Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(command[0]);
        var again = new ProcessStartInfo(host, isOwnHost ? command[1..] : command) { Environment = { [Setting] = Off } };
        using Process process = Process.Start(again)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
