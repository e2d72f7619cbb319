using FsCheck;
using FsCheck.Fluent;
using Variants.Families;
using Variants.Families.CowReuse;
using Variants.Families.Swapoff;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Generation;
using Variants.Properties.Promises;

namespace Variants.Tests.Promises;

/// <summary>A kernel that is right gives nobody cause for complaint, and being watched costs it nothing to speak of.</summary>
public sealed class PromisesKeptTests
{
    private static readonly Machine s_machine = new(DirectKernel.Checks, machine => new DirectKernel(machine));
    private static readonly Harness.Histories.Runner s_runner = new(s_machine, PropertyList.Watch(s_machine, PropertyNames.All));

    public static TheoryData<string> Families => [SwapoffFamily.Family.Name, CowReuseFamily.Family.Name];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_kernel_too_simple_to_be_wrong_keeps_every_promise_under_every_schedule_tried(string name)
    {
        Family family = FamilyList.All.Single(family => family.Name == name);
        Strategy[] strategies = [new RandomWalk(), new Pct(3)];
        Prop.ForAll(HistoryGenerator.Arbitrary(family), history =>
        {
            for (ulong seed = 0; seed < 40; seed++)
            {
                Strategy strategy = strategies[seed % 2];
                strategy.Begin(seed + 1, 60);
                if (s_runner.Run(history, strategy) is { } failure)
                {
                    return false.Label(Scene.Text(failure));
                }
            }

            return true.ToProperty();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_500).WithReplay(1, 3));
    }

    [Fact]
    public void Watching_allocates_nothing()
    {
        History history = HistoryText.Parse(
            """
            history swapoff
            setup
              A: mmap-file 2
              A: write 2
            actors
              A: clone { write 0; read 0; munmap 0 }
                 fork { read 0; write 1; exec }
                 mmap-anon 3
                 read 2
              B: peek A 2
                 reclaim 2
                 swapoff
              C: truncate 0
                 write 1
                 exit
            """).History;
        var strategy = new RandomWalk();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int seed = 1; seed <= 500; seed++)
            {
                strategy.Begin((ulong)seed, 60);
                Assert.True(s_runner.Run(history, strategy) is null);
            }
        }));
    }
}
