using System.Collections.Immutable;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>
/// The programs by which searches that leave out equivalent schedules are measured, and a few by which locks and memory
/// are taught, on this engine's primitives. Each has one file.
/// </summary>
public static class ClassicPrograms
{
    /// <summary>Where two of the measures come from.</summary>
    internal const string Flanagan = "Flanagan and Godefroid, Dynamic partial-order reduction for model checking software, POPL'05";

    /// <summary>Where the others come from.</summary>
    internal const string Abdulla = "Abdulla, Aronis, Jonsson and Sagonas, Optimal dynamic partial order reduction, POPL'14";

    /// <summary>All of them, in the sizes for which numbers of traces are published or can be counted.</summary>
    public static ImmutableArray<ConcurrentProgram> All { get; } =
    [
        LockedCounter.Of(2, 5), LockedCounter.Of(3, 3), LockedCounter.Of(3, 4), LockedCounter.Of(3, 5),
        Readers.Of(8), Readers.Of(13),
        LastZero.Of(5), LastZero.Of(10), LastZero.Of(15),
        Indexer.Of(12), Indexer.Of(13), Indexer.Of(14), Indexer.Of(15),
        FileSystem.Of(14), FileSystem.Of(16), FileSystem.Of(18),
        FibBench.Of(3), FibBench.Of(4), FibBench.Of(5),
        LoadStore.Of(2, 2),
        LostUpdate.Program, Abba.Program, StoreBuffer.Program, Peterson.Program,
    ];
}
