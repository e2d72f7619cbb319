using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Generation;

namespace Variants.Tests.Generation;

public sealed class HistoryShrinkerTests
{
    private static readonly Arbitrary<History> s_any = Arb.From(HistoryGenerator.For(SampleFamily.Whole));

    [Fact]
    public void Every_candidate_is_smaller_by_the_measure_and_legal_and_none_comes_twice() => Fixed.Check(
        Prop.ForAll(s_any, history =>
        {
            HistoryMeasure measure = HistoryMeasure.Of(history);
            History[] candidates = [.. HistoryShrinker.Shrink(history)];
            foreach (History candidate in candidates)
            {
                HistoryMeasure smaller = HistoryMeasure.Of(candidate);
                Assert.True(smaller.CompareTo(measure) < 0, $"{candidate}{smaller}\nis not smaller than\n{history}{measure}");
                Assert.True(IsNatural(smaller), $"{smaller}");
                Assert.Equal(candidate, HistoryText.Parse(candidate.ToString()).History);
            }

            Assert.Equal(candidates.Length, candidates.Distinct().Count());
        }));

    [Fact]
    public void Whatever_is_kept_shrinking_ends_at_the_least_history() => Fixed.Check(
        Prop.ForAll(s_any, Arb.From(Gen.Choose(0, int.MaxValue)), (history, choice) =>
        {
            // Any way down will do: each step takes another candidate.
            for (int step = 0; ; step++)
            {
                Assert.InRange(step, 0, 2_000);
                History[] candidates = [.. HistoryShrinker.Shrink(history)];
                if (candidates.Length == 0)
                {
                    break;
                }

                history = candidates[(choice + (step * 7)) % candidates.Length & int.MaxValue];
            }

            Assert.Equal(new History("sample", new MachineSize(), [], [[]]), history);
        }),
        tests: 200);

    [Fact]
    public void Candidates_come_boldest_first()
    {
        (History history, _) = HistoryText.Parse(
            """
            history sample
            machine pages 8
            setup
              B: write 1
              B: reclaim 1
            actors
              A: fork-clone-pid { read 1; exit }
              B: swapoff
            """);

        string[] candidates = [.. HistoryShrinker.Shrink(history).Select(Brief)];

        Assert.Equal(
            [
                "pages 8 | A: write 1, A: reclaim 1 | A: swapoff",
                "pages 8 | A: fork-clone-pid { read 1; exit }",
                "pages 8 | A: write 1, A: reclaim 1 | A: fork-clone-pid { read 1; exit }; swapoff",
                "pages 8 | A: write 1, A: reclaim 1 | A: swapoff; fork-clone-pid { read 1; exit }",
                "pages 8 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 8 | B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 8 | B: write 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: read 1; exit | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork-clone-pid | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork-clone-pid { exit } | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 1 } | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B:",
                "pages 8 | B: write 1, B: reclaim 1, A: fork-clone-pid { read 1; exit } | A: | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1, B: swapoff | A: fork-clone-pid { read 1; exit } | B:",
                "pages 8 | B: write 0, B: reclaim 1 | A: fork-clone-pid { read 0; exit } | B: swapoff",
                "pages 8 | B: write 0, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork { read 1; exit } | B: swapoff",
                "pages 8 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 0; exit } | B: swapoff",
                "pages 8 | A: write 1, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 8 | B: write 1, A: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 16 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 12 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
                "pages 9 | B: write 1, B: reclaim 1 | A: fork-clone-pid { read 1; exit } | B: swapoff",
            ],
            candidates);
    }

    [Fact]
    public void An_actor_that_goes_takes_along_what_was_done_to_it_and_the_others_move_up()
    {
        (History history, _) = HistoryText.Parse(
            """
            history sample
            setup
              A: peek B 0
              B: write 0
              C: peek C 1
              C: fork { peek B 0; peek C 0 }
            actors
              A: peek B 0; peek C 0
              B: peek A 0
              C: clone { peek B 1; peek A 1 }
            """);

        History[] candidates = [.. HistoryShrinker.Shrink(history)];

        Assert.Equal(
            """
            history sample
            machine pages 16, low 0, slots 4, readahead 1, file 2
            setup
              B: peek B 1
              B: fork { peek B 0 }
            actors
              A: peek B 0
              B: clone { peek A 1 }

            """,
            candidates[1].ToString());
    }

