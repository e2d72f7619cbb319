using Mine;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;

namespace Variants.Tests.Examples;

/// <summary>The worked examples of docs/: they are this code, they compile, and they do what is said there.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("your-variant", "SweepsUntilEmpty")]
    [InlineData("your-property", "EnomemHasACause")]
    [InlineData("your-workload", "ExecStorm")]
    public void The_document_shows_the_example_that_is_compiled_here(string document, string name)
    {
        string example = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Examples", $"{name}.cs"));
        string indented = string.Concat(example.Split('\n', StringSplitOptions.None).Select(line => line.Length == 0 ? "\n" : $"    {line}\n"));
        Assert.Contains(indented.TrimEnd(), File.ReadAllText(Path.Combine(Repository.Root, "docs", $"{document}.md")), StringComparison.Ordinal);
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

    [Fact]
    public void Every_design_of_the_swapoff_family_keeps_the_promise_of_the_example()
    {
        Repertoire everybody = Repertoire.Of([], EnomemHasACause.Property);
        CampaignResult result = Campaign.Run(
            everybody.Named(["swapoff"]), new CampaignOptions(Seed: 1, Histories: 40, Schedules: 10, ["random"], Jobs: 2, ShrinkExecutions: 1));
        Assert.All(result.Variants, variant => Assert.True(Assert.Single(variant.Verdicts, verdict => verdict.Property == "enomem-has-a-cause").Holds, variant.Variant.Name));
    }
}
