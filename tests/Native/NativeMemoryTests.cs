using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Tests.Native;

/// <summary>Where kernel objects come from on real threads, and where they lie.</summary>
[Collection(RealThreads.Name)]
public sealed class NativeMemoryTests
{
    [Fact]
    public void A_CPU_takes_what_it_freed_last_and_before_that_objects_that_nobody_has_used()
    {
        Smp smp = Smp.OnThreads(2);
        var slab = new Slab<Thing>(smp, 6, index => new Thing(smp, index));
        slab.PowerOn();
        var taken = new List<int>[2];
        RunAll(smp, cpu =>
        {
            List<int> mine = taken[cpu.Id] = [];
            for (int round = 0; round < 2; round++)
            {
                Thing first = slab.Take();
                Thing second = slab.Take();
                mine.AddRange([first.Index, second.Index]);
                first.Free();
                second.Free();
            }
        });
        Assert.Equal([0, 1, 1, 0], taken[0]);
        Assert.Equal([3, 4, 4, 3], taken[1]);
    }

    [Fact]
    public void A_CPU_that_has_freed_none_takes_whatever_is_free()
    {
        Smp smp = Smp.OnThreads(2);
        var slab = new Slab<Thing>(smp, 6, index => new Thing(smp, index));
        slab.PowerOn();
        smp.PowerOn();
        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, 6).Select(_ => slab.Take().Index));
        Assert.Throws<InvalidOperationException>(slab.Take);
    }

    /// <summary>Were taking one no single moment, some of 100,000 takes on two cores would meet; on one core that is luck.</summary>
    [Fact]
    public void Nobody_is_given_an_object_that_is_in_use()
    {
        const int Threads = 4;
        const int Rounds = 25_000;
        Smp smp = Smp.OnThreads(Threads);
        var slab = new Slab<Thing>(smp, Threads, index => new Thing(smp, index));
        slab.PowerOn();
        int twice = 0;
        RunAll(smp, _ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Thing thing = slab.Take();
                twice += Interlocked.Increment(ref thing.Users) == 1 ? 0 : 1;
                Interlocked.Decrement(ref thing.Users);
                thing.Free();
            }
        });
        Assert.Equal(0, twice);
    }

    [Fact]
    public void Words_of_different_objects_share_no_cache_line_where_CPUs_are_threads()
    {
        const int TwoCacheLines = 128;
        long sideBySide = Distances(new Smp(Checks.None, 2)).Min();
        Assert.InRange(sideBySide, 1, 2 * TwoCacheLines);
        Assert.All(Distances(Smp.OnThreads(2)), bytes => Assert.InRange(bytes, sideBySide + TwoCacheLines, long.MaxValue));
    }

    /// <summary>From a word that was made for one object to that of the next.</summary>
    private static IEnumerable<long> Distances(Smp smp)
    {
        Thing[] things = [.. Enumerable.Range(0, 8).Select(index => new Thing(smp, index))];
        Cell<int>[] words = [.. things.Select(thing => new Cell<int>(thing, "word", 0))];
        return Enumerable.Range(1, words.Length - 1)
            .Select(index => Math.Abs((long)Unsafe.ByteOffset(ref words[index - 1].Word, ref words[index].Word)));
    }

    private static void RunAll(Smp smp, Action<Cpu> body)
    {
        smp.PowerOn();
        for (int cpu = 0; cpu < smp.CpuLimit; cpu++)
        {
            smp.Spawn($"cpu{cpu}", one =>
            {
                body(one);
                return KTask.Completed;
            });
        }

        smp.Run(null);
        Assert.Null(smp.Failure);
    }

    private sealed class Thing(Smp smp, int index) : TrackedObject(smp, "thing", $"thing{index}")
    {
        internal int Users;

        internal int Index { get; } = index;
    }
}
