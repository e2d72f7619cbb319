using System.Runtime.CompilerServices;

namespace Variants.Tests;

/// <summary>The files that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that the solution is in.</summary>
    internal static string Root { get; } = RootOf();

    private static string RootOf([CallerFilePath] string path = "") => Path.GetDirectoryName(Path.GetDirectoryName(path))!;
}
