using Variants.Harness.Histories;

namespace Variants.Tests.Histories;

/// <summary>Every message of the parser, whole: the place, what is wrong, what to do.</summary>
public sealed class HistoryErrorTests
{
    private const string Operations =
        "the operations are write, read, fork, fork-clone-pid, clone, exec, exit, mmap-anon, mmap-file, munmap, truncate, peek, " +
        "reclaim, swapoff, swapon, failalloc, mmap-anon2, munmap2, mprotect-ro, mprotect-rw, mlock, " +
        "pin-read, pin-write, unpin, device-read, device-write and migrate";

    [Fact]
    public void A_history_begins_with_its_family()
    {
        Fails("", "h:1:1: a history begins with its family, for example 'history swapoff', not with the end of the text");
        Fails("\n\nactors", "h:3:1: a history begins with its family, for example 'history swapoff', not with 'actors'");
        Fails("history", "h:1:8: 'history' takes the name of a family, for example 'history swapoff', not the end of the text");
        Fails("history # swapoff\n", "h:1:18: 'history' takes the name of a family, for example 'history swapoff', not the end of the line");
        Fails("history 2", "h:1:9: 'history' takes the name of a family, for example 'history swapoff', not '2'");
        Fails("history a*b", "h:1:9: 'history' takes the name of a family, for example 'history swapoff', not 'a*b'");
        Fails("history a b", "h:1:11: expected a new line after 'history a', not 'b'");
    }

    [Fact]
    public void Sections_come_once_and_in_order()
    {
        const string Sections = "history, machine, setup, actors and schedule";

        Fails("history a\nactor\nA: read 0", $"h:2:1: expected a section, not 'actor'; the sections are {Sections}");
        Fails("history a\n{", $"h:2:1: expected a section, not '{{'; the sections are {Sections}");
        Fails("history a\nsetup\n\nsetup", "h:4:1: the section 'setup' is here a second time; a history has one of each");
        Fails("history a\nsetup\nhistory a", "h:3:1: the section 'history' is here a second time; a history has one of each");
        Fails("history a\nsetup\nmachine pages 8", $"h:3:1: the section 'machine' comes too late, after 'setup'; the order is {Sections}");
        Fails("history a\nsetup A: read 0", "h:2:7: expected a new line after 'setup', not 'A'");
        Fails("history a\nactors A: read 0", "h:2:8: expected a new line after 'actors', not 'A'");
    }

    [Fact]
    public void Somebody_must_act()
    {
        const string Missing = "the section 'actors' is missing or names nobody; add 'actors' and below it, for example, 'A: read 0'";

        Fails("history a\nsetup\n  A: read 0\n", $"h:4:1: {Missing}");
        Fails("history a\nactors\nschedule 1", $"h:3:11: {Missing}");
    }

    [Fact]
    public void A_machine_has_sizes_within_limits()
    {
        const string Sizes = "its sizes are pages, low, slots, readahead and file, for example 'pages 16, low 0'";

        Fails("history a\nmachine", $"h:2:8: a machine has no the end of the text; {Sizes}");
        Fails("history a\nmachine page 8", $"h:2:9: a machine has no 'page'; {Sizes}");
        Fails("history a\nmachine pages", "h:2:14: 'pages' takes a number from 2 to 32, for example 'pages 16'; it is missing");
        Fails("history a\nmachine pages 1", "h:2:15: 'pages' takes a number from 2 to 32, not '1'");
        Fails("history a\nmachine pages 33", "h:2:15: 'pages' takes a number from 2 to 32, not '33'");
        Fails("history a\nmachine pages 99999999999999999999", "h:2:15: 'pages' takes a number from 2 to 32, not '99999999999999999999'");
        Fails("history a\nmachine pages -8", "h:2:15: 'pages' takes a number from 2 to 32, not '-8'");
        Fails("history a\nmachine low 17", "h:2:13: 'low' takes a number from 0 to 16, not '17'");
        Fails("history a\nmachine slots 0", "h:2:15: 'slots' takes a number from 1 to 16, not '0'");
        Fails("history a\nmachine readahead 5", "h:2:19: 'readahead' takes a number from 1 to 4, not '5'");
        Fails("history a\nmachine file 3", "h:2:14: 'file' takes a number from 1 to 2, not '3'");
        Fails("history a\nmachine low 4, pages 4", "h:2:13: 'low' must be less than 'pages': 4 is not less than 4");
        Fails("history a\nmachine low 16", "h:2:13: 'low' must be less than 'pages': 16 is not less than 16");
        Fails("history a\nmachine slots 2, slots 2", "h:2:18: 'slots' is given twice; remove one");
        Fails("history a\nmachine slots 2 low 1", "h:2:17: expected ',' or a new line after 'slots 2', not 'low'");
        Fails("history a\nmachine slots 2,\nactors", $"h:2:17: a machine has no the end of the line; {Sizes}");
    }

