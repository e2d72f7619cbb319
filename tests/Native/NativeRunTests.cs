using Variants.Families;
using Variants.Families.Faults;
using Variants.Families.Kernels;
using Variants.Families.Swapoff;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Harness.Native;
using Variants.Harness.Primitives;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests.Native;

/// <summary>Workloads on real threads, and what is left of them.</summary>
[Collection(RealThreads.Name)]
public sealed class NativeRunTests
{
    /// <summary>Its swapoff walks one address space again and again, and no thread can be stopped.</summary>
    private const string Endless = "swapoff/kanoj-as-posted";

    /// <summary>
    /// Those of which the bugs need a fork beside swapoff: a matter of luck on threads. 5.1-rc1 gives up, with EBUSY, in one of
    /// some hundred runs.
    /// </summary>
    private static readonly string[] s_mayBreakBesideForks =
        ["swapoff/2.3.8", "swapoff/kanoj-advances", "swapoff/kanoj-rechecks", "swapoff/kanoj-page-locked", "swapoff/kanoj-uncached", "swapoff/5.1-rc1"];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Every_variant_survives_a_fault_storm_and_its_books_balance(int threads, bool inThreads)
    {
        const int Faults = 1280;
        foreach (Variant variant in FaultsFamily.Family.Variants)
        {
            var run = new NativeRun(Storm(inThreads, pages: 32), variant.Build, threads, PropertyList.Audit);
            for (int time = 0; time < 2; time++)
            {
                run.Prepare(seed: 1, Timeout.InfiniteTimeSpan, Faults);
                run.Go();
                Assert.True(run.Audit() is null, $"{variant.Name}: {run.Audit()}");
            }
        }
    }

    /// <summary>It loses count of a bitmap's buffers, on any clock.</summary>
    private const string Unbalanced = "reclaim/drop-and-go-on";

    [Fact]
    public void Every_variant_survives_every_workload_that_says_it_runs_on_threads()
    {
        int measured = 0;
        foreach (Family family in FamilyList.All)
        {
            foreach (Workload workload in family.Workloads.Where(one => one.RunsOnThreads))
            {
                foreach (Variant variant in family.Variants.Where(one => one.Name is not (Endless or Unbalanced) && !workload.StuckOnThreads.Contains(one.ShortName) && !(workload is SwapoffBesideForks && s_mayBreakBesideForks.Contains(one.Name))))
                {
                    var run = new NativeRun(workload, variant.Build, SizeOf(workload), PropertyList.Audit);
                    WorkloadResult result = MeasureSomething(run, mayDoNothing: workload is SwapoffBesideForks);
                    Assert.True(result.Failure is null, $"{variant.Name} under {workload.Id}: {result.Failure}");
                    Assert.True(result.Operations > 0 || workload is SwapoffBesideForks, $"{variant.Name} under {workload.Id}");
                    measured++;
                }
            }
        }

        Assert.True(measured > 150, $"{measured}");
    }

    /// <summary>The least, but of memory: with little of it, most designs of reclaim deadlock.</summary>
    private static int SizeOf(Workload workload) =>
        workload.Sizes is not { } sizes ? 3 : workload is ReclaimUnderLocks ? sizes[^1] : sizes[0];

    [Theory]
    [InlineData("writes")]
    [InlineData("writes-beside-mappings")]
    public void With_little_memory_reclaim_that_only_tries_locks_lasts_on_threads_too(string id)
    {
        Family reclaim = FamilyList.All.Single(family => family.Name == "reclaim");
        Workload workload = reclaim.Workloads.Single(one => one.Id == id);
        Variant variant = reclaim.Variants.Single(one => one.ShortName == "truncate-trylock");
        var run = new NativeRun(workload, variant.Build, workload.Sizes![0], PropertyList.Audit);
        run.Prepare(seed: 1, Timeout.InfiniteTimeSpan, workload.Operations(run.Size) / run.Workers);
        run.Go();
        Assert.Null(run.Audit());
    }

