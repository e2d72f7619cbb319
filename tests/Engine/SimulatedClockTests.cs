using Variants.Families.Faults;
using Variants.Harness.Engine;
using Variants.Harness.Workloads;

namespace Variants.Tests;

/// <summary>The simulated clock against what can be worked out by hand.</summary>
public sealed class SimulatedClockTests
{
    private static readonly CostModel s_costs = new()
    {
        Name = "test",
        Cpus = 1024,
        CpusPerSocket = 1024,
        LocalNs = 1,
        AtomicNs = 5,
        SameSocketNs = 100,
        OtherSocketNs = 100,
        MemoryNs = 50,
        StepNs = 10,
        ContextSwitchNs = 1000,
        WakeUpNs = 200,
        PauseNs = 20,
        QueuedSpinlocks = true,
    };

    [Fact]
    public void One_cpu_takes_the_sum_of_the_costs()
    {
        (Smp smp, _) = Locking(cpus: 1, locks: 1, rounds: 10, hold: 300, outside: 700);

        // Each round: lock and unlock (a step, an atomic access and the line, once from memory), the work, and a point.
        long expected = 10 * (2 * (10 + 5 + 1) + 300 + 700 + 10) + (50 - 1);
        Assert.Equal(expected, smp.Simulated!.TimeOf(0));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(1024)]
    public void One_lock_saturates_at_one_over_hold_and_transfer(int cpus)
    {
        const int hold = 500;
        (Smp smp, long rounds) = Locking(cpus, locks: 1, rounds: 40, hold, outside: 100);

        // In the critical section: the work, the unlock with its fetch of a line that newcomers took, and the transfer to the next.
        double perRound = (double)EndOf(smp) / rounds;
        Assert.InRange(perRound, hold + 100, hold + 250);
    }

    [Fact]
    public void Locks_of_each_cpus_own_scale_linearly()
    {
        (Smp one, _) = Locking(cpus: 1, locks: 1, rounds: 50, hold: 300, outside: 100);
        (Smp many, _) = Locking(cpus: 256, locks: 256, rounds: 50, hold: 300, outside: 100);

        Assert.Equal(EndOf(one), EndOf(many));
    }

    [Fact]
    public void No_time_is_lost()
    {
        (Smp smp, _) = Locking(cpus: 64, locks: 3, rounds: 30, hold: 300, outside: 100);

        for (int cpu = 0; cpu < 64; cpu++)
        {
            Assert.Equal(smp.Simulated!.TimeOf(cpu), smp.Simulated.ChargedTo(cpu) + smp.Simulated.WaitedBy(cpu));
        }
    }

    [Fact]
    public void The_same_workload_gives_the_same_result_for_every_variant_that_holds()
    {
        CostModel costs = CostModel.Named("epyc-2023")!;
        foreach (Harness.Families.Variant variant in FaultsFamily.Family.Variants)
        {
            WorkloadResult[] results = [.. Enumerable.Range(0, 2).Select(_ =>
                new FaultStorm(costs, variant.Build) { InThreads = true, Mappers = 2, Pages = 16, HorizonNs = 300_000 }.Run(8, seed: 7))];
            Assert.Equal(results[0], results[1]);
            if (variant.Label is "V0" or "V2" or "V3" or "V5+")
            {
                Assert.Null(results[0].Failure);
                Assert.True(results[0].Operations > 0);
            }
        }
    }

    [Fact]
    public void Every_machine_that_is_named_exists()
    {
        foreach (string name in CostModel.Names)
        {
            CostModel costs = CostModel.Named(name)!;
            Assert.True(costs.Cpus >= 4 && costs.StepNs > 0 && costs.PageNs > 0, name);
        }

        Assert.Null(CostModel.Named("pdp-11"));
    }

    private static long EndOf(Smp smp) => Enumerable.Range(0, smp.CpuLimit).Max(cpu => smp.Simulated!.TimeOf(cpu));

    private static (Smp Smp, long Rounds) Locking(int cpus, int locks, int rounds, int hold, int outside)
    {
        var smp = new Smp(s_costs, cpus);
        SpinLock[] all = [.. Enumerable.Range(0, locks).Select(number => new SpinLock(smp, $"lock{number}", "lock"))];
        smp.PowerOn();
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            smp.Spawn($"cpu{cpu}", one => Rounds(smp, all[one.Id % locks], rounds, hold, outside));
        }

        smp.Run(null);
        Assert.Null(smp.Failure);
        return (smp, (long)cpus * rounds);
    }

    private static async KTask Rounds(Smp smp, SpinLock spinLock, int rounds, int hold, int outside)
    {
        for (int round = 0; round < rounds; round++)
        {
            await spinLock.Lock();
            smp.Simulated!.Charge(hold);
            await spinLock.Unlock();
            smp.Simulated.Charge(outside);
            await smp.Point();
        }
    }
}