    [Fact]
    public void A_plainer_verb_takes_the_place_of_another_only_in_a_family_that_has_it()
    {
        (History history, _) = HistoryText.Parse("history sample\nactors\n A: clone { mmap-file 0 }");
        Family whole = SampleFamily.Whole;
        Family forkless = SampleFamily.Of(new(Verbs.Clone, 1), new(Verbs.MapFile, 1), new(Verbs.MapAnonymous, 1));

        Assert.Equal(
            ["fork { mmap-file 0 }", "clone { mmap-anon 0 }"],
            WithAsMany(HistoryShrinker.Shrink(history, whole)));
        Assert.Equal(["clone { mmap-anon 0 }"], WithAsMany(HistoryShrinker.Shrink(history, forkless)));

        IEnumerable<string> WithAsMany(IEnumerable<History> candidates) =>
            candidates.Where(candidate => candidate.Setup.IsEmpty && candidate.Count == history.Count)
                .Select(candidate => candidate.Actors[0][0].ToString());
    }

    [Fact]
    public void FsCheck_shrinks_to_the_smallest_history_that_has_what_it_takes()
    {
        // Stands for a bug that needs a child that reads what somebody else swapped out.
        static bool Fails(History history) =>
            history.Setup.Any(step => step.Operation.Verb == Verbs.Reclaim)
            && history.Actors.Any(actor => actor.Any(operation => operation.Child.Any(child => child.Verb == Verbs.Read)))
            && history.Actors.Any(actor => actor.Any(operation => operation.Verb == Verbs.SwapOff));

        History[] failing = [.. Enumerable.Range(0, 2_000).Select(index => HistoryGenerator.Generate(SampleFamily.Whole, 3, index)).Where(Fails)];
        string[] smallest =
        [
            .. failing.Select(history =>
            {
                while (HistoryShrinker.Shrink(history).FirstOrDefault(Fails) is { } smaller)
                {
                    history = smaller;
                }

                return Brief(history);
            }).Distinct().Order(StringComparer.Ordinal),
        ];

        Assert.InRange(failing.Length, 20, 1_000);
        Assert.Equal(
            [
                // Which of the two comes first matters to the actor, so neither order is simpler.
                "pages 16 | A: reclaim 1 | A: fork { read 0 }; swapoff",
                "pages 16 | A: reclaim 1 | A: swapoff; fork { read 0 }",
            ],
            smallest);
    }

    [Fact]
    public void The_arbitrary_of_a_family_generates_and_shrinks()
    {
        Arbitrary<History> arbitrary = HistoryGenerator.Arbitrary(SampleFamily.Whole);
        History history = arbitrary.Generator.Sample(1, new Rnd(1), 1)[0];

        Assert.Equal(HistoryShrinker.Shrink(history, SampleFamily.Whole), arbitrary.Shrinker(history));
    }

    private static bool IsNatural(HistoryMeasure measure) =>
        measure is { Operations: >= 0, Actors: > 0, Parallel: >= 0, Verbs: >= 0, Disorder: >= 0, Numbers: >= 0, Machine: >= 0 };

    /// <summary>A history on one line, with the size of the machine that these tests vary.</summary>
    private static string Brief(History history)
    {
        IEnumerable<string> actors = history.Actors.Select((actor, place) => $"{History.NameOf(place)}: {string.Join("; ", actor)}".TrimEnd());
        IEnumerable<string> setup = history.Setup.Select(step => $"{History.NameOf(step.Actor)}: {step.Operation}");
        string[] parts = [$"pages {history.Machine.Pages}", string.Join(", ", setup), .. actors];
        return string.Join(" | ", parts.Where(part => part.Length > 0));
    }
}
