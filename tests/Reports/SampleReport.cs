using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Tests.Reports;

/// <summary>A report made by hand, so that nothing in it depends on what any variant does.</summary>
internal static class SampleReport
{
    private static readonly History s_history = new(
        "toy",
        new MachineSize(),
        [new SetupStep(0, new Operation(Verbs.Write)), new SetupStep(0, new Operation(Verbs.Reclaim, 1))],
        [[new Operation(Verbs.Fork)], [new Operation(Verbs.SwapOff)]]);

    public static FailurePage Page { get; } = new(
        "toy-first-swap-accounting",
        "toy/first",
        "V0",
        "fork (A) beside swapoff (B): swapoff returned 0, but mm2 holds E0 at page 0.",
        PropertyNames.SwapAccounting,
        "Every count equals what it counts.",
        ["[ SIMULATED ]", "swap_free: Bad swap file entry", "swapoff returned 0, but mm2 holds E0 at page 0"],
        ["First, one after another: A: write 0, A: reclaim 1, so that swap_map[0] is 2.", "mm0 is A's and mm2 is A.1's."],
        new LaneTable(
            ["CPU0 fork(A)", "CPU1 swapoff(B)"],
            [
                new(0, ["dup_mmap:", "swap_map[0] 2 -> 3,", "mm2.pte[0] none -> E0"], IsMarked: true),
                new(0, ["sleeps", "in alloc_vma,", "without the BKL"]),
                new(1, ["unuse_everywhere:", "mm0.pte[0] E0 -> page0 ro dirty,", "swap_map[0] 3 -> 2"]),
                LaneRow.Across("[disk: page0.data garbage -> 1]"),
                new(1, ["try_to_unuse:", "swap_map[0] 1 -> 0"]),
                new(1, ["returns 0"], IsMarked: true),
            ]),
        new Elsewhere("toy/second", "nothing goes wrong; every promise is kept.", LaneTable.Empty),
        "variants replay counterexamples/toy-first-swap-accounting.history",
        "Shrunk from 14 operations and 9 preemptions to 4 and 1 in 1,234 executions.");

    public static Report Report(bool interrupted = false)
    {
        var family = new Family(
            "toy",
            "Does a <toy> report escape & wrap?",
            "Nobody, linux-mm, 1999",
            [],
            [PropertyNames.DataIntegrity, PropertyNames.SwapAccounting],
            [Variant("first", "V0", Expectation.Holds, Expectation.Fails), Variant("second", "V1", Expectation.Unknown, Expectation.Fails)]);
        var failure = new Failure(FailureKind.WrongResult, "swapoff success", "swapoff returned 0, but mm2 holds E0", 2, 30);
        var counterexample = new Counterexample(s_history, [0, 0, 0, 0, 1], failure, 1, new ShrinkStatistics(14, 9, 1234, HitLimit: false));
        VariantResult first = Result(
            family, 0, [Holds(PropertyNames.DataIntegrity, Expectation.Holds), Fails(PropertyNames.SwapAccounting, counterexample)]);
        VariantResult second = Result(
            family, 1, [Holds(PropertyNames.DataIntegrity, Expectation.Unknown), Holds(PropertyNames.SwapAccounting, Expectation.Fails)]);
        var found = new Case(
            Page.Id,
            new Contender(family, family.Variants[0]),
            s_history,
            [0, 0, 0, 0, 1],
            new Contender(family, family.Variants[1]),
            (counterexample.Shrinking, counterexample.Operations, counterexample.Preemptions));
        var options = new CampaignOptions(1, 10, 200, ["random", "pct3"], 2);
        return new Report(
            new CampaignResult(options, [first, second], interrupted),
            [new ReportedFailure(first, first.Verdicts[1], found, Page)]);
    }

    private static Variant Variant(string name, string label, params Expectation[] expected) => new(
        $"toy/{name}",
        label,
        $"the {name} toy",
        "nowhere",
        _ => throw new NotSupportedException("a toy runs nowhere"),
        ImmutableSortedDictionary<string, Expectation>.Empty
            .Add(PropertyNames.DataIntegrity, expected[0])
            .Add(PropertyNames.SwapAccounting, expected[1]));

    private static VariantResult Result(Family family, int variant, ImmutableArray<Verdict> verdicts) => new(
        family, family.Variants[variant], 10, 2_000, 123_456, verdicts, [new(1, 1), new(200, verdicts[1].Holds ? 1 : 0.9)], new Timing(1, 2_000, 123_456, 0));

    private static Verdict Holds(string property, Expectation expected) => new(property, expected, 2_000, 0, -1, (0, 0.0018), []);

    private static Verdict Fails(string property, Counterexample counterexample) =>
        new(property, Expectation.Fails, 2_000, 20, 57, (0.006, 0.015), [counterexample]);
}
