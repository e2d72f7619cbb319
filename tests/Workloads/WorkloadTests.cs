using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests.Workloads;

/// <summary>What workloads of the families come to: which designs last, and the shape of what they cost. All deterministic.</summary>
public sealed class WorkloadTests
{
    private static readonly CostModel s_costs = CostModel.Named("epyc-2023")!;

    [Fact]
    public void Without_shared_mappings_every_design_of_reclaim_writes_its_files_but_one_whose_books_are_wrong_afterwards()
    {
        Workload writes = Named("reclaim", "writes");
        foreach (Variant variant in Of("reclaim").Variants.Where(one => one.ShortName != "drop-and-go-on"))
        {
            double[] rates = [.. writes.Sizes!.Select(size => Measured(variant, writes, size).PerSecond)];
            Assert.True(rates[3] > 1.5 * rates[1], $"{variant.Name}: {string.Join(' ', rates)}");
        }

        WorkloadResult wrong = Run(Variant("reclaim/drop-and-go-on"), writes, 40);
        Assert.Equal(
            (writes.Operations(40), FailureKind.Accounting, "the buffer of block 1 has count 2, and is in use 1 times"),
            (wrong.Operations, wrong.Failure!.Kind, wrong.Failure.Message));
    }

    /// <summary>With a slow disk and little memory some are killed because a page of theirs cannot be read back: their next life begins without it.</summary>
    [Fact]
    public void Who_is_killed_for_want_of_memory_lives_again()
    {
        Workload writes = Named("reclaim", "writes");
        CostModel slow = CostModel.Named("threads-2026")!;
        WorkloadResult result = WorkloadRun.Measure(writes, slow, Variant("reclaim/gfp-io").Build, 40, seed: 1, PropertyList.Audit);
        Assert.Equal((null, writes.Operations(40)), (result.Failure, result.Operations));
    }