    [Fact]
    public void An_operation_is_one_of_those_there_are()
    {
        FailsInActors("A: swapout", $"h:3:4: unknown operation 'swapout'; {Operations}");
        FailsInActors("A: Read 0", $"h:3:4: unknown operation 'Read'; {Operations}");
        FailsInActors($"A: {new string('x', 50)}", $"h:3:4: unknown operation '{new string('x', 40)}...'; {Operations}");
        FailsInActors("A: { read 0 }", "h:3:4: expected an operation, not '{', for example 'read 0'");
        FailsInActors("A: read 0 write 0", "h:3:11: expected ';' or a new line after 'read 0', not 'write'");
        FailsInActors("A: swapoff 1", "h:3:12: expected ';' or a new line after 'swapoff', not '1'");
        FailsInActors("A: fork { exit } exit", "h:3:18: expected ';' or a new line after '}', not 'exit'");
    }

    [Fact]
    public void A_number_is_within_the_range_of_its_operation()
    {
        FailsInActors("A: write", "h:3:9: write takes a number (page) from 0 to 3, for example 'write 0'; it is missing");
        FailsInActors("A: write 4", "h:3:10: write takes a number (page) from 0 to 3, not '4'");
        FailsInActors("A: write x", "h:3:10: write takes a number (page) from 0 to 3, not 'x'");
        FailsInActors("A: reclaim 0", "h:3:12: reclaim takes a number (pages) from 1 to 4, not '0'");
        FailsInActors("A: failalloc 10", "h:3:14: failalloc takes a number (nth) from 1 to 9, not '10'");
        FailsInActors("A: truncate ; exit", "h:3:13: truncate takes a number (pages) from 0 to 1, not ';'");
    }

    [Fact]
    public void An_operation_on_an_actor_names_one()
    {
        const string Example = "peek takes an actor and a number, for example 'peek A 0'; the actor is missing";

        FailsInActors("A: peek", $"h:3:8: {Example}");
        FailsInActors("A: peek 0", $"h:3:9: {Example}");
        FailsInActors("A: peek A", "h:3:10: peek takes an actor and a number (page) from 0 to 3, for example 'peek A 0'; it is missing");
        FailsInActors("A: peek X 0", "h:3:9: 'X' is not an actor; a history has at most 4, named A, B, C and D");
        FailsInActors("A: peek B 0", "h:3:9: there is no actor B; the only actor is A; add 'B:' to 'actors', even if it does nothing there");
        FailsInActors("A:\nB:\n peek C 0", "h:5:7: there is no actor C; the actors are A and B; add 'C:' to 'actors', even if it does nothing there");
        Fails(
            "history a\nsetup\n B: read 0\nactors\n A:",
            "h:3:2: there is no actor B; the only actor is A; add 'B:' to 'actors', even if it does nothing there");
    }

