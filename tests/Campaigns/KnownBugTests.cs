using Variants.Families;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;

namespace Variants.Tests.Campaigns;

/// <summary>Every bug that a design is known to have is there, in the smallest history, as variants/README.md says.</summary>
public sealed class KnownBugTests
{
    public static TheoryData<string> FamiliesWithBugs =>
        [.. FamilyList.All.Where(family => !family.Bugs.IsEmpty).Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(FamiliesWithBugs))]
    public void The_table_of_bugs_says_what_is_measured(string name)
    {
        Family family = FamilyList.All.Single(family => family.Name == name);
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "variants", "README.md"));
        var missing = new List<string>();
        IReadOnlyList<(Contender Contender, KnownBug Bug)> bugs = BugHunt.BugsOf([family]);
        string[] rows = new string[bugs.Count];
        Parallel.For(0, bugs.Count, at => rows[at] = BugsCommand.Row(bugs[at].Contender, bugs[at].Bug, BugHunt.Smallest(bugs[at].Contender, bugs[at].Bug)));
        foreach (string row in rows)
        {
            if (!readme.Contains($"\n{row} ", StringComparison.Ordinal))
            {
                missing.Add(row);
            }
        }

        Assert.Empty(missing);
        Assert.Contains(BugsCommand.Head.ReplaceLineEndings("\n"), readme, StringComparison.Ordinal);
    }
}