    /// <summary>As kswapd leaves work to kpiod and kpiod to the disk, after the last worker has come to its end.</summary>
    [Fact]
    public void Daemons_end_when_none_of_them_has_anything_left_to_do()
    {
        const int Jobs = 20;
        Smp smp = Smp.OnThreads(3);
        var bkl = new BigKernelLock(smp);
        WaitQueue[] queues = [new WaitQueue(smp, "first"), new WaitQueue(smp, "second")];
        int[] jobs = [0, 0];
        int done = 0;
        smp.PowerOn();
        smp.Spawn("worker", async _ =>
        {
            await bkl.Lock();
            jobs[0] = Jobs;
            queues[0].WakeUp();
            await bkl.Unlock();
        });
        for (int daemon = 0; daemon < 2; daemon++)
        {
            int me = daemon;
            smp.Spawn($"daemon{me}", _ => Daemon(me), daemon: true);
        }

        smp.Run(null);
        Assert.Equal((null, Jobs), (smp.Failure, done));
        Assert.False(bkl.IsTakenNatively);

        async KTask Daemon(int me)
        {
            await bkl.Lock();
            while (true)
            {
                while (jobs[me] == 0)
                {
                    await queues[me].Sleep();
                }

                // Whoever rests looks around every millisecond.
                await bkl.Unlock();
                Thread.Sleep(3);
                await bkl.Lock();
                jobs[me]--;
                if (me == 0)
                {
                    jobs[1]++;
                    queues[1].WakeUp();
                }
                else
                {
                    done++;
                }
            }
        }
    }

    [Fact]
    public void Threads_may_take_as_long_as_they_like_while_they_get_anywhere_and_are_hung_if_they_do_not()
    {
        const int PatienceMs = 200;
        Assert.Null(Run(getsAnywhere: true));
        Assert.Equal(
            (FailureKind.HungTask, "worker does not come to its end, and nobody has got anywhere for 0.2 s"),
            Run(getsAnywhere: false) is { } hung ? (hung.Kind, hung.Message) : default);

        Failure? Run(bool getsAnywhere)
        {
            Smp smp = Smp.OnThreads(1);
            smp.PowerOn();
            NativeClock clock = smp.Native!;
            long begin = NativeClock.Now;
            clock.PatienceMs = PatienceMs;
            clock.Progress = () => getsAnywhere ? NativeClock.Now : 0;
            smp.Spawn("worker", async _ =>
            {
                while (NativeClock.Now - begin < 5_000_000L * PatienceMs)
                {
                    await smp.Schedule();
                }
            });
            smp.Run(null);
            return smp.Failure;
        }
    }

    /// <summary>A hundredth of a second is enough, but where its threads have no core: then longer, up to ten seconds.</summary>
    private static WorkloadResult MeasureSomething(NativeRun run, bool mayDoNothing)
    {
        WorkloadResult result;
        int milliseconds = 10;
        do
        {
            result = run.Measure(seed: 1, TimeSpan.FromMilliseconds(milliseconds));
            milliseconds *= 10;
        }
        while (result is { Failure: null, Operations: 0 } && !mayDoNothing && milliseconds <= 10_000);

        return result;
    }

    [Fact]
    public void A_variant_that_never_ends_is_known_from_its_simulation()
    {
        Variant endless = SwapoffFamily.Family.Variants.Single(one => one.Name == Endless);
        Workload workload = SwapoffFamily.Family.Workloads[0];
        WorkloadResult simulated = WorkloadRun.Measure(
            workload, CostModel.Named("epyc-2023")!, endless.Build, workload.Sizes![0], seed: 1, PropertyList.Audit);
        Assert.NotNull(simulated.Failure);
    }

    /// <summary>What whoever holds the big kernel lock waits for needs it, too: schedule() drops it.</summary>
    [Fact]
    public void Schedule_drops_the_big_kernel_lock()
    {
        Smp smp = Smp.OnThreads(2);
        var bkl = new BigKernelLock(smp);
        smp.PowerOn();
        bool isDone = false;
        using var taken = new ManualResetEventSlim();
        for (int cpu = 0; cpu < 2; cpu++)
        {
            smp.Spawn($"cpu{cpu}", async one =>
            {
                if (one.Id == 1)
                {
                    taken.Wait();
                }

                await bkl.Lock();
                taken.Set();
                while (one.Id == 0 && !Volatile.Read(ref isDone))
                {
                    await smp.Schedule();
                }

                Volatile.Write(ref isDone, true);
                await bkl.Unlock();
            });
        }

        smp.Run(null);
        Assert.Null(smp.Failure);
        Assert.False(bkl.IsTakenNatively);
    }

