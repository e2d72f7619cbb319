using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Engine;

namespace Variants.Tests;

/// <summary>Who goes on under the simulated clock: whoever's time is least, as a sorted set says.</summary>
public sealed class EventQueueTests
{
    /// <summary>At the edges of what a level of the tournament has room for, and at the most CPUs that there are.</summary>
    public static TheoryData<int> Sizes => [1, 2, 4, 5, 16, 17, 64, 65, 1024];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_first_event_is_that_of_the_least_time_and_of_the_least_CPU_at_one_time(int cpus) => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<byte>>(),
        times =>
        {
            var queue = new EventQueue(cpus);
            var expected = new SortedSet<long>();
            long now = 0;
            for (int step = 0; step < times.Get.Length + cpus; step++)
            {
                // The earliest goes on, and comes back later or, once in a while, never; a CPU that has no event begins.
                if (step >= cpus && expected.Count > 0)
                {
                    Assert.Equal(expected.Min, queue.Pop());
                    now = expected.Min >> EventQueue.CpuBits;
                    expected.Remove(expected.Min);
                }

                int delay = times.Get[step % times.Get.Length];
                int cpu = step % cpus;
                if (delay % 5 != 4 && !expected.Any(key => EventQueue.CpuOf(key) == cpu))
                {
                    long key = EventQueue.KeyOf(now + (delay / 16), cpu);
                    Assert.Equal(expected.Count > 0 && expected.Min < key, queue.IsBefore(key));
                    queue.Push(key);
                    expected.Add(key);
                }

                Assert.Equal(expected.Count == 0, queue.IsEmpty);
                Assert.Equal(expected.Select(EventQueue.CpuOf).Order(), queue.Cpus.Order());
            }

            queue.Clear();
            Assert.True(queue.IsEmpty);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(cpus > 100 ? 3 : 100).WithReplay(1, 1));
}
