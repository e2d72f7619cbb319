using System.Runtime.InteropServices;

namespace Variants.Harness.Engine;

/// <summary>
/// What the simulated clock knows of one CPU: as much as a line of the host's cache, as one event after the other is of another
/// CPU. Times are in nanoseconds.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct CpuAccount
{
    /// <summary>Its time: all that it was charged and has waited.</summary>
    internal long Now;

    /// <summary>What it has spent doing something.</summary>
    internal long Charged;

    /// <summary>What it has spent waiting.</summary>
    internal long Waited;

    /// <summary>Until when the cache line that it has fetched last stays with it.</summary>
    internal long KeptUntil;

    /// <summary>The name of that line.</summary>
    internal int Kept;

    /// <summary>How often half of its first cache has been filled with words that were not there.</summary>
    internal int Generation;

    /// <summary>How many words have come into it since.</summary>
    internal int Entered;

    /// <summary>The number of the last that did.</summary>
    internal int LastEntered;

    /// <summary>It waits for somebody to let it in.</summary>
    internal bool IsWaiting;

    /// <summary>Somebody has, and it has not gone on yet.</summary>
    internal bool IsLetIn;

    /// <summary>It is put to work by a CPU of that time.</summary>
    internal void BeginAs(CpuAccount parent)
    {
        Now = parent.Now;
        Charged = parent.Charged;
        Waited = parent.Waited;
    }
}
