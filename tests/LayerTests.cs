using System.Reflection;

namespace Variants.Tests;

/// <summary>The layers of the solution stay acyclic: a reference upwards fails here before it becomes a habit.</summary>
public sealed class LayerTests
{
    [Fact]
    public void The_harness_references_nothing_of_ours()
    {
        Assert.Empty(OursReferencedBy("Variants.Harness"));
    }

    [Fact]
    public void Variants_know_only_the_harness()
    {
        Assert.Empty(OursReferencedBy("Variants.Families").Except(["Variants.Harness"]));
    }

    [Fact]
    public void Properties_know_only_the_harness_and_no_variant()
    {
        Assert.Empty(OursReferencedBy("Variants.Properties").Except(["Variants.Harness"]));
    }

    private static IEnumerable<string> OursReferencedBy(string assembly) =>
        Assembly.Load(assembly)
            .GetReferencedAssemblies()
            .Select(reference => reference.Name ?? "")
            .Where(name => name.StartsWith("Variants", StringComparison.OrdinalIgnoreCase));
}
