using System.Collections.Immutable;
using Variants.Families;
using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Tests.Verification;

/// <summary>Which histories need not be explored again: with more executions, or on a machine of less memory.</summary>
public sealed class ExploredHistoriesTests
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
        Contender contender = Named(name);
        var explored = new ExploredHistories(MachineSize.Usual);
        VerifyState[] begun = [.. VerifyState.Begin(contender, s_scope)];

        Explore(contender, s_scope, begun[0], explored);
        Assert.Equal(0, explored.Spared);
        Assert.Equal(Explore(contender, s_scope, begun[1], explored: null), Explore(contender, s_scope, begun[1], explored));

        Assert.InRange(explored.Spared, least, long.MaxValue);
    }

    [Theory]
    [InlineData("swapoff/2.4.10")]
    [InlineData("swap-cache/get-swap-page-naive")]
    [InlineData("cow-reuse/2.6.0")]
    [InlineData("reclaim/drop-and-go-on")]
    public void With_more_executions_it_comes_to_the_same_as_if_nobody_had_looked_before(string name)
    {
        Contender contender = Named(name);
        VerifyState begun = VerifyState.Begin(contender, s_scope)[0];
        Scope little = s_scope with { ExecutionsOfHistory = 20 };
        Scope further = s_scope with { ExecutionsOfHistory = 1_000 };
        var explored = new ExploredHistories(MachineSize.Usual);

        string[] first = Explore(contender, little, begun, explored);
        string[] alone = Explore(contender, further, begun, explored: null);

        Assert.Equal(first, Explore(contender, little, begun, explored));
        Assert.NotEqual(first, alone);
        Assert.Equal(alone, Explore(contender, further, begun, explored));

        // And the other way round: what takes more is not known to whoever may not take it.
        Assert.Equal(first, Explore(contender, little, begun, explored));
    }

    [Fact]
    public void A_survey_looks_at_every_machine_first_and_comes_to_what_a_verifier_comes_to()
    {
        Contender contender = Named("swapoff/2.4.10");
        Scope scope = new(2, 2, ExecutionsOfHistory: 1_000);
        var order = new List<(int Pages, long Histories)>();

        ImmutableArray<ProofReach> reached = new ProofSurvey(
            contender, scope, jobs: 1, TimeSpan.FromHours(1), state => order.Add((state.Machine.Pages, state.Histories)), CancellationToken.None)
        {
            ExecutionsAtFirst = 100,
        }.Run();

        // Each size on each machine; then what is not finished.
        Assert.Equal([(16, 34), (2, 34), (16, 2_119), (2, 2_119), (16, 2_119), (2, 2_119)], Ends(order));
        Assert.Equal([(2, 1), (2, 1)], reached.Select(one => (one.Operations, one.Proved)));
        Assert.Equal(
            VerifyState.Begin(contender, scope).Select(begun => Explore(contender, scope, begun, explored: null)[^1]),
            reached.Select(one => Text(one.State)));
    }

    [Fact]
    public void Of_another_machine_than_one_of_less_memory_nothing_is_known()
    {
        var explored = new ExploredHistories(MachineSize.Usual);
        explored.Note(MachineSize.Usual, 7, most: 20, new HistoryOutcome(3, IsComplete: true, Cut: 0, [], Steps: 30, Spare: 14));
        explored.Note(MachineSize.Usual, 8, most: 20, new HistoryOutcome(3, IsComplete: false, Cut: 1, [], Steps: 30, Spare: 14));

        Assert.Equal(3, explored.Of(new MachineSize(Pages: 4, Low: 1), 7, most: 4)?.Executions);

        // A page less, or a page earlier, and the third page would be reclaimed for.
        Assert.Null(explored.Of(new MachineSize(Pages: 3, Low: 1), 7, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 4, Low: 2), 7, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 4, Slots: 3), 7, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 17), 7, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 4), 7, most: 3));
        Assert.Null(explored.Of(new MachineSize(Pages: 15), 6, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 15), 8, most: 4));
        Assert.Null(explored.Of(new MachineSize(Pages: 15), 9, most: 4));
    }

    [Fact]
    public void What_a_limit_ended_is_known_for_that_limit_alone()
    {
        var explored = new ExploredHistories(MachineSize.Usual);
        explored.Note(MachineSize.Usual, 0, most: 20, new HistoryOutcome(20, IsComplete: false, Cut: 0, [], Steps: 30));
        explored.Note(MachineSize.Usual, 1, most: 20, new HistoryOutcome(19, IsComplete: false, Cut: 1, [], Steps: 30));

        Assert.Equal((20, 19), (explored.Of(MachineSize.Usual, 0, most: 20)?.Executions, explored.Of(MachineSize.Usual, 1, most: 20)?.Executions));
        Assert.Null(explored.Of(MachineSize.Usual, 0, most: 21));
        Assert.Equal(1, explored.Of(MachineSize.Usual, 1, most: 21)?.Cut);
        Assert.Null(explored.Of(MachineSize.Usual, 1, most: 19));
    }

    private Zone Boot(int pages, int low)
    {
        _machine.PowerOn(new MachineSize(pages, low));
        return _machine.Zone;
    }

    private static Contender Named(string name)
    {
        Family family = FamilyList.All.Single(family => name.StartsWith($"{family.Name}/", StringComparison.Ordinal));
        return new Contender(family, family.Variants.Single(variant => variant.Name == name));
    }

    /// <summary>What is known after each history.</summary>
    private static string[] Explore(Contender contender, Scope scope, VerifyState begun, ExploredHistories? explored)
    {
        var states = new List<string>();
        new Verifier(contender, scope, begun, state => states.Add(Text(state))) { Explored = explored }
            .Run(jobs: 1, budget: null, CancellationToken.None);
        return [.. states];
    }

    private static string Text(VerifyState state) =>
        $"{state with { Failures = [] }} {string.Join("; ", state.Failures)}";

    /// <summary>The last of each run of states of one machine, or of one size.</summary>
    private static IEnumerable<(int Pages, long Histories)> Ends(List<(int Pages, long Histories)> order) =>
        order.Where((state, at) => at == order.Count - 1 || order[at + 1].Pages != state.Pages || order[at + 1].Histories < state.Histories);
}