    [Fact]
    public void A_disk_takes_a_millisecond_for_a_slot_that_is_asked_for_alone()
    {
        Workload[] workloads = [.. SwapoffFamily.Family.Workloads.Where(one => one.Id is "swapoff-ram" or "swapoff-disk")];
        Assert.Equal([true, false], workloads.Select(one => one.IsOnRamDisk));

        // swapoff reads slot after slot.
        const int Slots = 64;
        var run = new NativeRun(workloads[1], machine => new Linux2_4_10(machine), Slots, PropertyList.Audit);
        WorkloadResult result = run.Measure(seed: 1, TimeSpan.FromMilliseconds(1));
        Assert.Null(result.Failure);
        Assert.InRange(result.Nanoseconds, Slots * 1_000_000L, long.MaxValue);
    }

    /// <summary>
    /// A fault that does not take mmap_sem walks a list of vmas that others change: it finds none, or another's. It gives way
    /// on its way, so that one core is enough; then the chance that 50 storms do not show it is nothing that happens. It ends
    /// with the first.
    /// </summary>
    [Fact]
    public void A_dropped_lock_is_noticed()
    {
        var run = new NativeRun(Storm(inThreads: true, pages: 4), machine => new FaultsWithoutMmapSem(machine), 2, PropertyList.Audit);
        bool noticed = false;
        for (int time = 0; time < 50 && !noticed; time++)
        {
            run.Prepare(seed: 1, Timeout.InfiniteTimeSpan, 16_000);
            run.Go();
            noticed = run.Audit() is not null;
        }

        Assert.True(noticed);
    }

    [Fact]
    public void A_run_counts_what_each_thread_was_asked_for_and_a_measurement_what_its_time_allows()
    {
        var run = new NativeRun(Storm(inThreads: false, pages: 32), machine => new Linux2_6_28(machine), 2, PropertyList.Audit);
        WorkloadResult result = run.Measure(seed: 1, TimeSpan.FromMilliseconds(20));
        Assert.Null(result.Failure);
        Assert.InRange(result.Nanoseconds, 15_000_000, 1_000_000_000);
        Assert.InRange(result.Operations, 64, 100_000_000);
        Assert.InRange(result.Latency.P50, 1, result.Latency.Max);
    }

    [Fact]
    public void A_workload_that_fails_before_it_begins_ends_for_all()
    {
        var run = new NativeRun(new Failing(), machine => new Linux2_6_28(machine), 3, PropertyList.Audit);
        Assert.Equal("no luck", run.Measure(seed: 1, TimeSpan.FromMilliseconds(1)).Failure?.Message);
    }

    private static FaultStorm Storm(bool inThreads, int pages) => new("storm", "page faults", inThreads, Pages: pages);

    private sealed class FaultsWithoutMmapSem(Machine machine) : Linux2_6_28(machine)
    {
        public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)
        {
            Vma? vma = current.Mm!.Mmap;
            while (vma is not null && vma.End <= address)
            {
                await current.Smp.Schedule();
                vma = vma.Next;
            }

            return IsBadArea(vma, address, write)
                ? Fault.SegmentationFault
                : SignalFor(await HandleMmFault(new FaultContext(current, vma!, address, write)));
        }
    }

    private sealed record Failing() : Workload("failing", "fails", "failures")
    {
        public override MachineCapacity Capacity(int size) => new();

        public override long Operations(int size) => 1;

        public override void Boot(WorkloadRun run)
        {
        }

        public override KTask SetUp(WorkloadRun run)
        {
            run.Fail("no luck");
            return KTask.Completed;
        }

        public override KTask Work(WorkloadRun run, int worker) => KTask.Completed;
    }
}
