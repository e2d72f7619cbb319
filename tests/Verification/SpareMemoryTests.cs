using Variants.Families;
using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Tests.Verification;

/// <summary>Which histories are the same on a machine of less memory, so that they need not be explored there.</summary>
public sealed class SpareMemoryTests
{
    private static readonly Scope s_scope = new(2, 2, ExecutionsOfHistory: 200);

    private readonly Machine _machine = new(Checks.All, machine => new Linux2_3_8(machine));

    [Fact]
    public void A_page_taken_needs_all_that_were_taken_before_it()
    {
        Zone zone = Boot(pages: 16, low: 0);

        Assert.Equal(int.MaxValue, zone.Spare);
        zone.Take();
        Assert.Equal(16, zone.Spare);
        zone.Take();
        zone.Take();
        Assert.Equal(14, zone.Spare);
    }

    [Fact]
    public void A_question_answered_with_no_would_be_so_until_low_is_reached_and_one_answered_with_yes_always()
    {
        Zone zone = Boot(pages: 16, low: 10);

        Assert.False(zone.IsLow);
        Assert.Equal(6, zone.Spare);
        Assert.False(zone.IsEmpty);
        Assert.Equal(6, zone.Spare);
        zone = Boot(pages: 16, low: 15);
        zone.Take();
        Assert.True(zone.IsLow);
        Assert.Equal(16, zone.Spare);
    }

    [Fact]
    public void Who_asks_for_a_number_may_do_anything_with_it_but_for_audits()
    {
        foreach (Func<Machine, int> number in new Func<Machine, int>[] { machine => machine.Zone.Free, machine => machine.Zone.Low, machine => machine.Size.Pages })
        {
            Zone zone = Boot(pages: 16, low: 0);
            Assert.InRange(number(_machine), 0, 16);
            Assert.Equal(0, zone.Spare);
        }

        Boot(pages: 16, low: 0);
        Assert.Equal((16, 16, int.MaxValue), (_machine.Zone.RawFree, _machine.RawSize.Pages, _machine.Zone.Spare));
    }

    [Theory]
    [InlineData("swapoff/2.3.8", 1_000)]
    [InlineData("swapoff/6.9", 1_000)]
    [InlineData("swap-cache/2.4.10", 500)]
    [InlineData("cow-reuse/5.19", 500)]
    [InlineData("swapout/deferred", 500)]
    public void What_is_spared_comes_to_what_it_would_have_come_to(string name, int least)
    {
        Family family = FamilyList.All.Single(family => name.StartsWith($"{family.Name}/", StringComparison.Ordinal));
        var contender = new Contender(family, family.Variants.Single(variant => variant.Name == name));
        var spare = new SpareMemory(new MachineSize());
        VerifyState[] begun = [.. VerifyState.Begin(contender, s_scope)];

        Explore(contender, begun[0], spare);
        Assert.Equal(0, spare.Spared);
        Assert.Equal(Explore(contender, begun[1], spare: null), Explore(contender, begun[1], spare));

        Assert.InRange(spare.Spared, least, long.MaxValue);
    }

    [Fact]
    public void Of_another_machine_than_one_of_less_memory_nothing_is_known()
    {
        var spare = new SpareMemory(new MachineSize());
        spare.Note(new MachineSize(), 7, new HistoryOutcome(3, IsComplete: true, Cut: 0, [], Steps: 30, Spare: 14));
        spare.Note(new MachineSize(), 8, new HistoryOutcome(3, IsComplete: false, Cut: 1, [], Steps: 30, Spare: 14));

        Assert.Equal(3, spare.On(new MachineSize(Pages: 4, Low: 1), 7, most: 3)?.Executions);

        // A page less, or a page earlier, and the third page would be reclaimed for.
        Assert.Null(spare.On(new MachineSize(Pages: 3, Low: 1), 7, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 4, Low: 2), 7, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 4, Slots: 3), 7, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 17), 7, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 4), 7, most: 2));
        Assert.Null(spare.On(new MachineSize(Pages: 15), 6, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 15), 8, most: 3));
        Assert.Null(spare.On(new MachineSize(Pages: 15), 9, most: 3));
    }

    private Zone Boot(int pages, int low)
    {
        _machine.PowerOn(new MachineSize(pages, low));
        return _machine.Zone;
    }

    /// <summary>Executions of each history.</summary>
    private static long[] Explore(Contender contender, VerifyState begun, SpareMemory? spare)
    {
        var executions = new List<long>();
        new Verifier(contender, s_scope, begun, state => executions.Add(state.Executions)) { Spare = spare }
            .Run(jobs: 1, budget: null, CancellationToken.None);
        return [.. executions];
    }
}
