using System.Collections.Immutable;
using Variants.Families.Swapout;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Swapout;

/// <summary>
/// Where V9 must look at a dirty bit in 2.3.8's tree: in shrink_mmap() (S4-B16), and not in try_to_swap_out() where the page
/// is in the swap cache already, as no such page is ever mapped writable. Later trees map them so.
/// </summary>
public sealed class DirtyTestsTests
{
    [Fact]
    public void Without_the_test_in_try_to_swap_out_the_same_happens()
    {
        Variant deferred = SwapoutFamily.Family.Variants.Single(variant => variant.ShortName == "deferred");
        Contender[] contenders =
        [
            new(SwapoutFamily.Family, deferred),
            new(SwapoutFamily.Family, deferred with { Name = "swapout/untested", Build = machine => new Untested(machine) }),
        ];
        CampaignOptions options = new(Seed: 2, Histories: 300, Schedules: 10, Strategies: ["random", "pct3"], Jobs: 2);

        ImmutableArray<VariantResult> results = Campaign.Run(contenders, options).Variants;

        Assert.All(results, result => Assert.All(result.Verdicts, verdict => Assert.True(verdict.Holds)));
        Assert.Equal(results[0].Measures.AsEnumerable(), results[1].Measures);
    }

    private sealed class Untested(Machine machine) : Deferred(machine)
    {
        protected override void KeepDirtyBit(Pte pte, Page page)
        {
        }
    }
}
