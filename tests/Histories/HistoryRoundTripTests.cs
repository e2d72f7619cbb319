using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Generation;
using Variants.Tests.Generation;

namespace Variants.Tests.Histories;

public sealed class HistoryRoundTripTests
{
    /// <summary>What careless fingers type, and what only a broken disk writes.</summary>
    private static readonly string[] s_snippets =
    [
        "", " ", "\n", "\r\n", ";", "{", "}", ":", ",", "#", "*", "-", "0", "1*3", "99999999999", "A:", "B", "E:", "fork {", "fork", "peek A 0",
        "write", "swapout", "history x", "machine", "pages 2", "low 9", "setup\n", "actors\n", "schedule 1", "\0", "\uFEFF", "\ud800", "\u00e9", "\t",
    ];

    private static readonly Gen<ImmutableArray<int>> s_schedules =
        from runs in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(0, 5)), (1, Gen.Constant(int.MaxValue)))
            .Zip(Gen.Elements(1, 1, 1, 2, 3, 40)).ListOf(30)
        from length in Gen.Choose(0, runs.Count)
        select ImmutableArray.CreateRange(runs.Take(length).SelectMany(run => Enumerable.Repeat(run.Item1, run.Item2)));

    private static readonly Arbitrary<ImmutableArray<int>> s_anySchedule = Arb.From(s_schedules);

    private static readonly Arbitrary<History> s_anyHistory = Arb.From(
        from history in HistoryGenerator.For(SampleFamily.Whole)
        from file in Gen.Choose(1, MachineSize.Largest.FilePages)
        select history with { Machine = history.Machine with { FilePages = file } });

    [Fact]
    public void Every_history_and_schedule_is_read_back_as_it_was_printed() => Fixed.Check(
        Prop.ForAll(s_anyHistory, s_anySchedule, (history, schedule) =>
        {
            string text = HistoryText.Print(history, schedule, ["a comment: { ; }", ""]);
            (History readHistory, ImmutableArray<int> readSchedule) = HistoryText.Parse(text);

            Assert.Equal(history, readHistory);
            Assert.Equal(WithoutZerosAtTheEnd(schedule), readSchedule.ToArray());
            Assert.Equal(text, HistoryText.Print(readHistory, readSchedule, ["a comment: { ; }", ""]));
        }),
        tests: 2_000);

    [Fact]
    public void Every_line_fits_a_mail() => Fixed.Check(
        Prop.ForAll(s_anyHistory, s_anySchedule, (history, schedule) =>
            HistoryText.Print(history, schedule).Split('\n').All(line => line.Length <= HistoryText.Columns && line == line.TrimEnd())),
        tests: 2_000);

    [Fact]
    public void Any_text_is_a_history_or_one_syntax_error() => Fixed.Check(
        Prop.ForAll(Arb.From(Damaged()), text =>
        {
            (History History, ImmutableArray<int> Schedule) read;
            try
            {
                read = HistoryText.Parse(text);
            }
            catch (HistorySyntaxException error)
            {
                AssertPlaceIsInside(text, error);
                return;
            }

            (History history, ImmutableArray<int> schedule) = HistoryText.Parse(HistoryText.Print(read.History, read.Schedule));
            Assert.Equal(read.History, history);
            Assert.Equal(read.Schedule.ToArray(), schedule.ToArray());
        }),
        tests: 10_000);

    [Fact]
    public void Both_outcomes_of_a_damage_are_common()
    {
        string[] texts = Damaged().Sample(1_000, new Rnd(1), 1);

        Assert.InRange(texts.Count(IsHistory), 100, 900);
    }

    /// <summary>The text of a history in which a few stretches were replaced by something else.</summary>
    private static Gen<string> Damaged()
    {
        Gen<string> text =
            from history in s_anyHistory.Generator
            from schedule in s_schedules
            select HistoryText.Print(history, schedule);
        return
            from whole in text
            from times in Gen.Choose(0, 4)
            from damaged in Damaged(whole, times)
            select damaged;
    }

    private static Gen<string> Damaged(string text, int times) =>
        times == 0
            ? Gen.Constant(text)
            : from start in Gen.Choose(0, text.Length)
              from length in Gen.Elements(0, 0, 1, 1, 2, 5, 20)
              let end = Math.Min(text.Length, start + length)
              from from_ in Gen.Choose(0, text.Length)
              from copied in Gen.Elements(0, 1, 8)
              from snippet in Gen.Elements(s_snippets)
              from copies in Gen.Elements(false, true)
              let instead = copies ? text[from_..Math.Min(text.Length, from_ + copied)] : snippet
              from damaged in Damaged(text[..start] + instead + text[end..], times - 1)
              select damaged;

    private static bool IsHistory(string text)
    {
        try
        {
            HistoryText.Parse(text);
            return true;
        }
        catch (HistorySyntaxException)
        {
            return false;
        }
    }

    /// <summary>At most one beyond the last character of a line that exists.</summary>
    private static void AssertPlaceIsInside(string text, HistorySyntaxException error)
    {
        string[] lines = text.Split('\n');
        Assert.InRange(error.Line, 1, lines.Length);
        Assert.InRange(error.Column, 1, lines[error.Line - 1].Length + 1);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static int[] WithoutZerosAtTheEnd(ImmutableArray<int> schedule) =>
        [.. schedule.Reverse().SkipWhile(choice => choice == 0).Reverse()];
}
