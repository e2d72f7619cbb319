using System.Diagnostics;
using System.Globalization;

namespace Variants.Reports.Commands;

/// <summary>
/// The folder of a report. It is written beside its place and changes places with an older report when it is complete, so
/// that nobody ever finds half of one, whenever the program is killed. What a killed one left, the next one sweeps up.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    /// <summary>Files by which a report is recognised: anything else is not ours to replace.</summary>
    private static readonly string[] s_marks = ["index.html", "results.json"];

    private const string Draft = ".draft";
    private const string Old = ".old";

    private readonly string _place;
    private readonly string _draft;
    private readonly string? _madeParent;

    private OutputFolder(string place, string draft, string? madeParent)
    {
        _place = place;
        _draft = draft;
        _madeParent = madeParent;
    }

    private bool _isInPlace;

    /// <summary>Where it will be.</summary>
    public string Place => _place;

    /// <summary>Makes sure, before anything is run, that a report can be written to <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static OutputFolder Prepare(string path)
    {
        string place = OutOption.Check(path, "report", s_marks);
        string parent = Path.GetDirectoryName(place) ?? throw new BadInputException($"--out {path}: that is no folder of a report");
        SweepUp(place, parent);
        string? madeParent = FirstMissing(parent);
        string draft = Path.Combine(parent, $".{Path.GetFileName(place)}.{Environment.ProcessId}{Draft}");
        OutOption.Create(draft, path);
        return new OutputFolder(place, draft, madeParent);
    }

    /// <summary>Writes the files, by their paths within the folder, and moves the folder into its place.</summary>
    public void Write(IEnumerable<(string Path, byte[] Content)> files)
    {
        foreach ((string path, byte[] content) in files)
        {
            string file = Path.Combine(_draft, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        if (!Directory.Exists(_place))
        {
            Directory.Move(_draft, _place);
        }
        else if (!FolderExchange.Try(_draft, _place))
        {
            // Killed between the two, the older report is put back by whoever prepares the place next.
            string old = $"{_draft}{Old}";
            Directory.Move(_place, old);
            Directory.Move(_draft, _place);
            Directory.Move(old, _draft);
        }

        _isInPlace = true;
        if (Directory.Exists(_draft))
            Directory.Delete(_draft, recursive: true);
    }

    /// <summary>Leaves nothing behind if the report was never written.</summary>
    public void Dispose()
    {
        if (_isInPlace)
            return;
        if (Directory.Exists(_draft))
            Directory.Delete(_draft, recursive: true);
        if (_madeParent is not null && Directory.Exists(_madeParent))
            Directory.Delete(_madeParent, recursive: true);
    }

    /// <summary>Does away with what programs that were killed have left beside the place.</summary>
    private static void SweepUp(string place, string parent)
    {
        if (!Directory.Exists(parent))
            return;
        string name = Path.GetFileName(place);
        foreach (string left in Directory.EnumerateDirectories(parent, $".{name}.*{Draft}*").Order(StringComparer.Ordinal).ToArray())
        {
            string[] parts = Path.GetFileName(left)[(name.Length + 2)..].Split('.');
            if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process) || IsRunning(process))
                continue;
            try
            {
                if (left.EndsWith(Old, StringComparison.Ordinal) && !Directory.Exists(place))
                    Directory.Move(left, place);
                else
                    Directory.Delete(left, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It is in nobody's way.
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The outermost folder on the way that does not exist yet, null if all do.</summary>
    private static string? FirstMissing(string folder)
    {
        string? missing = null;
        for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing = at;
        return missing;
    }
}