    [Fact]
    public void Actors_come_once_and_in_order()
    {
        FailsInActors("read 0", "h:3:1: expected an actor before 'read', for example 'A: read 0'");
        FailsInActors("a: read 0", "h:3:1: 'a' is not an actor; a history has at most 4, named A, B, C and D");
        FailsInActors("A:\nB:\nC:\nD:\nE:", "h:7:1: 'E' is not an actor; a history has at most 4, named A, B, C and D");
        FailsInActors("setup: read 0", "h:3:1: 'setup' is not an actor; a history has at most 4, named A, B, C and D");
        FailsInActors("B: read 0", "h:3:1: expected 'A:', not 'B:'; actors come in the order of the alphabet");
        FailsInActors("A: read 0\nB: exit\nA: exit", "h:5:1: actor A is here a second time; put all it does below its first 'A:'");
        Fails("history a\nsetup\n write 0", "h:3:2: expected an actor before 'write', for example 'A: read 0'");
    }

    [Fact]
    public void Braces_match_and_belong_to_a_parent()
    {
        const string Unclosed = "this '{' is never closed; add '}' after the last operation of the child";

        FailsInActors("A: fork { read 0", $"h:3:9: {Unclosed}");
        FailsInActors("A: fork { read 0\nB: exit", $"h:3:9: {Unclosed}");
        FailsInActors("A: fork { read 0\nschedule 1", $"h:3:9: {Unclosed}");
        FailsInActors("A: fork {\n fork { exit }\n", $"h:3:9: {Unclosed}");
        FailsInActors("A: fork { B: exit }", "h:3:11: operations in braces are the child's; remove 'B:'");
        FailsInActors("A: read 0 }", "h:3:11: '}' closes nothing; remove it, or add '{' where the child begins");
        FailsInActors("A: read 0 { exit }", "h:3:11: 'read 0' makes no child; braces follow only fork, fork-clone-pid and clone");
        FailsInActors("A: fork\n{ exit }", "h:4:1: expected an operation, not '{', for example 'read 0'");
        FailsInActors(
            "A: " + string.Concat(Enumerable.Repeat("fork { ", 9)) + string.Concat(Enumerable.Repeat("} ", 9)),
            "h:3:65: children nest at most 8 deep; take one away");
    }

    [Fact]
    public void A_schedule_is_a_list_of_choices()
    {
        const string Choices = "choices are numbers from 0, and '0*12' is twelve zeros";

        FailsInActors("A:\nschedule -1", $"h:4:10: '-1' is not a choice; {Choices}");
        FailsInActors("A:\nschedule 1 0*0", $"h:4:12: '0*0' is not a choice; {Choices}");
        FailsInActors("A:\nschedule 1\n x*3", $"h:5:2: 'x*3' is not a choice; {Choices}");
        FailsInActors("A:\nschedule 1, 2", $"h:4:11: ',' is not a choice; {Choices}");
        FailsInActors("A:\nschedule 0*12*3", $"h:4:10: '0*12*3' is not a choice; {Choices}");
        FailsInActors("A:\nschedule 1*1000000 1", "h:4:20: a schedule has at most 1000000 choices; remove some");
        FailsInActors("A:\nschedule 0*99999999999", "h:4:10: a schedule has at most 1000000 choices; remove some");
        FailsInActors("A:\nschedule 1\nsetup", "h:5:1: the section 'setup' comes too late, after 'schedule'; the order is history, machine, setup, actors and schedule");
    }

    [Fact]
    public void Characters_that_mean_nothing_are_named()
    {
        Fails("history a\n  @", "h:2:3: unexpected character '@'; remove it, or put it in a comment, after '#'");
        Fails("history \u00e9", "h:1:9: unexpected character U+00E9; remove it, or put it in a comment, after '#'");
        Fails("history \0", "h:1:9: unexpected character U+0000; remove it, or put it in a comment, after '#'");
    }

    [Fact]
    public void An_error_says_its_place_in_parts_too()
    {
        HistorySyntaxException error = Assert.Throws<HistorySyntaxException>(() => HistoryText.Parse("history a\n  @", "swapout.history"));

        Assert.Equal(("swapout.history", 2, 3), (error.File, error.Line, error.Column));
        Assert.Equal($"swapout.history:2:3: {error.Problem}", error.Message);
    }

    private static void FailsInActors(string text, string message) => Fails($"history a\nactors\n{text}", message);

    private static void Fails(string text, string message) =>
        Assert.Equal(message, Assert.Throws<HistorySyntaxException>(() => HistoryText.Parse(text, "h")).Message);
}
