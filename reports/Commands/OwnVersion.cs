using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Variants.Reports.Commands;

/// <summary><c>--version</c>: of Variants, in whosever program it runs.</summary>
internal sealed class OwnVersion : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write($"{Text}\n");
        return ExitCode.AsExpected;
    }

    /// <summary>The version, and the commit it was built from where that is known.</summary>
    internal static string Text { get; } = typeof(OwnVersion).Assembly
        .GetCustomAttributes(typeof(AssemblyInformationalVersionAttribute), inherit: false)
        .Cast<AssemblyInformationalVersionAttribute>().Single().InformationalVersion;
}
