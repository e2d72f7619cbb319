using Variants.Families.Faults;
using Variants.Harness.Families;
using Variants.Tests.Campaigns;

namespace Variants.Tests.Faults;

/// <summary>
/// Every bug of the family comes out of its smallest history, and out of no design that is right. The rarest, S3-B5 that
/// ends in a use after free, comes in 67 of 60,000 executions, so that 20,000 miss it less than once in a billion times; they
/// are the same 20,000 every time. S3-B22 has its schedule with it: of random ones one in 30,000 finds it.
/// </summary>
public sealed class KnownBugsTests
{
    private static readonly Family s_family = FaultsFamily.Family;

    public static TheoryData<string> Bugs => [.. s_family.FoundBugs().Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_its_smallest_history(string name)
    {
        KnownBug bug = s_family.Bug(name);
        Assert.True(s_family.Has(bug.Variant, bug), $"{name} is not found on {bug.Variant}");
    }

    [Theory]
    [InlineData("2.6.28")]
    [InlineData("2.6.37")]
    [InlineData("spf")]
    [InlineData("per-vma-6.4.3")]
    public void A_design_that_is_right_has_none_of_them(string variant) => Assert.DoesNotContain(
        s_family.FoundBugs(),
        bug => s_family.Has(variant, bug, tries: 1_000, anyPromise: true));

    [Fact]
    public void Beginning_anew_cures_the_bus_error_and_nothing_else() =>
        Assert.False(s_family.Has("rfc-retry", s_family.Bug("S3-B1")));
}
