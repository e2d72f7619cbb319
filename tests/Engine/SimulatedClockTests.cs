using Variants.Families.Faults;
using Variants.Families.Kernels;
using Variants.Families.Swapoff;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;
using Variants.Harness.Workloads;

namespace Variants.Tests;

/// <summary>The simulated clock against what can be worked out by hand.</summary>
public sealed class SimulatedClockTests
{
    /// <summary>Round numbers, and one socket.</summary>
    internal static CostModel Costs { get; } = new()
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
        ScheduleNs = 20,
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

    [Fact]
    public void A_word_costs_a_fetch_from_whoever_has_it_and_from_then_on_the_cache()
    {
        var smp = new Smp(Costs, 2);
        var word = new Cell<int>(new Thing(smp), "word", 0);

        const int firstStep = 50 + 1 + 1 + 1;

        // Switched on again, no CPU has anything in its cache.
        for (int run = 0; run < 2; run++)
        {
            smp.PowerOn();
            smp.Spawn("one", One);
            smp.Spawn("other", Other);
            smp.Run(null);

            // The other is put to work once the one has come to its first await.
            Assert.Equal(firstStep + 10 + 20_000 + 10 + (100 + 1), smp.Simulated!.TimeOf(0));
            Assert.Equal(firstStep + 10 + 10_000 + 10 + (100 + 1) + (100 + 1) + 1, smp.Simulated.TimeOf(1));
        }

        async KTask One(Cpu cpu)
        {
            _ = word.Value + word.Value;
            word.Value++;
            await smp.Point();
            smp.Simulated!.Charge(20_000);
            await smp.Point();
            _ = word.Value + word.Value;
        }

        async KTask Other(Cpu cpu)
        {
            await smp.Point();
            smp.Simulated!.Charge(10_000);
            await smp.Point();
            _ = word.Value + word.Value;
            word.Value = 1;
            word.Value = 2;
            _ = word.Value;
        }
    }

    [Fact]
    public void An_atomic_word_is_one_line_and_adding_to_it_one_access_under_a_lock_or_without()
    {
        var smp = new Smp(Costs, 2);
        var word = new AtomicInt(new Thing(smp), "count");
        const int firstStep = 50 + 1 + (1 + 5);

        smp.PowerOn();
        smp.Spawn("one", One);
        smp.Spawn("other", Other);
        smp.Run(null);

        Assert.Equal(firstStep + 10, smp.Simulated!.TimeOf(0));
        Assert.Equal(firstStep + 10 + 1_000 + 10 + 100 + 1 + (100 + 5) + (1 + 5) + (1 + 5), smp.Simulated.TimeOf(1));
        Assert.Equal(8, word.Raw);

        async KTask One(Cpu cpu)
        {
            _ = word.Value + word.Value;
            word.AddUnderLock(1);
            await smp.Point();
        }

        async KTask Other(Cpu cpu)
        {
            await smp.Point();
            smp.Simulated!.Charge(1_000);
            await smp.Point();
            _ = word.Value + word.Value;
            word.AddUnderLock(1);
            word.Value = 7;
            word.AddNow(1);
        }
    }

    /// <summary>Up to 64 CPUs a set of them is one number, beyond that several.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1024)]
    public void Each_of_those_who_have_read_a_word_has_it_in_its_cache_until_somebody_writes_it(int cpus)
    {
        var smp = new Smp(Costs, cpus);
        var word = new AtomicInt(new Thing(smp), "word");
        var other = new AtomicInt(new Thing(smp), "other");
        long[] first = new long[cpus];
        long[] again = new long[cpus];
        long[] afterwards = new long[cpus];

        smp.PowerOn();
        for (int number = 0; number < cpus; number++)
        {
            smp.Spawn($"cpu{number}", Reads);
        }

        smp.Run(null);

        // The first has both from memory, the others from whoever has them; and the last of them writes one.
        Assert.Null(smp.Failure);
        Assert.Equal([50 + 50, .. Enumerable.Repeat(100L + 100, cpus - 1)], first);
        Assert.All(again, time => Assert.Equal(1 + 1, time));
        Assert.Equal([.. Enumerable.Repeat(100L + 1, cpus - 1), 1 + 1], afterwards);

        async KTask Reads(Cpu cpu)
        {
            first[cpu.Id] = await Read(at: 1_000 * cpu.Id);
            again[cpu.Id] = await Read(at: 2_000_000);
            if (cpu.Id == cpus - 1)
            {
                await Until(3_000_000);
                word.Value = 1;
            }

            afterwards[cpu.Id] = await Read(at: 4_000_000);
        }

        async KTask<long> Read(int at)
        {
            await Until(at);
            long began = smp.Simulated!.Now;
            _ = word.Value + other.Value;
            return smp.Simulated!.Now - began;
        }

        async KTask Until(int time)
        {
            smp.Simulated!.Charge((int)(time - smp.Simulated!.Now));
            await smp.Point();
        }
    }

