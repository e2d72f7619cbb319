using System.Collections.Immutable;
using Variants.Families.CowReuse;
using Variants.Families.Faults;
using Variants.Families.Reclaim;
using Variants.Families.SwapCache;
using Variants.Families.Swapoff;
using Variants.Families.Swapout;
using Variants.Harness.Families;

namespace Variants.Families;

/// <summary>Every family that comes with Variants: explicit, so that the list is code one can read.</summary>
public static class FamilyList
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<Family> All { get; } =
    [
        SwapoffFamily.Family,
        SwapCacheFamily.Family,
        CowReuseFamily.Family,
        FaultsFamily.Family,
        ReclaimFamily.Family,
        SwapoutFamily.Family,
    ];
}
