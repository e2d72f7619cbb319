namespace Variants.Harness.Memory;

/// <summary>A kernel that keeps nr_swap_pages, so that an audit can compare it with the swap maps.</summary>
public interface ICountsSwapPages
{
    /// <summary>nr_swap_pages: slots that could be given out, without an access of the variant's.</summary>
    int NrSwapPages { get; }
}
