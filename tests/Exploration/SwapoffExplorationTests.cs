using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Exploration;

/// <summary>Small histories of the swapoff family, every interleaving of their actors.</summary>
public sealed class SwapoffExplorationTests
{
    [Theory]
    [InlineData("2.3.8", "S0-B1", "WrongData, passes")]
    [InlineData("kanoj-repaired", "S0-B1", "passes")]
    [InlineData("kanoj-repaired", "S0-B12", "passes")]
    public void All_ends_of_a_known_bugs_history_are_known(string variant, string bug, string ends)
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        Variant design = family.Variants.Single(design => design.Name.EndsWith(variant, StringComparison.Ordinal));
        KnownBug known = family.Bugs.First(known => known.Name == bug);
        History history = HistoryText.Parse(known.History!).History;
        var bed = new TestBed(new Contender(family, design));
        var dpor = new OptimalDpor();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        while (dpor.Begin(0, 0))
        {
            Failure? failure = bed.Run(history, dpor);
            if (!dpor.LastWasRedundant)
            {
                found.Add(failure?.Kind.ToString() ?? "passes");
            }
        }

        Assert.Equal(ends, string.Join(", ", found));
        Assert.Equal(0, dpor.Cut);
    }
}
