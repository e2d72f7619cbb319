using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Generation;
using Variants.Properties.Promises;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Tests.Reports;

public sealed class RecordingTests
{
    private const string MissedByFork = """
        history swapoff
        setup
          A: write 0
          A: reclaim 1
        actors
          A: fork
          B: swapoff
        schedule 0*4 1
        """;

    private static readonly Family s_swapoff = FamilyList.All.Single(family => family.Name == "swapoff");

    [Fact]
    public void A_recording_tells_the_same_without_checkers()
    {
        Variant variant = s_swapoff.Variants.Single(variant => variant.Name == "swapoff/2.4.10");
        History history = HistoryGenerator.Generate(s_swapoff, 7, 1);
        string[][] told = [.. new[] { Checks.All, Checks.None }.Select(checks =>
        {
            var runner = new Runner(new Machine(checks, variant.Build));
            Assert.Null(runner.Run(history, null));
            (Failure? failure, Recorder recording) = runner.Record(history, null);
            Assert.Null(failure);
            return recording.Steps.SelectMany(step => step.Events).OfType<WordChanged>().Select(change => change.ToString()).ToArray();
        })];
        Assert.True(told[0].Length > 20, $"{told[0].Length} words changed");
        Assert.Equal(told[0], told[1]);
    }

    [Fact]
    public void Recording_changes_no_execution()
    {
        int failures = 0;
        foreach (string name in new[] { "swapoff/2.3.8", "swapoff/kanoj-as-posted", "swapoff/kanoj-page-locked" })
        {
            Variant variant = s_swapoff.Variants.Single(variant => variant.Name == name);
            var machine = new Machine(Checks.All with { FairAfter = 400, StepBound = 1_200 }, variant.Build);
            var runner = new Runner(machine, PropertyList.Watch(machine, s_swapoff.Properties));
            for (int number = 0; number < 60; number++)
            {
                History history = HistoryGenerator.Generate(s_swapoff, 7, number);
                var walk = new Recording(new RandomWalk());
                walk.Begin((ulong)number, 100);
                Failure? failure = runner.Run(history, walk);
                int steps = runner.Steps;
                var replay = new Replay([.. walk.Choices]);
                replay.Begin(0, 0);
                (Failure? recorded, Recorder recording) = runner.Record(history, replay);
                Assert.Equal((failure, steps, failure), (recorded, runner.Steps, recording.Failure));
                failures += failure is null ? 0 : 1;
            }
        }

        Assert.InRange(failures, 10, 170);
    }

    [Fact]
    public void The_diagram_of_the_seed_shows_fork_on_one_CPU_and_swapoff_on_the_other()
    {
        Scenery scenery = Record("swapoff/2.3.8", MissedByFork);
        LaneTable table = LaneDrawing.Of(scenery);
        Assert.Equal<string>(["CPU0 fork(A)", "CPU1 swapoff(B)"], table.Lanes);
        Assert.InRange(table.Rows.Length, 4, 10);
        Assert.Equal(
            ["dup_mmap: swap_map[0] 2 -> 3, mm2.pte[0] none -> E0", "try_to_unuse: swap_map[0] 1 -> 0"],
            table.Rows.Where(row => row.IsMarked).Select(row => row.Text));
    }

    [Fact]
    public void A_failure_in_the_setup_goes_by_the_name_of_whose_call_it_was()
    {
        Scenery scenery = Record(
            "swapoff/kanoj-as-posted",
            """
            history swapoff
            setup
              A: failalloc 3
              A: fork
            actors
              A:
            """);
        Assert.Equal<string>(
            [
                "[ SIMULATED ]", "INFO: task A:101 blocked for more than 120 seconds.",
                "  waits for mm1.mmap_sem, which it holds itself", "Call Trace:", " exit_mmap", " mm_put", " copy_mm", " do_fork",
            ],
            Splat.Of(scenery));
        Assert.Equal(
            [
                "A: failalloc 3", "A: fork", "mm_alloc: mm1.mmap_sem is born locked", "copy_mm: takes mm0.mmap_sem",
                "exit_mmap: waits for mm1.mmap_sem (held by A)",
            ],
            LaneDrawing.Of(scenery).Rows.Select(row => row.Text));
    }

