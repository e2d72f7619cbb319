using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Promises;

namespace Variants.Tests.Workloads;

/// <summary>What is checked of every run: that simulated time adds up, and at its end the books of the machine.</summary>
public sealed class BooksTests
{
    private static readonly CostModel s_costs = CostModel.Named("epyc-2023")!;
    private static readonly FaultStorm s_storm = new("storm", "a storm", InThreads: true, Pages: 16);

    [Fact]
    public void Waits_add_up_whether_they_are_counted_one_by_one_or_by_who_came_and_who_went()
    {
        var books = new WaitBooks();
        books.Arrived(3, at: 100);
        books.Arrived(3, at: 150);
        books.Left(3, at: 180, waited: 80);

        Assert.Null(books.Wrong(3, waiting: 1, theirArrivalTimes: 150));
        Assert.Equal("2 came to wait, 1 went on and 0 wait", books.Wrong(3, waiting: 0, theirArrivalTimes: 0));
        Assert.Equal(80, books.Waited(3));

        books.Left(3, at: 200, waited: 49);
        Assert.Equal("Little's law: 130 ns by those who came and went, and 129 ns by their waits", books.Wrong(3, waiting: 0, theirArrivalTimes: 0));
    }

    [Fact]
    public void Time_that_passes_and_is_charged_to_nobody_is_noticed()
    {
        var smp = new Smp(s_costs, 2);
        var spinLock = new SpinLock(smp, "lock");
        smp.PowerOn();
        smp.Spawn("one", Lock);
        smp.Spawn("two", Lock);
        smp.Run(null);
        Assert.Null(smp.Simulated!.Lost());

        smp.Simulated.AccountOf(1).Now += 7;
        Assert.StartsWith($"CPU 1: {smp.Simulated.TimeOf(1)} ns have passed, ", smp.Simulated.Lost(), StringComparison.Ordinal);

        async KTask Lock(Cpu cpu)
        {
            await spinLock.Lock();
            smp.Simulated!.Charge(1000);
            await smp.Point();
            await spinLock.Unlock();
        }
    }

    [Fact]
    public void A_kernel_that_loses_one_page_table_is_broken_though_it_does_all_that_it_was_asked_to()
    {
        WorkloadResult honest = WorkloadRun.Measure(s_storm, s_costs, machine => new Linux2_6_28(machine), 4, seed: 1, PropertyList.Audit);
        WorkloadResult leaking = WorkloadRun.Measure(s_storm, s_costs, machine => new LosesOneTable(machine), 4, seed: 1, PropertyList.Audit);

        Assert.Null(honest.Failure);
        Assert.Equal(honest.Operations, leaking.Operations);
        Assert.Equal((FailureKind.Leak, "page table"), leaking.Failure!.Signature);
    }

    [Fact]
    public void An_audit_changes_nothing_that_is_measured()
    {
        WorkloadResult audited = WorkloadRun.Measure(s_storm, s_costs, machine => new Linux2_6_28(machine), 4, seed: 1, PropertyList.Audit);
        WorkloadResult alone = WorkloadRun.Measure(s_storm, s_costs, machine => new Linux2_6_28(machine), 4, seed: 1);

        Assert.Equal(alone with { Waits = [] }, audited with { Waits = [] });
        Assert.Equal(alone.Waits.AsEnumerable(), audited.Waits.AsEnumerable());
    }

    private sealed class LosesOneTable(Machine machine) : Linux2_6_28(machine)
    {
        private bool _hasLostOne;

        protected override void FreePageTable(PageTable table)
        {
            if (_hasLostOne)
                base.FreePageTable(table);
            _hasLostOne = true;
        }
    }
}
