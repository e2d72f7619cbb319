using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Generation;

namespace Variants.Tests.Generation;

public sealed class HistoryGeneratorTests
{
    private const int Many = 4_000;

    private static readonly ImmutableArray<History> s_histories =
        [.. Enumerable.Range(0, Many).Select(index => HistoryGenerator.Generate(SampleFamily.Whole, seed: 7, index))];

    /// <summary>If this text changes, so does every result that was ever recorded with a seed: say so in the changelog.</summary>
    [Fact]
    public void A_seed_and_a_number_make_one_history_for_ever()
    {
        Assert.Equal(
            """
            history sample
            machine pages 11, low 2, slots 2, readahead 2, file 2
            setup
              B: mmap-anon 3
              B: write 3
              A: write 0
              A: reclaim 2
            actors
              A: swapoff
                 swapon
              B: fork { peek B 1; fork }
                 read 3
              C: swapoff
                 reclaim 2

            """,
            HistoryGenerator.Generate(SampleFamily.Whole, seed: 1, index: 7).ToString());
    }

    [Fact]
    public void The_same_seed_and_number_give_equal_histories_on_every_thread()
    {
        History[] again = new History[Many];
        Parallel.For(0, Many, index => again[index] = HistoryGenerator.Generate(SampleFamily.Whole, 7, index));

        Assert.Equal(s_histories, again);
    }

    [Fact]
    public void Other_numbers_and_other_seeds_give_other_histories()
    {
        History[] others = [.. Enumerable.Range(0, Many).Select(index => HistoryGenerator.Generate(SampleFamily.Whole, seed: 8, index))];

        // The smallest histories come again by chance; hardly any other does.
        Assert.InRange(s_histories.Distinct().Count(), Many * 99 / 100, Many);
        Assert.InRange(s_histories.Concat(others).Distinct().Count(), 2 * Many * 99 / 100, 2 * Many);
    }

    [Fact]
    public void Histories_are_small_and_fit_the_machine()
    {
        foreach (History history in s_histories)
        {
            Assert.Equal("sample", history.Family);
            Assert.InRange(history.Machine.Pages, 4, 16);
            Assert.InRange(history.Machine.Low, 0, 2);
            Assert.InRange(history.Machine.Slots, 2, 4);
            Assert.InRange(history.Machine.Readahead, 1, 2);
            Assert.InRange(history.Setup.Length, 0, 4);
            Assert.InRange(history.Actors.Length, 1, History.MaxActors);
            Assert.All(history.Actors, actor => Assert.InRange(actor.Length, 0, 4));
            Assert.All(All(history), operation => Assert.InRange(operation.Child.Length, 0, 3));
            Assert.InRange(All(history).Count(operation => operation.Verb.HasChild), 0, 3);
            Assert.InRange(Depth(SideBySide(history)), 0, 2);

            // What the parser accepts is legal: numbers within ranges, actors that exist.
            Assert.Equal(history, HistoryText.Parse(history.ToString()).History);
        }
    }

    [Fact]
    public void Nobody_does_anything_after_exit()
    {
        foreach (History history in s_histories)
        {
            for (int actor = 0; actor < history.Actors.Length; actor++)
            {
                AssertExitIsLast([.. history.Setup.Where(step => step.Actor == actor).Select(step => step.Operation), .. history.Actors[actor]]);
            }
        }
    }

    [Fact]
    public void Every_verb_of_the_family_comes_side_by_side_and_in_setups_and_no_other()
    {
        foreach (Verb verb in SampleFamily.Whole.Verbs.Select(weighted => weighted.Verb))
        {
            Assert.InRange(Share(history => SideBySide(history).Any(Is(verb))), 0.03, 0.9);
            Assert.InRange(Share(history => Setup(history).Any(Is(verb))), 0.001, 0.95);
        }

        Family few = SampleFamily.Of(new(Verbs.Read, 1), new(Verbs.Clone, 1), new(Verbs.SwapOff, 0));
        Assert.All(
            Enumerable.Range(0, 500).SelectMany(index => All(HistoryGenerator.Generate(few, 1, index))),
            operation => Assert.True(operation.Verb == Verbs.Read || operation.Verb == Verbs.Clone));
    }

