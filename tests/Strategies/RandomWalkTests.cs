using System.Numerics;
using Variants.Harness.Strategies;

namespace Variants.Tests;

public sealed class RandomWalkTests
{
    [Fact]
    public void Each_CPU_is_as_likely_to_go_first()
    {
        var track = new Track(1, 1, 1);
        var counts = new SortedDictionary<char, int>();
        var random = new RandomWalk();
        for (int seed = 1; seed <= 30_000; seed++)
        {
            char first = track.Run(random, (ulong)seed)[0];
            counts[first] = counts.GetValueOrDefault(first) + 1;
        }

        // Expected 10,000 each with a standard deviation of 82.
        Assert.All(counts.Values, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void It_comes_upon_every_schedule_of_a_small_program()
    {
        // 6 schedules, the rarest with probability 1/8: the chance of missing one in 1,000 is below 6 * (7/8)^1000.
        var track = new Track(2, 2);
        var random = new RandomWalk();

        Assert.Equal(
            ["AABB", "ABAB", "ABBA", "BAAB", "BABA", "BBAA"],
            Enumerable.Range(1, 1_000).Select(seed => track.Run(random, (ulong)seed)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_set_bit_of_a_rank_is_the_same_with_and_without_BMI2()
    {
        for (uint set = 1; set < 1u << Harness.Engine.Smp.MaxCpus; set++)
        {
            for (int rank = 0; rank < BitOperations.PopCount(set); rank++)
            {
                int bit = RandomNumbers.SetBitPortably(set, rank);

                Assert.Equal(bit, RandomNumbers.SetBit(set, rank));
                Assert.Equal(rank, BitOperations.PopCount(set & ((1u << bit) - 1)));
                Assert.NotEqual(0u, set & (1u << bit));
            }
        }
    }

    [Fact]
    public void The_numbers_are_the_same_on_every_machine()
    {
        var random = new RandomNumbers(1);

        Assert.Equal([1262921053u, 3621908801u, 1595206758u], new[] { random.Next(), random.Next(), random.Next() });
    }
}
