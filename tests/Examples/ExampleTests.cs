using Mine;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Examples;

/// <summary>The worked example of variants/README.md: it is this code, it compiles, and it does what is said there.</summary>
public sealed class ExampleTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "variants", "README.md"));

    [Fact]
    public void The_README_shows_the_example_that_is_compiled_here()
    {
        string example = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Examples", "SweepsUntilEmpty.cs"));
        string indented = string.Concat(example.Split('\n', StringSplitOptions.None).Select(line => line.Length == 0 ? "\n" : $"    {line}\n"));
        Assert.Contains(indented.TrimEnd(), s_readme, StringComparison.Ordinal);
    }

    [Fact]
    public void It_no_longer_loses_data_and_still_frees_the_area_under_a_fault()
    {
        Family family = Variants.Families.Swapoff.SwapoffFamily.Family;
        CampaignResult result = Campaign.Run(
            [new Contender(family, family.Variants[0]), new Contender(family, SweepsUntilEmpty.Variant)],
            new CampaignOptions(Seed: 1, Histories: 300, Schedules: 100, ["random", "pct3", "pos"], Jobs: 2, ShrinkExecutions: 1));
        Assert.Equal(
            ["data-integrity swap-accounting no-use-after-free no-spurious-signal", "no-use-after-free"],
            result.Variants.Select(variant => string.Join(' ', variant.Verdicts.Where(verdict => !verdict.Holds).Select(verdict => verdict.Property))));
    }
}
