using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

public sealed class IngredientsTests
{
    [Fact]
    public void A_history_is_made_of_its_verbs_wherever_they_stand_and_of_reading_ahead()
    {
        Ingredients plain = Of("machine readahead 1\nsetup\n  A: write 0\nactors\n  A: fork { read 0 }\n  B: reclaim 1\n");
        Ingredients again = Of("machine readahead 1\nactors\n  A: write 1\n     fork { write 0; reclaim 2 }\n     read 3\n");
        Ingredients ahead = Of("machine readahead 2\nsetup\n  A: write 0\nactors\n  A: fork { read 0 }\n  B: reclaim 1\n");

        Assert.Equal(plain, again);
        Assert.Equal((4, 5), (plain.Count, ahead.Count));
        Assert.True(plain.AreAmong(ahead));
        Assert.False(ahead.AreAmong(plain));
    }

    [Fact]
    public void Of_what_fails_alike_the_histories_made_of_least_are_shrunk_and_none_that_adds_to_another()
    {
        VariantTally tally = Tally();
        ulong[] seen = [0b1111_0000, 0b0000_0111, 0b0001_0111, 0b0011_0000, 0b0000_1000, 0b1100_0001];
        for (int history = 0; history < seen.Length; history++)
        {
            tally.Add(Failing(history, seen[history], "one"));
        }

        Assert.Equal([(0, 4), (1, 3), (2, 1), (3, 5)], tally.Candidates(0).Select(candidate => (candidate.Round, candidate.Sighting.History)));
    }

    [Fact]
    public void Each_way_to_fail_has_a_first_candidate_before_any_has_a_second()
    {
        VariantTally tally = Tally();
        tally.Add(Failing(0, 0b0011, "one"));
        tally.Add(Failing(1, 0b1100, "one"));
        tally.Add(Failing(2, 0b1111, "another"));

        Assert.Equal([(0, 0), (0, 2), (1, 1)], tally.Candidates(0).Select(candidate => (candidate.Round, candidate.Sighting.History)));
    }

    private static VariantTally Tally() => new(
        FakeKernel.Contender(machine => new CorrectKernel(machine)),
        new CampaignOptions(1, 10, 10, ["random"], 1));

    private static HistoryTally Failing(int history, ulong ingredients, string subject)
    {
        HistoryTally tally = new(history, new Ingredients(ingredients), []) { Executions = 10, Steps = 100, IsComplete = true };
        tally.Note(new Failure(FailureKind.Bug, subject, "message", 0, 1), schedule: 3, expectedSteps: 10);
        return tally;
    }

    private static Ingredients Of(string text) => Ingredients.Of(HistoryText.Parse("history toy\n" + text).History);
}
