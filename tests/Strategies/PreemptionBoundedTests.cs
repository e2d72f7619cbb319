using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>Every schedule of few preemptions, and each once: the counts are those of combinatorics.</summary>
public sealed class PreemptionBoundedTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 6)]
    [InlineData(2, 14)]
    [InlineData(3, 18)]
    [InlineData(4, 20)]
    [InlineData(100, 20)]
    public void Two_CPUs_of_three_steps_have_as_many_schedules_as_there_are_ways_to_cut_them(int preemptions, int schedules)
    {
        // A schedule is stretches of A and B in turn: with s of them and either first, s - 2 at least are preempted.
        var track = new Track([3, 3]);
        var search = new PreemptionBounded(track.Program.Smp.Explored, preemptions);
        search.Restart(beginsWithChoice: true);
        var seen = new List<string>();
        while (search.Begin(0, 0))
        {
            track.Program.Execute(search);
            seen.Add(track.Text);
        }

        Assert.Equal(schedules, seen.Count);
        Assert.Equal(schedules, seen.Distinct().Count());
    }

    [Fact]
    public void A_choice_that_it_made_can_be_replayed()
    {
        var track = new Track([2, 2]);
        var search = new PreemptionBounded(track.Program.Smp.Explored, 1);
        search.Restart(beginsWithChoice: true);
        while (search.Begin(0, 0))
        {
            track.Program.Execute(search);
            string text = track.Text;
            var replay = new Replay([.. search.Choices]);
            replay.Begin(0, 0);
            track.Program.Execute(replay);
            Assert.Equal(text, track.Text);
        }
    }
}
