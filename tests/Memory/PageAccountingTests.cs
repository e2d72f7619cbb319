using Variants.Families.Faults;
using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests.Memory;

/// <summary>LRU lists, rss and counts under the simulated clock: what is in them, and what they cost, worked out by hand.</summary>
public sealed class PageAccountingTests
{
    private static readonly CostModel s_costs = SimulatedClockTests.Costs with { Cpus = 4, CpusPerSocket = 4, CpusPerNode = 2 };

    private static readonly AccountingDesign s_threeToAPagevec = new(PagevecSize: 3, ReleaseBatch: 2, RssCounting.PerCpu);

    [Fact]
    public void Pages_are_on_the_list_of_their_node_once_a_pagevec_is_full_or_drained()
    {
        Machine machine = SwitchedOn(s_threeToAPagevec);
        Lru lru = machine.Accounting!.Lru;
        var lists = new List<string>();

        RunOn(machine, Collect, Idle, Collect);

        Assert.Equal(["", "", "", "page26 page25 page24", "page26 page25 page24", "page27 page26 page25 page24"], lists[..6]);
        Assert.Equal("page27 page26 page25 page24", List(0));
        Assert.Equal("page11 page10 page9 page8", List(1));

        async KTask Collect(Cpu cpu)
        {
            // The second one begins when the first has come to its end.
            machine.Smp.Simulated!.Charge(cpu.Id * 100_000);
            await machine.Smp.Point();
            for (int page = 0; page < 4; page++)
            {
                lists.Add(List(cpu.Id / 2));
                await lru.Add(machine.Zone.Take()!);
            }

            lists.Add(List(cpu.Id / 2));
            await lru.Drain();
            lists.Add(List(cpu.Id / 2));
        }

        string List(int node) => string.Join(' ', lru.Raw(node).Select(page => page.Name));
    }

    [Fact]
    public void A_machine_that_does_without_them_has_none()
    {
        var machine = new Machine(s_costs with { HasPageAccounting = false }, new MachineCapacity(Cpus: 1), on => new Linux2_6_28(on));

        Assert.Null(machine.Accounting);
        Assert.NotNull(new Machine(s_costs, new MachineCapacity(Cpus: 1), on => new Linux2_6_28(on)).Accounting);
    }

    [Fact]
    public void Putting_pages_on_the_list_takes_the_sum_of_its_costs()
    {
        Machine machine = SwitchedOn(s_threeToAPagevec);
        Page[] pages = new Page[3];
        long took = 0;

        RunOn(machine, async cpu =>
        {
            for (int page = 0; page < pages.Length; page++)
            {
                pages[page] = machine.Zone.Take()!;
            }

            long began = machine.Smp.Simulated!.Now;
            foreach (Page page in pages)
            {
                await machine.Accounting!.Lru.Add(page);
            }

            took = machine.Smp.Simulated.Now - began;
        });

        // Of each page: a step, the pagevec's word, and the reference, in a line from memory; on the list a step, PG_lru, its own
        // pointers, the head's, its neighbour's, and the count; and the reference is dropped.
        int collected = 10 + 1 + (50 + 5);
        int listed = 10 + (1 + 5) + 1 + 1 + 1 + 1;
        int dropped = 1 + 5;

        // The lock, from memory, and back; the head comes from memory too.
        int locked = 10 + 50 + 5 + (10 + 1 + 5) + (50 - 1);
        Assert.Equal((3 * (collected + listed + dropped)) + locked, took);
    }