    [Fact]
    public void Beside_stores_to_shared_mappings_all_last_with_enough_memory_and_few_with_little()
    {
        Workload writes = Named("reclaim", "writes-beside-mappings");
        Assert.All(Of("reclaim").Variants, variant => Assert.Equal(writes.Operations(120), Run(variant, writes, 120).Operations));

        Assert.Equal(
            ["truncate-trylock", "kpiod-as-posted", "kpiod"],
            Of("reclaim").Variants.Where(variant => Run(variant, writes, 40).Failure is null).Select(variant => variant.ShortName));

        Failure hang = Run(Variant("reclaim/2.2.0pre5"), writes, 60).Failure!;
        Assert.Equal(FailureKind.HungTask, hang.Kind);
        Assert.Contains(".i_sem)", hang.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swapoff_that_asks_every_address_space_for_every_slot_takes_longer_the_more_there_are()
    {
        Workload swapoff = Named("swapoff", "swapoff-processes");
        Assert.InRange(Slowdown("swapoff/5.1"), 0.95, 1.1);
        Assert.InRange(Slowdown("swapoff/2.6.7"), 4, 9);

        double Slowdown(string name) => Measured(Variant(name), swapoff, 4).PerSecond / Measured(Variant(name), swapoff, 256).PerSecond;
    }

    /// <summary>A RAM disk is no reason to sleep, and so to drop that lock: so it is on real threads, too.</summary>
    [Fact]
    public void Beside_a_swapoff_from_a_RAM_disk_under_the_big_kernel_lock_nobody_forks_and_beside_later_ones_all_do()
    {
        Workload slots = Named("swapoff", "swapoff-beside-forks");
        Workload forks = Named("swapoff", "forks-beside-swapoff");
        Variant[] designs = [.. Of("swapoff").Variants.Where(one => one.ShortName != "kanoj-as-posted")];

        Assert.All(designs, design => Assert.Equal(32 * 9, Measured(design, slots, 2).Operations));
        Assert.Equal(
            ["2.3.8", "kanoj-advances", "kanoj-rechecks", "kanoj-page-locked", "kanoj-uncached", "kanoj-repaired"],
            designs.Where(design => Measured(design, forks, 2).Operations == 0).Select(design => design.ShortName));
        Assert.Equal(
            ["2.4.10", "2.6.7", "2.6.8", "5.1-rc1", "5.1", "5.3", "6.9"],
            designs.Where(design => Measured(design, forks, 2).Operations > 50).Select(design => design.ShortName));
    }

    [Fact]
    public void A_swapoff_that_never_ends_is_said_to_be_one() => Assert.Equal(
        (FailureKind.Livelock, "worker0 still runs after 4000000 awaits of all CPUs; waiting: worker1 (Acquire of kernel_flag)"),
        Run(Variant("swapoff/kanoj-as-posted"), Named("swapoff", "swapoff-beside-forks"), 2).Failure is { } failure ? (failure.Kind, failure.Message) : default);

    [Fact]
    public void Stores_after_fork_beside_reclaim_all_come_through_and_wait_where_a_pin_copies_under_the_page_lock()
    {
        Workload storm = Named("cow-reuse", "cow-beside-reclaim");
        Assert.All(Of("cow-reuse").Variants, variant => Assert.Equal(storm.Operations(4), Measured(variant, storm, 4).Operations));

        WorkloadResult pins = Measured(Variant("cow-reuse/5.8"), storm, 16);
        Assert.True(pins.PerSecond < 0.9 * Measured(Variant("cow-reuse/2.6.26"), storm, 16).PerSecond);
        Assert.Equal("PG_locked", pins.Waits[0].Class);
    }

    /// <summary>page_referenced() and try_to_unmap() look where page->index says, not at every address.</summary>
    [Theory]
    [InlineData("cow-reuse/2.6.0")]
    [InlineData("cow-reuse/2.6.26")]
    [InlineData("swapoff/5.1")]
    public void Reclaim_takes_as_long_in_a_large_address_space_as_in_a_small_one(string name) => Assert.Equal(
        Measured(Variant(name), new ReclaimOfAProcess(), 64).Nanoseconds,
        Measured(Variant(name), new ReclaimOfAProcess(), 4096).Nanoseconds);

    [Theory]
    [InlineData("file-processes")]
    [InlineData("file-threads")]
    public void Pages_of_a_file_are_copied_by_every_design_of_faults(string id)
    {
        Workload storm = Named("faults", id);
        Assert.All(Of("faults").Variants, variant => Assert.Equal(storm.Operations(2), Measured(variant, storm, 2).Operations));
    }

    [Fact]
    public void The_two_locks_that_get_swap_page_naive_takes_in_both_orders_stop_swap_churn()
    {
        Workload churn = Named("swap-cache", "swap-churn");
        Failure[] hangs = [.. churn.Sizes!.Select(size => Run(Variant("swap-cache/get-swap-page-naive"), churn, size).Failure).OfType<Failure>()];

        Assert.NotEmpty(hangs);
        // kswapd may hold neither lock, and look for pages for ever beside those who do.
        Assert.All(hangs, hang => Assert.Contains(hang.Kind, new[] { FailureKind.HungTask, FailureKind.Livelock }));
        Assert.All(hangs, hang => Assert.Matches(@"waiting: .*Acquire of swaplock\).*Acquire of pagecache_lock\)", hang.Message));
        Assert.All(churn.Sizes!, size => Measured(Variant("swap-cache/get-swap-page"), churn, size));
    }

    [Fact]
    public void What_the_kernel_refuses_to_do_is_not_counted()
    {
        WorkloadResult result = Run(Variant("faults/2.6.28"), new ShortOfVmas(), 2);

        Assert.Equal("mmap answered -ENOMEM", result.Failure?.Message);
        Assert.True(result.Operations < new ShortOfVmas().Operations(2));
    }

    /// <summary>It keeps the vmas that others free meanwhile, which have to take cold ones: under SRCU all the time that the disk takes.</summary>
    [Fact]
    public void A_reader_that_waits_for_the_disk_in_its_section_slows_down_those_who_map_and_unmap()
    {
        Workload loop = Named("faults", "mmap-beside-reader");
        double[] rates = [.. new[] { "rfc-as-posted", "per-vma-6.4.3", "2.6.37" }.Select(Rate)];

        Assert.True(1.1 * rates[0] < rates[1] && 1.1 * rates[1] < rates[2], string.Join(' ', rates));

        double Rate(string name) => WorkloadRun.Measure(
            loop, CostModel.Named("threads-2026")!, Variant($"faults/{name}").Build, 2, seed: 1, PropertyList.Audit).PerSecond;
    }

    private static Family Of(string name) => FamilyList.All.Single(one => one.Name == name);

    private static Workload Named(string family, string id) => Of(family).Workloads.Single(one => one.Id == id);

    private static Variant Variant(string name) => FamilyList.All.SelectMany(one => one.Variants).Single(one => one.Name == name);

    private static WorkloadResult Run(Variant variant, Workload workload, int size) => WorkloadRun.Measure(workload, s_costs, variant.Build, size, seed: 1, PropertyList.Audit);

    /// <summary>Of a run that nothing goes wrong in.</summary>
    private static WorkloadResult Measured(Variant variant, Workload workload, int size)
    {
        WorkloadResult result = Run(variant, workload, size);
        Assert.Equal((variant.Name, null), (variant.Name, result.Failure?.Message));
        return result;
    }

    /// <summary>Two threads that map, and one vma for both.</summary>
    private sealed record ShortOfVmas() : FaultStorm("short", "short of vmas", InThreads: true)
    {
        /// <inheritdoc/>
        public override MachineCapacity Capacity(int size) => base.Capacity(size) with { Vmas = 1 };
    }

    /// <summary>Its size is that of the address space, of which a process has stored to a part.</summary>
    private sealed record ReclaimOfAProcess() : Workload("reclaim-of-a-process", "kswapd beside one process", "pages")
    {
        private const int Pages = 32;

        private static readonly Operation s_reclaim = new(Verbs.Reclaim, Pages);

        public override int CpusAt(int size) => 1;

        public override MachineCapacity Capacity(int size) =>
            new(Pages: 2 * Pages, Mms: 2, Tasks: 2, Vmas: 4, Addresses: size, Slots: 2 * Pages);

        public override long Operations(int size) => Pages;

        public override void Boot(WorkloadRun run) => run.Tasks.Add(run.Machine.BootProcess("process", Pages));

        public override async KTask Work(WorkloadRun run, int worker)
        {
            for (int address = 0; address < Pages; address++)
            {
                await run.Access(run.Tasks[0], address, write: true);
            }

            long began = run.Begin(worker);
            await run.Machine.Kernel.Call(run.Tasks[0], s_reclaim);
            await run.SyncDisk();
            await run.Machine.Kernel.Call(run.Tasks[0], s_reclaim);
            run.Did(worker, began, Pages);
            run.End();
        }
    }
}
