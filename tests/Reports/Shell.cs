using Variants.Harness.Families;
using Variants.Reports.Commands;

namespace Variants.Tests.Reports;

/// <summary>The program, as a shell would call it.</summary>
internal static class Shell
{
    /// <summary>The program's file, for those who want it in a process of its own.</summary>
    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "variants.dll");

    /// <summary>Runs it in this process: its exit code, and what it wrote.</summary>
    internal static (int Code, string Output, string Error) Run(params string[] args) => Run(args, []);

    /// <summary>The same, with what somebody brings.</summary>
    internal static (int Code, string Output, string Error) Run(string[] args, params IContribution[] own)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = VariantsCommand.Run(args, output, error, own);
        return (code, output.ToString(), error.ToString());
    }
}