    [Fact]
    public void A_word_leaves_the_first_cache_when_as_many_as_fit_have_come_since()
    {
        const int fit = 8;
        var smp = new Smp(Costs with { FirstCacheWords = fit, SecondCacheNs = 7 }, 1);
        var owner = new Thing(smp);
        Cell<int>[] words = [.. Enumerable.Range(0, fit + 1).Select(index => new Cell<int>(owner, $"word{index}", 0))];
        Cell<int>[] backwards = [.. words.Reverse()];

        Assert.Equal((fit / 2 * 50) + (fit / 2 * 1), TimeToRead(smp, backwards[..(fit / 2)], times: 2));
        Assert.Equal((words.Length * 50) + (words.Length * 7), TimeToRead(smp, backwards, times: 2));

        // But for the first, each is the one behind the last that came.
        Assert.Equal((words.Length * 50) + 7 + fit, TimeToRead(smp, words, times: 2));
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
    public void A_line_that_another_asks_for_stays_until_the_request_is_there()
    {
        const int Additions = 400;
        var smp = new Smp(Costs, 2);
        var count = new AtomicInt(new Thing(smp), "count");
        smp.PowerOn();
        smp.Spawn("one", Add);
        smp.Spawn("other", Add);
        smp.Run(null);

        // It takes 100 ns to either side, and stays for 50: for the addition that it was fetched for (15, once it is there), and three
        // more (16 each), as the last of them begins at 47. While every addition fetched it, each took 200.
        Assert.Equal(2 * Additions, count.Raw);
        Assert.InRange((double)EndOf(smp) / Additions, 49, 51);

        async KTask Add(Cpu cpu)
        {
            for (int addition = 0; addition < Additions; addition++)
                await count.Add(1);
        }
    }

    [Theory]
    [InlineData(0, 500, 1000)]
    [InlineData(1000, 500, 100)]
    [InlineData(1000, 5000, 1000)]
    public void Whoever_waits_spins_for_as_long_as_the_machine_says_and_then_sleeps(int spin, int hold, int handOver)
    {
        var smp = new Smp(Costs with { SpinNs = spin }, 2);
        var semaphore = new RwSemaphore(smp, "mmap_sem");
        long left = 0;
        long came = 0;
        smp.PowerOn();
        smp.Spawn("writer", Write);
        smp.Spawn("reader", Read);
        smp.Run(null);

        // A writer that leaves stores to the line, which the reader has taken, and wakes the reader if it sleeps.
        Assert.Equal(handOver, came - left);

        async KTask Write(Cpu cpu)
        {
            await semaphore.DownWrite();
            smp.Simulated!.Charge(hold);
            await semaphore.UpWrite();
            left = smp.Simulated.Now;
        }

        async KTask Read(Cpu cpu)
        {
            smp.Simulated!.Charge(200);
            await semaphore.DownRead();
            came = smp.Simulated.Now;
            await semaphore.UpRead();
        }
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
            var storm = new FaultStorm("storm", "a storm", InThreads: true, MapperShare: 4, Pages: 16);
            WorkloadResult[] results = [.. Enumerable.Range(0, 2).Select(_ => WorkloadRun.Measure(storm, costs, variant.Build, 8, seed: 7))];
            Assert.Equal(results[0] with { Waits = [] }, results[1] with { Waits = [] });
            Assert.Equal(results[0].Waits.AsEnumerable(), results[1].Waits.AsEnumerable());
            if (variant.Label is "V0" or "V2" or "V3" or "V5+")
            {
                Assert.Null(results[0].Failure);
                Assert.True(results[0].Operations > 0);
            }
        }
    }

