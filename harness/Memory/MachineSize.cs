namespace Variants.Harness.Memory;

/// <summary>How big the machine of a history is. Small, so that pages and slots recur.</summary>
/// <param name="Pages">Pages of memory.</param>
/// <param name="Low">Free pages at which an allocation reclaims first.</param>
/// <param name="Slots">Slots of a swap area.</param>
/// <param name="Readahead">Slots that a swap-in reads around the one it needs: 1 &lt;&lt; page_cluster.</param>
/// <param name="FilePages">Pages of the file that processes may map.</param>
public sealed record MachineSize(int Pages = 16, int Low = 0, int Slots = 4, int Readahead = 1, int FilePages = 2)
{
    /// <summary>What a history runs on that says nothing else.</summary>
    public static MachineSize Usual { get; } = new();

    /// <summary>The second page that anybody wants is reclaimed for, and the third is there only if one has been freed.</summary>
    public static MachineSize Tight { get; } = new(Pages: 2, Low: 1);

    /// <summary>The largest machine that fits: limits for what a history may ask.</summary>
    public static MachineSize Largest { get; } = new(Pages: 32, Low: 16, Slots: 16, Readahead: 4, FilePages: 2);
}