    [Fact]
    public void A_data_race_names_both_functions_and_marks_both_accesses()
    {
        var program = new TestProgram();
        program.On("A", () => Store(program)).On("B", () => Store(program));
        Scenery scenery = Record(program);
        Assert.Equal<string>(
            [
                "[ SIMULATED ]", "BUG: KCSAN: data-race in store / store",
                "write to thing0.count by task 102 (B) in store", "write to thing0.count by task 101 (A) in store",
                "Call Trace:", " store",
            ],
            Splat.Of(scenery));
        Assert.Equal(
            ["store: thing0.count 0 -> 1", "store: writes thing0.count"],
            LaneDrawing.Of(scenery).Rows.Where(row => row.IsMarked).Select(row => row.Text));
    }

    [Fact]
    public void A_read_that_races_is_told_although_it_changes_nothing()
    {
        var program = new TestProgram();
        program.On("A", () => Load(program)).On("B", () => Store(program));
        Assert.Equal(
            ["load: reads thing0.count", "store: writes thing0.count"],
            LaneDrawing.Of(Record(program)).Rows.Where(row => row.IsMarked).Select(row => row.Text));
    }

    [Fact]
    public void A_use_after_free_says_who_freed()
    {
        var program = new TestProgram();
        program.On("A", () => Release(program)).On("B", () => Store(program));
        Assert.Equal<string>(
            [
                "[ SIMULATED ]", "BUG: KASAN: use-after-free in store", "Write of thing0.count by task B/102",
                "Call Trace:", " store", "Freed by task A/101 in release",
            ],
            Splat.Of(Record(program)));
    }

    [Fact]
    public void A_deadlock_of_two_tells_who_waits_for_whom_and_where_each_took_what()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        var first = new Semaphore(program.Smp, "first");
        var second = new Semaphore(program.Smp, "second");
        program.On("A", () => TakeBoth(first, second)).On("B", () => TakeBoth(second, first));
        string[] splat = [.. Splat.Of(Record(program, 0, 1, 0, 1)).Select(line => System.Text.RegularExpressions.Regex.Replace(line, @":\d+$", ""))];
        Assert.Equal<string>(
            [
                "[ SIMULATED ]",
                "INFO: task A:101 blocked for more than 120 seconds.", "  waits for second, held by B", "Call Trace:", " take_both",
                "1 lock held by A/101:", " #0: (first), at: take_both",
                "INFO: task B:102 blocked for more than 120 seconds.", "  waits for first, held by A", "Call Trace:", " take_both",
                "1 lock held by B/102:", " #0: (second), at: take_both",
            ],
            splat);
    }

    private static async KTask Store(TestProgram program)
    {
        await program.Smp.Point();
        program.Word.Value = 1;
        await program.Smp.Point();
    }

    private static async KTask Load(TestProgram program)
    {
        await program.Smp.Point();
        _ = program.Word.Value;
        await program.Smp.Point();
    }

    private static async KTask Release(TestProgram program)
    {
        await program.Smp.Point();
        program.Thing.Free();
    }

    private static async KTask TakeBoth(Semaphore one, Semaphore other)
    {
        await one.Down();
        await other.Down();
        await other.Up();
        await one.Up();
    }

    private static Scenery Record(string variant, string text)
    {
        (History history, var schedule) = HistoryText.Parse(text);
        return Execution.Record(new Contender(s_swapoff, s_swapoff.Variants.Single(one => one.Name == variant)), history, schedule);
    }

    private static Scenery Record(TestProgram program, params int[] choices)
    {
        var recorder = new Recorder(program.Smp);
        program.Smp.Recorder = recorder;
        Assert.NotNull(program.RunWith(choices));
        program.Smp.Recorder = null;
        return new Scenery(new History("toy", new MachineSize(), [], [[], []]), recorder);
    }
}
