using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Tests.Histories;

public sealed class HistoryTextTests
{
    private static readonly Operation s_swapOff = new(Verbs.SwapOff);

    /// <summary>fork misses an entry: S0-B1 of the catalogue.</summary>
    private static readonly History s_forkMissesAnEntry = new(
        "swapoff",
        new MachineSize(),
        [new SetupStep(0, new Operation(Verbs.Write, 0)), new SetupStep(0, new Operation(Verbs.Reclaim, 1))],
        [
            [new Operation(Verbs.Fork, [new Operation(Verbs.Read, 0), new Operation(Verbs.Write, 1)]), new Operation(Verbs.Read, 0)],
            [s_swapOff, new Operation(Verbs.SwapOn), new Operation(Verbs.Peek, 1, 0)],
        ]);

    private const string ForkMissesAnEntry = """
        # fork misses an entry
        #
        # found by hand
        history swapoff
        machine pages 16, low 0, slots 4, readahead 1, file 2
        setup
          A: write 0
          A: reclaim 1
        actors
          A: fork { read 0; write 1 }
             read 0
          B: swapoff
             swapon
             peek A 1
        schedule 0*12 1 0*3 2

        """;

    [Fact]
    public void A_history_prints_as_people_write_it()
    {
        int[] schedule = [.. new int[12], 1, 0, 0, 0, 2, 0, 0];

        string text = HistoryText.Print(s_forkMissesAnEntry, [.. schedule], ["fork misses an entry", "\nfound by hand"]);

        Assert.Equal(ForkMissesAnEntry, text);
    }

    [Fact]
    public void What_was_printed_is_read_back_without_the_zeros_at_the_end()
    {
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(ForkMissesAnEntry);

        Assert.Equal(s_forkMissesAnEntry, history);
        Assert.Equal([.. new int[12], 1, 0, 0, 0, 2], schedule.ToArray());
    }

    [Fact]
    public void The_least_history_has_one_actor_that_does_nothing()
    {
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse("history swapoff\nactors\nA:");

        Assert.Equal(new History("swapoff", new MachineSize(), [], [[]]), history);
        Assert.Empty(schedule);
        Assert.Equal(
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1, file 2
            actors
              A:

            """,
            history.ToString());
    }

    [Fact]
    public void Layout_is_free_where_nothing_depends_on_it()
    {
        const string Text =
            "\uFEFF\r\n# comment ; { \u00e9\r\n history swapoff # the family\r\nmachine slots 2,\tpages 8\r\n\r\nsetup\r\n" +
            "A: write 0; reclaim 01\r\nmmap-file 2\r\nB: \r\n write 1;;\r\nactors\r\nA: fork { read 0 # child's\r\n write 1\r\n\r\n;};read 0\r\n" +
            "B: clone {}\r\n fork\r\nschedule 0*2\r\n1 # one\r\n\r\n2*3 0*100";

        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(Text);

        Assert.Equal(
            """
            history swapoff
            machine pages 8, low 0, slots 2, readahead 1, file 2
            setup
              A: write 0
              A: reclaim 1
              A: mmap-file 2
              B: write 1
            actors
              A: fork { read 0; write 1 }
                 read 0
              B: clone
                 fork
            schedule 0*2 1 2*3

            """,
            HistoryText.Print(history, schedule));
    }

    [Fact]
    public void A_child_that_does_not_fit_the_line_gets_a_line_for_each_operation()
    {
        Operation read = new(Verbs.Read, 0);
        Operation four = new(Verbs.Fork, [read, read, read, read]);
        History history = new(
            "swapoff",
            new MachineSize(),
            [new SetupStep(1, new Operation(Verbs.ForkSamePid, [four, four, read]))],
            [[], [new Operation(Verbs.Clone, [four, new Operation(Verbs.ForkSamePid, [four])])]]);

        Assert.Equal(
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1, file 2
            setup
              B: fork-clone-pid {
                   fork { read 0; read 0; read 0; read 0 }
                   fork { read 0; read 0; read 0; read 0 }
                   read 0
                 }
            actors
              A:
              B: clone {
                   fork { read 0; read 0; read 0; read 0 }
                   fork-clone-pid { fork { read 0; read 0; read 0; read 0 } }
                 }

            """,
            history.ToString());
        Assert.Equal(history, HistoryText.Parse(history.ToString()).History);
    }

    [Fact]
    public void A_line_is_broken_exactly_when_it_would_be_wider_than_a_mail()
    {
        static string TextOf(int reads)
        {
            Operation clone = new(Verbs.Clone, [.. Enumerable.Repeat(new Operation(Verbs.Read, 0), reads)]);
            Operation fork = new(Verbs.Fork, [new Operation(Verbs.SwapOff), clone]);
            return new History("swapoff", new MachineSize(), [], [[fork]]).ToString();
        }

        Assert.Equal(
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1, file 2
            actors
              A: fork { swapoff; clone { read 0; read 0; read 0; read 0; read 0 } }

            """,
            TextOf(5));
        Assert.Equal(
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1, file 2
            actors
              A: fork {
                   swapoff
                   clone { read 0; read 0; read 0; read 0; read 0; read 0 }
                 }

            """,
            TextOf(6));
    }

    [Fact]
    public void A_long_schedule_continues_below_its_first_choice()
    {
        ImmutableArray<int> schedule = [.. Enumerable.Range(0, 60).Select(i => i % 7)];
        string text = HistoryText.Print(new History("swapoff", new MachineSize(), [], [[s_swapOff]]), schedule);

        Assert.Equal(
            """
            history swapoff
            machine pages 16, low 0, slots 4, readahead 1, file 2
            actors
              A: swapoff
            schedule 0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3 4
                     5 6 0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3

            """,
            text);
        Assert.Equal(schedule.ToArray(), HistoryText.Parse(text).Schedule.ToArray());
    }

    [Fact]
    public void A_schedule_of_zeros_is_not_written()
    {
        History history = new("swapoff", new MachineSize(), [], [[s_swapOff]]);

        Assert.Equal(history.ToString(), HistoryText.Print(history, [0, 0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => HistoryText.Print(history, [-1]));
    }

    [Fact]
    public void Every_verb_is_read_as_it_is_printed()
    {
        foreach (Verb verb in Verbs.All)
        {
            Operation operation = new(verb, verb.TakesNumber ? verb.Most : 0, verb.TakesActor ? 1 : 0, verb.HasChild ? [s_swapOff] : []);
            (History history, _) = HistoryText.Parse($"history swapoff\nactors\nA: {operation}\nB:\n");

            Assert.Equal(operation, Assert.Single(history.Actors[0]));
        }
    }
}
