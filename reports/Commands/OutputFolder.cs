namespace Variants.Reports.Commands;

/// <summary>
/// The folder of a report. It is written beside its place and moved there when it is complete, so that nobody ever finds
/// half of one; an older report there is replaced.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    /// <summary>Files by which a report is recognised: anything else is not ours to replace.</summary>
    private static readonly string[] s_marks = ["index.html", "results.json"];

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
        string? madeParent = FirstMissing(parent);
        string draft = Path.Combine(parent, $".{Path.GetFileName(place)}.{Environment.ProcessId}.draft");
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

        string old = $"{_draft}.old";
        if (Directory.Exists(_place))
            Directory.Move(_place, old);
        Directory.Move(_draft, _place);
        _isInPlace = true;
        if (Directory.Exists(old))
            Directory.Delete(old, recursive: true);
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

    /// <summary>The outermost folder on the way that does not exist yet, null if all do.</summary>
    private static string? FirstMissing(string folder)
    {
        string? missing = null;
        for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing = at;
        return missing;
    }
}
