using Variants.Harness.Strategies;

namespace Variants.Tests;

public sealed class RoundRobinTests
{
    [Fact]
    public void Each_CPU_makes_a_step_in_turn_whatever_the_seed()
    {
        var track = new Track(3, 1, 2);
        var roundRobin = new RoundRobin();

        foreach (ulong seed in new ulong[] { 1, 2, 3 })
        {
            Assert.Equal("ABCACA", track.Run(roundRobin, seed));
        }
    }
}
