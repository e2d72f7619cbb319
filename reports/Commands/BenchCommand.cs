using BenchmarkDotNet.Running;

namespace Variants.Reports.Commands;

/// <summary><c>bench</c>: BenchmarkDotNet writes to the console itself.</summary>
internal static class BenchCommand
{
    public static int Run(string filter)
    {
        bool any = BenchmarkSwitcher.FromAssembly(typeof(BenchCommand).Assembly).Run(["--filter", filter]).Any(summary => summary.BenchmarksCases.Length > 0);
        return any ? ExitCode.AsExpected : throw new BadInputException($"no benchmark matches '{filter}'; try '*'");
    }
}
