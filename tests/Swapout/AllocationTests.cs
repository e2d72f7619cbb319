using Variants.Families.Swapout;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Generation;

namespace Variants.Tests.Swapout;

public sealed class AllocationTests
{
    private const int Histories = 40;
    private const int Schedules = 20;

    [Theory]
    [InlineData("early-write")]
    [InlineData("deferred")]
    [InlineData("hybrid")]
    [InlineData("deferred-clustered")]
    public void An_execution_allocates_nothing(string shortName)
    {
        Family family = SwapoutFamily.Family;
        TestBed bed = new(new Contender(family, family.Variants.Single(variant => variant.ShortName == shortName)));
        History[] histories = [.. Enumerable.Range(0, Histories).Select(number => HistoryGenerator.Generate(family, 9, number))];
        var strategy = new RandomWalk();

        Assert.Equal(0, Allocations.Of(() =>
        {
            foreach (History history in histories)
            {
                for (ulong seed = 1; seed <= Schedules; seed++)
                {
                    strategy.Begin(seed, 100);
                    Assert.Null(bed.Run(history, strategy));
                }
            }
        }));
    }
}