    [Fact]
    public void Release_pages_keeps_the_lock_from_page_to_page_and_drops_it_after_a_batch_or_at_its_end()
    {
        Machine machine = SwitchedOn(s_threeToAPagevec);
        Lru lru = machine.Accounting!.Lru;
        var held = new List<string?>();

        RunOn(machine, async cpu =>
        {
            Page[] pages = [.. Enumerable.Range(0, 3).Select(_ => machine.Zone.Take()!)];
            foreach (Page page in pages)
            {
                await lru.Add(page);
            }

            foreach (Page page in pages)
            {
                held.Add(machine.RawHeldLock()?.Lock);
                await lru.Remove(page, inBatch: true);
            }

            held.Add(machine.RawHeldLock()?.Lock);
            await lru.EndRelease();
            held.Add(machine.RawHeldLock()?.Lock);

            // Nobody's: it was never collected.
            await lru.Remove(machine.Zone.Take()!, inBatch: false);
        });

        Assert.Equal([null, "node0.lru_lock", null, "node0.lru_lock", null], held);
        Assert.Empty(lru.Raw(0));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Those_wait_for_each_other_who_have_memory_of_one_node(int otherCpu, bool waits)
    {
        Machine machine = SwitchedOn(s_threeToAPagevec);
        Func<Cpu, KTask>[] work = [FillLists, Idle, Idle, Idle];
        work[otherCpu] = FillLists;

        RunOn(machine, work);

        Assert.Equal(waits, machine.Smp.Simulated!.WaitedByClass().Any(waited => waited.Class == "lru_lock"));

        async KTask FillLists(Cpu cpu)
        {
            for (int page = 0; page < 6; page++)
            {
                await machine.Accounting!.Lru.Add(machine.Zone.Take()!);
            }
        }
    }

    [Fact]
    public void A_count_goes_into_the_shared_one_when_it_has_come_to_a_batch()
    {
        Machine machine = SwitchedOn(s_threeToAPagevec);
        SimulatedClock clock = machine.Smp.Simulated!;
        var counter = new PerCpuCounter(clock, cpus: 4, batch: 3);
        var seen = new List<(long Shared, long Sum, long Took)>();

        RunOn(machine, cpu =>
        {
            foreach (int amount in (int[])[1, 1, 1, 1, -4])
            {
                long began = clock.Now;
                counter.Add(cpu.Id, amount);
                seen.Add((counter.Shared, counter.Sum, clock.Now - began));
            }

            return KTask.Completed;
        });

        Assert.Equal([(0, 1, 1), (0, 2, 1), (3, 3, 1 + 50 + 5), (3, 4, 1), (0, 0, 1 + 1 + 5)], seen);
    }

    [Fact]
    public void Nothing_is_left_in_lists_and_counts_when_all_has_been_unmapped()
    {
        foreach (Harness.Families.Variant variant in FaultsFamily.Family.Variants)
        {
            Machine? machine = null;
            var storm = new FaultStorm("storm", "a storm", InThreads: true, Pages: 50);
            WorkloadResult result = WorkloadRun.Measure(
                storm,
                CostModel.Named("epyc-2023")!,
                booted =>
                {
                    machine = booted;
                    return variant.Build(booted);
                },
                3,
                seed: 1,
                PropertyList.Audit);

            PageAccounting books = machine!.Accounting!;
            Assert.Null(result.Failure);
            Assert.Equal((0, 0, 0), (books.RawRss(machine.Mm(0)), books.RawAnonPages, books.Lru.Raw(0).Count()));
        }
    }

    [Fact]
    public void There_are_no_lists_and_counts_where_they_would_take_no_time()
    {
        Assert.Null(new Machine(Checks.All, machine => new Linux2_6_28(machine)).Accounting);
        Assert.Null(new Machine(MachineCapacity.Usual, machine => new Linux2_6_28(machine)).Accounting);
    }

    private static Machine SwitchedOn(AccountingDesign design)
    {
        var machine = new Machine(s_costs, new MachineCapacity(Cpus: 4), machine => new Linux2_6_28(machine));
        machine.UseAccounting(design);
        machine.PowerOn(new MachineSize(Pages: 32));
        return machine;
    }

    private static void RunOn(Machine machine, params Func<Cpu, KTask>[] cpus)
    {
        for (int cpu = 0; cpu < cpus.Length; cpu++)
        {
            machine.Smp.Spawn($"cpu{cpu}", cpus[cpu]);
        }

        machine.Smp.Run(null);
        Assert.Null(machine.Smp.Failure);
        Assert.Null(machine.Smp.Simulated!.Lost());
    }

    private static KTask Idle(Cpu cpu) => KTask.Completed;
}
