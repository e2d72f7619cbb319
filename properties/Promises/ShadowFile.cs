using Variants.Harness.Histories;

namespace Variants.Properties.Promises;

/// <summary>
/// The file's first page, the only one that processes map: what it holds, and whether it was ever cut off.
/// </summary>
internal sealed class ShadowFile(int content)
{
    private int _cuts;

    /// <summary>What the file holds there. Nobody writes to a file, so this is so for ever.</summary>
    internal int Content => content;

    /// <summary>True once a truncation that cuts the page off has begun.</summary>
    internal bool WasEverCut { get; private set; }

    /// <summary>True while one is in progress.</summary>
    internal bool IsBeingCut => _cuts > 0;

    /// <summary>The files that can be written to, of which this one is none.</summary>
    internal SharedPages Shared { get; } = new();

    internal void Boot()
    {
        Shared.Boot();
        _cuts = 0;
        WasEverCut = false;
    }

    internal void BeginCut()
    {
        _cuts++;
        WasEverCut = true;
    }

    internal void EndCut() => _cuts--;

    /// <summary>
    /// True if a page that its process has not stored to may show the value: the file's, and once the file was cut
    /// the zeroes beyond its end. Which of these two is not argued about: kernels have long shown either.
    /// </summary>
    internal bool MayShow(int value) => value == content || (WasEverCut && value == Values.Zero);

    /// <summary>True if a private copy may show the value because a truncation in progress has taken it away.</summary>
    internal bool MayHaveCut(int value) => IsBeingCut && MayShow(value);
}
