using Variants.Families.Faults;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests;

/// <summary>Page faults of real threads, and what is left of them.</summary>
public sealed class NativeFaultStormTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(5, true)]
    public void Every_variant_survives_it_and_its_books_balance(int threads, bool inThreads)
    {
        foreach (Variant variant in FaultsFamily.Family.Variants)
        {
            var storm = new NativeFaultStorm(variant.Build, threads, inThreads, pages: 32, rounds: 60);
            for (int time = 0; time < 3; time++)
            {
                storm.Prepare();
                Assert.True(storm.Go() is null, $"{variant.Name}: {storm.Machine.Smp.Failure}");
                Assert.True(PropertyList.Audit(storm.Machine) is null, $"{variant.Name}: {storm.Machine.Smp.Failure}");
            }
        }
    }
}
