using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Variants.Tests.Reports;

/// <summary>C# text made into an assembly, as the SDK would, but for the directives at the top of a program of one file.</summary>
internal static class Compiled
{
    private const string GlobalUsings = "global using System; global using System.Collections.Generic; global using System.Linq;";

    /// <summary>A program of one file.</summary>
    internal static byte[] Program(string text) => Emit(
        "own", OutputKind.ConsoleApplication, string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("#:", StringComparison.Ordinal))), []);

    /// <summary>A plug-in of this name, which knows <paramref name="instead"/> in place of assemblies of the same names.</summary>
    internal static byte[] Library(string name, string text, params (string Name, byte[] Image)[] instead) =>
        Emit(name, OutputKind.DynamicallyLinkedLibrary, text, instead);

    private static byte[] Emit(string name, OutputKind kind, string text, (string Name, byte[] Image)[] instead)
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            name == "own" ? $"own{Guid.NewGuid():N}" : name,
            [CSharpSyntaxTree.ParseText(text), CSharpSyntaxTree.ParseText(GlobalUsings)],
            [
                .. platform.Where(file => instead.All(other => other.Name != Path.GetFileNameWithoutExtension(file))).Select(file => MetadataReference.CreateFromFile(file)),
                .. instead.Select(other => MetadataReference.CreateFromImage(other.Image)),
            ],
            new CSharpCompilationOptions(kind, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.ToString()));
        return image.ToArray();
    }
}
