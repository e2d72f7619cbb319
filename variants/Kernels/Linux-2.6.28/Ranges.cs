using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>What workloads call.</content>
public partial class Linux2_6_28 : IMapsRanges
{
    KTask<int> IMapsRanges.MapRange(TaskStruct current, int start, int end) => SysMmap(current, start, end, null);

    KTask<int> IMapsRanges.MapFileRange(TaskStruct current, int start, int end, int offset) => SysMmap(current, start, end, M.File, offset);

    KTask<int> IMapsRanges.UnmapRange(TaskStruct current, int start, int end) => SysMunmap(current, start, end);
}