    [Fact]
    public void Most_setups_leave_something_swapped_out_and_some_do_not()
    {
        Assert.InRange(Share(history => Setup(history).SkipWhile(o => o.Verb != Verbs.Write).Any(Is(Verbs.Reclaim))), 0.65, 0.9);
        Assert.InRange(Share(history => history.Setup.IsEmpty), 0.02, 0.15);
    }

    [Fact]
    public void What_is_argued_about_happens_side_by_side()
    {
        Assert.InRange(Share(SwapOffBeside(_ => true)), 0.4, 0.7);
        Assert.InRange(Share(SwapOffBeside(Is(Verbs.Fork))), 0.1, 0.3);
        Assert.InRange(Share(SwapOffBeside(Is(Verbs.Exit))), 0.05, 0.3);
        Assert.InRange(Share(SwapOffBeside(Is(Verbs.Exec))), 0.03, 0.3);
        Assert.InRange(Share(SwapOffBeside(Is(Verbs.Write))), 0.2, 0.5);
        Assert.InRange(Share(history => history.Actors.Any(actor => Follows(actor, Verbs.SwapOff, Verbs.SwapOn))), 0.1, 0.4);
        Assert.InRange(Share(history => All(history).Any(Is(Verbs.MapFile)) && SideBySide(history).Any(Is(Verbs.Truncate))), 0.04, 0.3);
        Assert.InRange(Share(history => All(history).Any(Is(Verbs.Clone)) && SideBySide(history).Any(Is(Verbs.Peek))), 0.02, 0.3);
        Assert.InRange(Share(history => history.Actors.Any(actor => Follows(actor, Verbs.FailAlloc, Verbs.Fork))), 0.03, 0.3);
    }

    [Fact]
    public void A_family_can_ask_for_two_threads_at_one_page_and_another_in_the_way()
    {
        Family asking = SampleFamily.Whole with { DuelsOfThreads = true, Interference = [new(Verbs.Reclaim, 1)] };
        Assert.InRange(Share(asking), 0.15, 0.5);
        Assert.InRange(Share(SampleFamily.Whole), 0, 0.02);

        static double Share(Family family) => Enumerable.Range(0, 1_000)
            .Count(number => HistoryGenerator.Generate(family, seed: 3, number).Actors.Any(BeginsWithTwo)) / 1_000.0;

        static bool BeginsWithTwo(ImmutableArray<Operation> list) => list.Length >= 2
            && list[0].Verb == Verbs.Clone
            && list[0].Child is [{ Verb.Code: VerbCode.Read or VerbCode.Write } child]
            && list[1].Verb.Code is VerbCode.Read or VerbCode.Write
            && list[1].Number == child.Number;
    }

    [Fact]
    public void Threads_that_a_family_begins_with_crowd_at_times_at_one_page()
    {
        Family threads = SampleFamily.Whole with { BeginsWithThreads = true, MostActors = 1 };
        History[] histories = [.. Enumerable.Range(0, 1_000).Select(number => HistoryGenerator.Generate(threads, seed: 3, number))];
        Assert.InRange(histories.Count(history => IsCrowd(history, _ => true)), 100, 350);

        // As S3-B22 needs it: one thread forks while another stores.
        Assert.InRange(histories.Count(history => IsCrowd(history, page => history.Actors[0].Any(thread => thread.Child.Any(Is(Verbs.Fork))
            && history.Actors[0].Any(other => other != thread && other.Child.Contains(new Operation(Verbs.Write, page)))))), 5, 100);

        static bool IsCrowd(History history, Func<int, bool> holds) => history.Actors[0] is [var first, var second, var own, ..]
            && first.Verb == Verbs.Clone && second.Verb == Verbs.Clone && IsAbout(own, own.Number)
            && !first.Child.IsEmpty && !second.Child.IsEmpty
            && first.Child.Concat(second.Child).All(operation => IsAbout(operation, own.Number))
            && history.Setup.Any(step => step.Operation == new Operation(Verbs.Write, own.Number))
            && holds(own.Number);

        static bool IsAbout(Operation operation, int page) =>
            operation.Verb == Verbs.Fork || (operation.Verb.Argument == "page" && operation.Number == page);
    }

