using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// swapoff against fork, exit, exec, fault and reclaim: how does whoever removes a swap area find everybody who has
/// an entry of it?
/// </summary>
public static class SwapoffFamily
{
    private const string Name = "swapoff";

    private static readonly ImmutableArray<string> s_properties =
    [
        PropertyNames.DataIntegrity, PropertyNames.SwapAccounting, PropertyNames.NoDeadlock, PropertyNames.NoLivelock,
        PropertyNames.NoUseAfterFree, PropertyNames.NoSpuriousSignal, PropertyNames.LockContext,
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new(
        Name,
        "How does swapoff find everybody who holds an entry of the area, while they fork, exit, fault and are reclaimed?",
        "Kanoj Sarcar, \"[PATCH] kanoj-mm12-2.3.8 Fix swapoff races\", linux-mm, 27 June 1999",
        [
            new(Verbs.Write, 16), new(Verbs.Read, 12), new(Verbs.Fork, 10), new(Verbs.ForkSamePid, 1),
            new(Verbs.Clone, 4), new(Verbs.Exec, 3), new(Verbs.Exit, 5), new(Verbs.MapAnonymous, 2),
            new(Verbs.MapFile, 5), new(Verbs.Unmap, 2), new(Verbs.Truncate, 4), new(Verbs.Peek, 4),
            new(Verbs.Reclaim, 12), new(Verbs.SwapOff, 14), new(Verbs.SwapOn, 5), new(Verbs.FailAlloc, 3),
        ],
        s_properties,
        [
            Add("2.3.8", "V0", "walks every task's page tables under tasklist_lock, forces leftover counts to zero", "Linux 2.3.8, June 1999", m => new Linux2_3_8(m), "FFHHFFH"),
            Add("kanoj-as-posted", "V1", "mm list under a sleeping mutex, each mmap_sem taken; the loop never advances, swap_in's recheck is gone", "Kanoj Sarcar, linux-mm, 27 June 1999", m => new KanojAsPosted(m), "HHFFHHH"),
            Add("kanoj-advances", "V2", "V1 whose loop advances to the next mm", "V1 as evidently meant", m => new KanojAdvances(m), "FFFH??H"),
            Add("kanoj-rechecks", "V3", "V2 that keeps the pte recheck in swap_in", "repair ladder", m => new KanojRechecks(m), "??FH??H"),
            Add("kanoj-page-locked", "V4a", "V3 with the page locked during the walk and the fork error path repaired", "repair ladder", m => new KanojPageLocked(m), "???????"),
            Add("kanoj-uncached", "V4b", "V3 with the page out of the cache before the walk and the fork error path repaired", "repair ladder", m => new KanojUncached(m), "???????"),
            Add("kanoj-repaired", "V4c", "V4b with PG_dirty honoured by reclaim, and sweeps until the area is empty", "repair ladder", m => new KanojRepaired(m), "HHHHHHH"),
            Add("tweedie-pin", "V5", "pins one mm at a time by pid under tasklist_lock, takes its mmap_sem, sweeps until the area is empty", "Stephen Tweedie, linux-mm, 28 to 30 June 1999", m => new TweediePin(m), "HHHFHHH"),
        ]);

    /// <summary>Verdicts in the order of the properties: H holds, F fails, ? nobody knows.</summary>
    private static Variant Add(string shortName, string label, string summary, string citation, Func<Machine, IKernel> build, string verdicts)
    {
        ImmutableSortedDictionary<string, Expectation>.Builder expected = ImmutableSortedDictionary.CreateBuilder<string, Expectation>(StringComparer.Ordinal);
        for (int i = 0; i < verdicts.Length; i++)
        {
            expected[s_properties[i]] = verdicts[i] switch
            {
                'H' => Expectation.Holds,
                'F' => Expectation.Fails,
                _ => Expectation.Unknown,
            };
        }

        return new Variant($"{Name}/{shortName}", label, summary, citation, build, expected.ToImmutable());
    }
}
