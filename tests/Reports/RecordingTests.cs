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
    public void What_a_recording_tells_of_locks_adds_up_to_those_that_each_CPU_holds_at_the_failure()
    {
        int failures = 0;
        int locks = 0;
        foreach (string name in new[] { "swapoff/2.3.8", "swapoff/kanoj-page-locked", "swapoff/2.6.7" })
        {
            Variant variant = s_swapoff.Variants.Single(variant => variant.Name == name);
            var machine = new Machine(Checks.All with { FairAfter = 400, StepBound = 1_200 }, variant.Build);
            var runner = new Runner(machine, PropertyList.Watch(machine, s_swapoff.Properties));
            for (int number = 0; number < 60; number++)
            {
                History history = HistoryGenerator.Generate(s_swapoff, 7, number);
                var walk = new RandomWalk();
                walk.Begin((ulong)number, 100);
                if (runner.Run(history, walk) is null)
                    continue;

                failures++;
                walk.Begin((ulong)number, 100);
                Recorder recording = runner.Record(history, walk).Recording;
                var bornLocked = recording.Steps.SelectMany(step => step.Events).OfType<LockBornLocked>().Select(born => born.Name).ToHashSet();
                foreach (RecordedCpu cpu in recording.CpusAtFailure)
                {
                    string[] held = [.. HeldBy(cpu.Actor, recording).Where(name => !bornLocked.Contains(name))];
                    Assert.Equal(cpu.Held.Select(hold => hold.Lock).Where(name => !bornLocked.Contains(name)), held);
                    locks += held.Length;
                }
            }
        }

        Assert.InRange(failures, 10, 180);
        Assert.InRange(locks, 10, 1_000);

        static List<string> HeldBy(string actor, Recorder recording)
        {
            List<string> held = [];
            // A warning does not end an execution: it may go on after its failure.
            foreach (RecordedEvent happened in recording.Steps.SelectMany(step => step.Events).TakeWhile(happened => happened is not FailureSeen))
            {
                if (happened is LockTaken taken && taken.Holder == actor)
                    held.Add(taken.Name);
                else if (happened is LockReleased released && released.Holder == actor)
                    Assert.True(held.Remove(released.Name), $"{actor} releases {released.Name}, which it does not hold");
            }

            return held;
        }
    }

    [Fact]
    public void A_diagram_tells_after_each_row_who_holds_which_locks_and_that_a_sleeper_has_dropped_the_BKL() => Assert.Equal(
        [
            "dup_mmap: swap_map[0] 2 -> 3, mm2.pte[0] none -> E0 | A: mm0.mmap_sem, mm2.mmap_sem, the BKL",
            "sleeps in alloc_vma, without the BKL | A: mm0.mmap_sem, mm2.mmap_sem",
            "unuse_everywhere: mm0.pte[0] E0 -> page0 ro dirty, swap_map[0] 3 -> 2 | A: mm0.mmap_sem, mm2.mmap_sem; B: the BKL, tasklist_lock for reading",
            "delete_from_swap_cache: page0.entry E0 -> none, swap_map[0] 2 -> 1 | A: mm0.mmap_sem, mm2.mmap_sem; B: the BKL, page0.PG_locked",
            "try_to_unuse: swap_map[0] 1 -> 0 | A: mm0.mmap_sem, mm2.mmap_sem; B: the BKL",
            "sys_swapoff: frees swap_map | A: mm0.mmap_sem, mm2.mmap_sem; B: the BKL",
            "In the end: A.1 would find E0 at page 0 at rest, and swap0 is off; it could hold 1 | ",
        ],
        LaneDrawing.Of(Record("swapoff/2.3.8", MissedByFork)).Rows.Select(row => $"{row.Text} | {string.Join("; ", row.Held.Select(one => $"{one.Key}: {one.Value}"))}"));

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