    [Fact]
    public void Programs_mostly_use_what_they_have_mapped()
    {
        int accesses = 0;
        int unmapped = 0;
        foreach (History history in s_histories)
        {
            for (int actor = 0; actor < history.Actors.Length; actor++)
            {
                Count(history.Setup.Where(step => step.Actor == actor).Select(step => step.Operation).Concat(history.Actors[actor]), 0b11);
            }
        }

        Assert.InRange((double)unmapped / accesses, 0.002, 0.03);

        void Count(IEnumerable<Operation> operations, int mapped)
        {
            foreach (Operation operation in operations)
            {
                int bit = 1 << operation.Number;
                if (operation.Verb == Verbs.Read || operation.Verb == Verbs.Write)
                {
                    accesses++;
                    unmapped += (mapped & bit) == 0 ? 1 : 0;
                }

                mapped = operation.Verb.Code switch
                {
                    VerbCode.MapAnonymous or VerbCode.MapFile => mapped | bit,
                    VerbCode.Unmap => mapped & ~bit,
                    VerbCode.Exec => 0b11,
                    _ => mapped,
                };
                Count(operation.Child, mapped);
            }
        }
    }

    [Fact]
    public void Every_number_of_every_verb_comes()
    {
        foreach (Verb verb in SampleFamily.Whole.Verbs.Select(weighted => weighted.Verb).Where(verb => verb.TakesNumber))
        {
            Assert.Equal(
                Enumerable.Range(verb.Least, verb.Most - verb.Least + 1),
                s_histories.SelectMany(All).Where(Is(verb)).Select(operation => operation.Number).Distinct().Order());
        }
    }

    [Fact]
    public void A_family_that_only_makes_children_is_refused()
    {
        Family family = SampleFamily.Of(new(Verbs.Fork, 1), new(Verbs.Read, 0));

        ArgumentException error = Assert.Throws<ArgumentException>(() => HistoryGenerator.For(family));

        Assert.StartsWith("family sample has no operation that makes no child; give one of its verbs a weight", error.Message, StringComparison.Ordinal);
    }

    private static double Share(Func<History, bool> has) => (double)s_histories.Count(has) / Many;

    private static Func<Operation, bool> Is(Verb verb) => operation => operation.Verb == verb;

    /// <summary>An actor removes the area while another, or another's child, does something of the kind.</summary>
    private static Func<History, bool> SwapOffBeside(Func<Operation, bool> other) => history =>
        history.Actors.Any(actor => actor.Any(Is(Verbs.SwapOff)) && history.Actors.Any(
            another => another != actor && another.SelectMany(WithChildren).Any(other)));

    private static bool Follows(ImmutableArray<Operation> operations, Verb first, Verb second) =>
        operations.Zip(operations.Skip(1)).Any(pair => pair.First.Verb == first && pair.Second.Verb == second);

    private static void AssertExitIsLast(ImmutableArray<Operation> operations)
    {
        for (int place = 0; place < operations.Length; place++)
        {
            Assert.True(operations[place].Verb != Verbs.Exit || place == operations.Length - 1);
            AssertExitIsLast(operations[place].Child);
        }
    }

    private static IEnumerable<Operation> All(History history) => Setup(history).Concat(SideBySide(history));

    private static IEnumerable<Operation> Setup(History history) => history.Setup.SelectMany(step => WithChildren(step.Operation));

    private static IEnumerable<Operation> SideBySide(History history) => history.Actors.SelectMany(actor => actor).SelectMany(WithChildren);

    private static IEnumerable<Operation> WithChildren(Operation operation) => operation.Child.SelectMany(WithChildren).Prepend(operation);

    private static int Depth(IEnumerable<Operation> operations) =>
        operations.Select(operation => operation.Verb.HasChild ? 1 + Depth(operation.Child) : 0).DefaultIfEmpty().Max();
}