    [Fact]
    public void Whoever_waits_for_a_semaphore_lets_others_have_the_big_kernel_lock_meanwhile()
    {
        var smp = new Smp(Costs, 2);
        var kernelLock = new BigKernelLock(smp);
        var semaphore = new Semaphore(smp, "mmap_sem");
        List<string> order = [];
        smp.PowerOn();
        smp.Spawn("owner", Owner);
        smp.Spawn("sleeper", Sleeper);
        smp.Run(null);

        Assert.Null(smp.Failure);
        Assert.Equal(["owner had the big kernel lock", "sleeper has the semaphore too", "sleeper has both locks"], order);
        Assert.All([0, 1], cpu => Assert.Equal(smp.Simulated!.TimeOf(cpu), smp.Simulated.ChargedTo(cpu) + smp.Simulated.WaitedBy(cpu)));

        async KTask Owner(Cpu cpu)
        {
            await semaphore.Down();
            smp.Simulated!.Charge(5000);
            await smp.Point();
            await kernelLock.Lock();
            order.Add("owner had the big kernel lock");
            await kernelLock.Unlock();
            await semaphore.Up();
        }

        async KTask Sleeper(Cpu cpu)
        {
            smp.Simulated!.Charge(1000);
            await kernelLock.Lock();
            await semaphore.Down();
            order.Add("sleeper has the semaphore too");
            if (cpu.KernelLockDepth == 1)
                order.Add("sleeper has both locks");
            await semaphore.Up();
            await kernelLock.Unlock();
        }
    }

    [Fact]
    public void A_disk_moves_its_head_only_where_a_request_does_not_go_on()
    {
        CostModel costs = Costs with
        {
            DiskLatencyNs = 10_000,
            DiskSeekNs = 9_000_000,
            DiskTrackNs = 2_000_000,
            DiskNearPages = 64,
            DiskHalfTurnNs = 4_000_000,
            DiskPageNs = 200_000,
        };

        const long request = 10_000 + 200_000;
        Assert.Equal(request + 4_000_000 + 2_000_000, TimeToWrite(costs, 0));
        Assert.Equal(request + 6_000_000 + 200_000 + 200_000, TimeToWrite(costs, 0, 1, 2));
        Assert.Equal((2 * request) + 6_000_000 + 6_000_000, TimeToWrite(costs, 0, 50));
        Assert.Equal((2 * request) + 6_000_000 + 13_000_000, TimeToWrite(costs, 0, 900));
        Assert.Equal(request + 13_000_000, TimeToWrite(costs with { DiskChannels = 2 }, 0, 900));
    }

    [Fact]
    public void A_disk_that_serves_in_turns_leaves_what_comes_during_one_to_the_next()
    {
        CostModel twoAtATime = Costs with { DiskLatencyNs = 1_000_000, DiskChannels = 2, DiskInTurns = true };

        Assert.Equal(1_000_000, TimeToWrite(twoAtATime, 0));
        Assert.Equal(2_000_000, TimeToWrite(twoAtATime, 0, 1));
        Assert.Equal(2_000_000, TimeToWrite(twoAtATime, 0, 1, 2));
        Assert.Equal(3_000_000, TimeToWrite(twoAtATime, 0, 1, 2, 3));
    }

    [Fact]
    public void A_pause_costs_a_pause_and_to_ask_who_else_wants_to_run_costs_that()
    {
        var smp = new Smp(Costs with { PauseNs = 20, ScheduleNs = 70 }, cpus: 1);
        smp.PowerOn();
        smp.Spawn("cpu0", _ => Wait());
        smp.Run(null);

        Assert.Equal(20 + 20 + 70, smp.Simulated!.TimeOf(0));

        async KTask Wait()
        {
            await smp.Relax();
            await smp.Schedule();
            await smp.Relax();
        }
    }

