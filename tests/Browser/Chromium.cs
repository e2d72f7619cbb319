namespace Variants.Tests.Browser;

/// <summary>The browser that is installed here, if any: nothing is downloaded.</summary>
internal static class Chromium
{
    /// <summary>Where it lies, if it is not on the path or another one is wanted.</summary>
    internal const string Variable = "VARIANTS_CHROMIUM";

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>The program; null if there is none.</summary>
    internal static string? Path { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } wanted)
            return wanted;

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return s_names.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
