using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>A kernel that can map and unmap more pages at once than the operations of histories do: what workloads need.</summary>
public interface IMapsRanges
{
    /// <summary>mmap(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED) of the pages from start to before end.</summary>
    KTask<int> MapRange(TaskStruct current, int start, int end);

    /// <summary>mmap(MAP_PRIVATE | MAP_FIXED) of the file over the pages from start to before end, from its page <paramref name="offset"/> on.</summary>
    KTask<int> MapFileRange(TaskStruct current, int start, int end, int offset);

    /// <summary>munmap() of the pages from start to before end.</summary>
    KTask<int> UnmapRange(TaskStruct current, int start, int end);
}