    [Fact]
    public void Kernels_of_every_time_swap_under_it()
    {
        CostModel costs = CostModel.Named("epyc-2023")!;
        var swapoff = new SwapoffOfArea("swapoff", "swapoff", Processes: 4, OnRamDisk: true);
        foreach (Harness.Families.Variant variant in SwapoffFamily.Family.Variants.Where(one => one.ShortName is not "kanoj-as-posted"))
        {
            WorkloadResult result = WorkloadRun.Measure(swapoff, costs, variant.Build, 128, seed: 1);
            Assert.Equal((variant.Name, null, 128), (variant.Name, result.Failure, result.Operations));
        }
    }

    [Fact]
    public void A_walk_for_each_slot_costs_more_for_each_slot_the_more_there_are()
    {
        var swapoff = new SwapoffOfArea("swapoff", "swapoff", Processes: 4, OnRamDisk: true);
        double slotMajor = OfEachSlot("2.3.8", 1024) / OfEachSlot("2.3.8", 128);
        double onePass = OfEachSlot("5.1", 1024) / OfEachSlot("5.1", 128);

        Assert.InRange(onePass, 0.9, 1.1);
        Assert.True(slotMajor > 1.3, $"{slotMajor:0.00}");

        double OfEachSlot(string name, int slots)
        {
            Harness.Families.Variant variant = SwapoffFamily.Family.Variants.Single(one => one.ShortName == name);
            return WorkloadRun.Measure(swapoff, CostModel.Named("epyc-2023")!, variant.Build, slots, seed: 1).Nanoseconds / (double)slots;
        }
    }

    [Fact]
    public void Whoever_waits_for_the_disk_with_mmap_sem_held_stops_an_mmap_loop()
    {
        var loop = new MmapBesideReader("reader", "mmap beside a reader");
        double held = Rate("2.6.28");
        double dropped = Rate("2.6.37");

        Assert.True(dropped > 100 * held, $"{held:0} {dropped:0}");

        double Rate(string name) => WorkloadRun.Measure(
            loop, CostModel.Named("altix-2008")!, FaultsFamily.Family.Variants.Single(one => one.ShortName == name).Build, 2, seed: 1).PerSecond;
    }

    [Fact]
    public void Every_machine_that_is_named_exists()
    {
        foreach (string name in CostModel.Names)
        {
            CostModel costs = CostModel.Named(name)!;
            Assert.True(costs.Cpus >= 4 && costs.StepNs > 0 && costs.SameSocketNs > 0, name);
        }

        Assert.Null(CostModel.Named("pdp-11"));
    }

    /// <summary>From the first request to the end of the last, without the microsecond or so that CPUs take.</summary>
    private static long TimeToWrite(CostModel costs, params int[] slots)
    {
        var machine = new Machine(costs, new MachineCapacity(Slots: 1024), on => new Linux2_3_8(on));
        machine.PowerOn(new MachineSize(Pages: 8, Slots: 1024));
        machine.Kernel.Boot();
        machine.Smp.Spawn("writer", Write);
        machine.Disk.Start();
        machine.Smp.Run(null);
        return machine.Smp.Simulated!.TimeOf(1) / 10_000 * 10_000;

        async KTask Write(Cpu cpu)
        {
            for (int index = 0; index < slots.Length; index++)
            {
                Page page = machine.Pages[index];
                page.Allocate();
                page.Lock.InitLocked();
                page.Lock.HandToDevice();
                machine.Disk.Submit(new DiskRequest(page, machine.Areas[0].EntryOf(slots[index]), IsWrite: true));
            }

            await machine.Smp.Point();
        }
    }

    private static long TimeToRead(Smp smp, Cell<int>[] words, int times)
    {
        smp.PowerOn();
        smp.Spawn("cpu0", Read);
        smp.Run(null);
        return smp.Simulated!.TimeOf(0);

        KTask Read(Cpu cpu)
        {
            for (int time = 0; time < times; time++)
            {
                foreach (Cell<int> word in words)
                {
                    _ = word.Value;
                }
            }

            return KTask.Completed;
        }
    }

    private static long EndOf(Smp smp) => Enumerable.Range(0, smp.CpuLimit).Max(cpu => smp.Simulated!.TimeOf(cpu));

    private static (Smp Smp, long Rounds) Locking(int cpus, int locks, int rounds, int hold, int outside)
    {
        var smp = new Smp(Costs, cpus);
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
