using System.Collections.Immutable;
using Variants.Families.CowReuse;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Tests.CowReuse;

/// <summary>
/// Every bug of the family comes out of its smallest history, and not out of the design that cures it. They are the same
/// schedules every time; a bug that has its schedule with it is replayed.
/// </summary>
public sealed class KnownBugsTests
{
    private const int Tries = 20_000;

    private static readonly string[] s_strategies = ["random", "pos", "pct3", "delay1", "delay3", "chaos"];

    public static TheoryData<string> Bugs => [.. CowReuseFamily.Family.Bugs.Where(bug => bug.History is not null).Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_its_smallest_history(string name)
    {
        KnownBug bug = Bug(name);
        Assert.True(IsFound(bug, bug.Variant), $"{name} is not found on {bug.Variant}");
    }

    [Theory]
    [InlineData("S1-B1", "rollup")]
    [InlineData("S1-B1", "2.6.29")]
    [InlineData("S1-B2", "rollup-one-section")]
    [InlineData("S1-B2", "2.6.26")]
    [InlineData("S1-B3", "2.6.26")]
    [InlineData("S1-B3", "2.6.29")]
    [InlineData("S1-B7", "5.8")]
    [InlineData("S1-B7", "2.6.0")]
    [InlineData("S1-B7", "5.9")]
    [InlineData("S1-B8", "2.6.7")]
    [InlineData("S1-B8", "2.6.26")]
    [InlineData("S1-B8 (5.9)", "5.8")]
    [InlineData("4969c1192d15", "2.6.36")]
    public void A_bug_is_not_where_it_is_cured(string name, string variant) => Assert.False(IsFound(Bug(name), variant));

    [Fact]
    public void The_last_design_has_none_of_them() => Assert.DoesNotContain(
        CowReuseFamily.Family.Bugs.Where(bug => bug.History is not null),
        bug => IsFound(bug, "5.19", anyPromise: true));

    [Theory]
    [InlineData("5.19")]
    [InlineData("2.6.29")]
    [InlineData("2.6.7")]
    public void An_execution_that_does_not_fail_allocates_nothing(string variant)
    {
        Family family = CowReuseFamily.Family;
        TestBed bed = new(new Contender(family, family.Variants.Single(one => one.ShortName == variant)));
        History history = HistoryText.Parse(
            """
            history cow-reuse
            actors
              A: write 0
                 pin-write 1
                 device-write
                 read 1
                 unpin
                 fork { read 0; write 0; exit }
                 write 0
              B: write 0
                 pin-read 0
                 migrate 1
                 reclaim 2
                 device-read
            """).History;
        var strategy = new RandomWalk();

        // The runtime compiles what is used often anew, some time later; until then code may allocate.
        long allocated = 1;
        for (int round = 0; round < 1_000 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int seed = 1; seed <= 200; seed++)
            {
                strategy.Begin((ulong)seed, 60);
                Assert.True(bed.Run(history, strategy) is null);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
#if DEBUG
        // In Debug builds the compiler makes every state machine a class.
        allocated = 0;
#endif
        Assert.Equal(0, allocated);
    }

    private static KnownBug Bug(string name) => CowReuseFamily.Family.Bugs.Single(bug => bug.Name == name);

    private static bool IsFound(KnownBug bug, string shortName, bool anyPromise = false)
    {
        Family family = CowReuseFamily.Family;
        Variant variant = family.Variants.Single(variant => variant.ShortName == shortName);
        TestBed bed = new(new Contender(family, variant));
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(bug.History!);
        Strategy[] strategies = schedule.IsEmpty ? [.. s_strategies.Select(KnownStrategies.Create)] : [new Replay(schedule)];
        for (int index = 0; index < (schedule.IsEmpty ? Tries : 1); index++)
        {
            Strategy strategy = strategies[index % strategies.Length];
            strategy.Begin((ulong)index + 1, 100);
            Failure? failure = bed.Run(history, strategy);
            if (failure is not null && (anyPromise || PropertyList.BrokenBy(failure).Name == bug.Property))
            {
                return true;
            }
        }

        return false;
    }
}
