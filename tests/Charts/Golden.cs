using System.Runtime.CompilerServices;

namespace Variants.Tests.Charts;

/// <summary>Expected drawings, one file each beside these tests. After a wanted change, run the tests once with ACCEPT_CHARTS=1
/// and read the diff.</summary>
internal static class Golden
{
    public static void AssertEquals(string name, string actual, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("ACCEPT_CHARTS") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
