using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Tests.Memory;

/// <summary>Which object of a slab cache a CPU is given. On real threads: see <c>Native/NativeMemoryTests.cs</c>.</summary>
public sealed class SlabTests
{
    [Fact]
    public void Where_a_checker_watches_the_object_freed_longest_ago_is_given_out_first()
    {
        (Slab<Thing> slab, _) = On(new Smp(Checks.All));
        Thing[] all = [slab.Take(), slab.Take(), slab.Take(), slab.Take()];
        all[1].Free();
        all[2].Free();
        Assert.Equal([1, 2], Numbers(slab.Take(), slab.Take()));
    }

    [Fact]
    public void Where_time_is_measured_the_object_freed_last_is_given_out_first()
    {
        (Slab<Thing> slab, _) = On(new Smp(SimulatedClockTests.Costs, cpus: 1));
        Thing[] all = [slab.Take(), slab.Take(), slab.Take(), slab.Take()];
        Assert.Equal([0, 1, 2, 3], Numbers(all));
        all[1].Free();
        all[2].Free();
        Assert.Equal([2, 1], Numbers(slab.Take(), slab.Take()));
        Assert.Throws<InvalidOperationException>(slab.Take);
    }

    /// <summary>A callback runs on the CPU that asked for it, and finds its cache line there.</summary>
    [Fact]
    public void What_readers_kept_goes_back_to_the_cpu_that_freed_it_and_not_to_the_reader_that_left_last()
    {
        (Slab<Thing> slab, Smp smp) = On(new Smp(SimulatedClockTests.Costs, cpus: 2));
        var srcu = new Rcu(smp, "srcu", maySleep: true);
        var taken = new List<int>();
        smp.Spawn("reader", _ => Read());
        smp.Spawn("writer", _ => Write());
        smp.Run(null);
        Assert.Null(smp.Failure);

        // Of four the first two are nearest to the reader, as long as nobody has used them, and the others to the writer.
        Assert.Equal([2, 3, 2], taken);

        async KTask Read()
        {
            srcu.ReadLock();
            await smp.Point();
            smp.Simulated!.Charge(1000);
            await smp.Point();
            srcu.ReadUnlock();
        }

        async KTask Write()
        {
            Thing first = slab.Take();
            srcu.Free(first);
            await smp.Point();
            Thing second = slab.Take();
            smp.Simulated!.Charge(5000);
            await smp.Point();
            taken.AddRange(Numbers(first, second, slab.Take()));
        }
    }

    private static (Slab<Thing> Slab, Smp Smp) On(Smp smp)
    {
        var slab = new Slab<Thing>(smp, 4, index => new Thing(smp, index));
        smp.PowerOn();
        slab.PowerOn();
        return (slab, smp);
    }

    private static IEnumerable<int> Numbers(params Thing[] things) => things.Select(thing => thing.Index);

    private sealed class Thing(Smp smp, int index) : TrackedObject(smp, "thing", $"thing{index}")
    {
        internal int Index { get; } = index;
    }
}
