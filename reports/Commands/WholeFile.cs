using System.Text.Encodings.Web;
using System.Text.Json;

namespace Variants.Reports.Commands;

/// <summary>Files that are written beside their place and moved there: whoever kills the program finds the last one whole.</summary>
internal static class WholeFile
{
    /// <summary>How results are kept.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a file, in place of an older one; <paramref name="name"/> may lead into a folder.</summary>
    internal static void Replace(string folder, string name, byte[] content)
    {
        string draft = Path.Combine(folder, $".{Path.GetFileName(name)}.draft");
        File.WriteAllBytes(draft, content);
        File.Move(draft, Path.Combine(folder, name), overwrite: true);
    }

    /// <summary>Does away with a folder that nothing was written to.</summary>
    internal static void DeleteIfEmpty(string folder)
    {
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }
}
