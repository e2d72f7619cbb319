using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

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

    [Fact]
    public void A_deadlock_behind_a_loop_that_tries_for_ever_is_found_with_few_tries()
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        var contender = new Contender(family, family.Variants.Single(design => design.ShortName == "2.6.7"));
        History history = HistoryText.Parse(family.Bugs.First(known => known.Name == "S0-B12").History!).History;

        HistoryOutcome outcome = new HistoryProof(new TestBed(contender), preemptions: null).Explore(history, most: 3_000, CancellationToken.None);

        // With the usual number of tries 60,000 executions show the order of the locks, and never that anybody is stuck.
        Assert.Contains("no-deadlock", outcome.Failures.Select(failure => failure.Property));
        Assert.False(outcome.IsComplete);
    }

    [Fact]
    public void What_a_search_has_explored_before_makes_no_difference()
    {
        Family family = FamilyList.All.Single(family => family.Name == "swap-cache");
        var contender = new Contender(family, family.Variants.Single(design => design.ShortName == "2.4.11"));
        History before = HistoryText.Parse("history swap-cache\nactors\n  A: reclaim 2\n     fork { }\n  B: read 0\n").History;
        History history = HistoryText.Parse("history swap-cache\nactors\n  A: reclaim 2\n     mmap-anon 0\n  B: write 0\n").History;
        var bed = new TestBed(contender);
        var used = new OptimalDpor();
        Assert.Equal(72, Executions(bed, used, before, most: 1_000).Count);

        // CPUs gave way in that one. The next history has more executions than anybody explores: which ones are, must not depend on it.
        Assert.Equal(
            Executions(new TestBed(contender), new OptimalDpor(), history, most: 50),
            Executions(bed, used, history, most: 50));

        static List<string> Executions(TestBed bed, OptimalDpor dpor, History history, int most)
        {
            var cpus = new List<string>();
            while (cpus.Count < most && dpor.Begin(0, 0))
            {
                bed.Run(history, dpor);
                cpus.Add(string.Concat(dpor.Cpus));
            }

            return cpus;
        }
    }

    /// <summary>
    /// The disk wakes in one step who waits for it, and both look at the page: that is no race, as nobody goes on before what he
    /// waits for. Once, a third of such executions were given up as equivalent to others.
    /// </summary>
    [Theory]
    [InlineData("2.3.8", "write 0", "reclaim 2", 314)]
    [InlineData("2.6.8", "read 0", "reclaim 1", 1_230)]
    [InlineData("2.6.8", "read 0", "reclaim 2", 2_250)]
    public void Who_waits_is_not_tried_before_what_he_waits_for(string variant, string one, string other, int traces)
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        var bed = new TestBed(new Contender(family, family.Variants.Single(design => design.ShortName == variant)));
        History history = HistoryText.Parse($"history swapoff\nactors\n  A: {one}\n  B: {other}\n").History;
        var dpor = new OptimalDpor();
        while (dpor.Begin(0, 0))
        {
            _ = bed.Run(history, dpor);
        }

        Assert.Equal((traces, 0, 0), (dpor.Executions, dpor.Deadlocks, dpor.Redundant));
    }

    /// <summary>What a step of a kernel touches depends on what others wrote, and so does where a search can be divided.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Parts_find_every_trace_of_a_history_and_none_twice(int turn)
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        var contender = new Contender(family, family.Variants.Single(design => design.ShortName == "2.3.8"));
        History history = HistoryText.Parse("history swapoff\nactors\n  A: write 0\n  B: reclaim 2\n").History;
        TestBed[] beds = [.. Enumerable.Range(0, SharedSearch.MostParts).Select(_ => new TestBed(contender))];
        var alone = new SortedSet<ulong>();
        for (var dpor = new OptimalDpor(); dpor.Begin(0, 0);)
        {
            Run(0, dpor, alone);
        }

        var together = new SortedSet<ulong>();
        var search = new SharedSearch(turn);
        while (!search.IsDone)
        {
            foreach (int part in search.Working)
            {
                search.TakeTurn(part, dpor => Run(part, dpor, together));
            }

            search.Meet();
        }

        Assert.Equal((314, true), (alone.Count, alone.SetEquals(together)));
        Assert.Equal(0, search.Redundant);

        void Run(int part, OptimalDpor dpor, SortedSet<ulong> seen)
        {
            _ = beds[part].Run(history, dpor);
            Assert.True(dpor.LastWasRedundant || seen.Add(dpor.Signature), "a trace was explored twice");
        }
    }
}
