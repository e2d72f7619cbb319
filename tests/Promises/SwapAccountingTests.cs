using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Tests.Promises;

/// <summary>Each audit, on a right kernel whose books were changed by hand: what it says in full.</summary>
public sealed class SwapAccountingTests
{
    [Fact]
    public void A_slot_counts_its_ptes_and_the_page_bound_to_it()
    {
        Assert.Equal(
            "Accounting swap_map: swap_map[1] is 2; 0 in page tables and 0 in the swap cache make 0",
            Audited((machine, _) => machine.Areas[0].Map[1] = 2));
        Assert.Equal(
            "Accounting swap_map: swap_map[0] is 0; 1 in page tables and 0 in the swap cache make 1",
            Audited((machine, _) =>
            {
                machine.Mm(0).Pte(0).Raw = Entry(machine);
                machine.Areas[0].Disk(0) = 0;
            }));
        Assert.Equal(
            "Accounting swap_map: swap_map[0] is 0; 0 in page tables and 1 in the swap cache make 1",
            Audited((machine, _) => Cache(machine)));
    }

    [Fact]
    public void Free_slots_are_counted()
    {
        Assert.Equal("Accounting nr_swap_pages: nr_swap_pages is 5, and 4 slots are free", Audited((_, kernel) => kernel.NrSwapPages++));
    }

    [Fact]
    public void An_entry_has_one_page_at_most_and_they_agree()
    {
        Assert.Equal(
            "Accounting swap cache: page1 and page0 are both cached as E0",
            Audited((machine, _) =>
            {
                Cache(machine);
                Cache(machine);
            }));
        Assert.Equal(
            "Accounting swap cache: page0 is cached as E0 and says E2",
            Audited((machine, _) => Cache(machine).Entry = machine.Areas[0].EntryOf(2)));
        Assert.Equal(
            "Accounting swap cache: page0 says that it is cached as E2, and the swap cache has nothing there",
            Audited((machine, _) => machine.Zone.Take()!.Entry = machine.Areas[0].EntryOf(2)));
    }

    [Fact]
    public void Nothing_belongs_to_an_area_that_is_off_or_was_off()
    {
        Assert.Equal(
            "Accounting dangling entry: mm0 holds E0 at page 0, and swap0 is off",
            Audited((machine, _) =>
            {
                machine.Mm(0).Pte(0).Raw = Entry(machine);
                machine.Areas[0].IsUsed = false;
            }));
        Assert.Equal(
            "Accounting dangling entry: mm0 holds E0 at page 0, from before swap0 was last switched on",
            Audited((machine, _) =>
            {
                machine.Mm(0).Pte(0).Raw = Entry(machine);
                machine.Areas[0].SwitchOn();
            }));
        Assert.Equal(
            "Accounting swap cache: page0 is cached as E0, and swap0 is off",
            Audited((machine, _) =>
            {
                Cache(machine);
                machine.Areas[0].IsUsed = false;
            }));
    }

    [Fact]
    public void Page_tables_hold_nothing_outside_a_vma()
    {
        Assert.Equal(
            "Accounting pte outside vma: mm0 holds E0 at page 3, where no vma is",
            Audited((machine, _) =>
            {
                machine.Mm(0).Pte(3).Raw = Entry(machine);
                machine.Areas[0].Map[0] = 1;
            }));
        Assert.Equal(
            "Accounting pte outside vma: mm0 holds page0 ro at page 3, where no vma is",
            Audited((machine, _) => machine.Mm(0).Pte(3).Raw = Pte.Map(machine.Zone.Take()!)));
    }

    [Fact]
    public void Pages_are_counted_and_none_is_leaked()
    {
        Assert.Equal("Leak page: page0 has count 1 and nobody uses it", Audited((machine, _) => machine.Zone.Take()));
        Assert.Equal(
            "Leak page: page0 has count 0 and nobody uses it",
            Audited((machine, _) => machine.Zone.Take()!.Count.Raw = 0));
        Assert.Equal(
            "Leak page.count: page0 has count 3 and is in use 1 times",
            Audited((machine, _) => Touched(machine).Count.Raw = 3));
        Assert.Equal(
            "Accounting page.count: page0 has count 0 and is in use 1 times",
            Audited((machine, _) => Touched(machine).Count.Raw = 0));
        Assert.Equal(
            "Accounting page: page0 is free, and in use 1 times",
            Audited((machine, _) => machine.File.CachedPage(1).Raw = machine.Pages[0]));
        Assert.Equal(
            "Accounting free list: the free list has 16 pages, and 15 are free",
            Audited((machine, _) =>
            {
                // Given out without being taken off the list.
                Page page = machine.Pages[5];
                page.Allocate();
                page.Count.Raw = 1;
                machine.File.CachedPage(0).Raw = page;
            }));
        Assert.Equal(
            "Leak PG_locked: page0 is still locked",
            Audited((machine, _) =>
            {
                Touched(machine).Lock.InitLocked();
                machine.Pages[0].Lock.HandToDevice();
            }));
    }

    [Fact]
    public void Nothing_is_held_and_nothing_in_flight()
    {
        Assert.Equal(
            "Leak lock: A still holds page0.PG_locked",
            Audited((machine, _) => Touched(machine).Lock.InitLocked()));

        var machine = new Machine(DirectKernel.Checks, m => new DirectKernel(m));
        IWitness audit = Assert.Single(PropertyList.Watch(machine, ["swap-accounting"]));
        machine.PowerOn(new MachineSize());
        machine.BootProcess("A");
        machine.Kernel.Boot();
        audit.Booted(machine);
        machine.Disk.Submit(new DiskRequest(Touched(machine), machine.Areas[0].EntryOf(0), IsWrite: true));
        audit.Quiet();
        Assert.Equal("Leak disk: 1 requests are still in flight", Scene.Text(machine.Smp.Failure));
    }

    [Fact]
    public void Address_spaces_live_as_long_as_their_tasks()
    {
        Assert.Equal(
            "Leak mm_struct: mm1 is still allocated and no task lives in it",
            Audited((machine, _) => machine.AllocMm(machine.Task(0))));
        Assert.Equal("Accounting mm_users: mm0 has count 2 and 1 tasks live in it", Audited((machine, _) => machine.Mm(0).Users.Raw++));
        Assert.Equal(
            "Accounting mm_struct: mm0 is free, and 1 tasks live in it",
            Scene.Run("A: reclaim 1", Damage((machine, _) => machine.Mm(0).Free()), "swap-accounting"));
        Assert.Equal("Leak mmap_sem: mm0.mmap_sem is still held", Audited((machine, _) => machine.Mm(0).MmapSem.InitLocked()));
    }

    [Fact]
    public void Swapoff_succeeds_only_when_nobody_holds_an_entry()
    {
        Assert.Equal(
            "WrongResult swapoff success: A: swapoff returned 0, but mm0 holds E0 at page 0",
            Scene.Run("A: write 0; reclaim 1; swapoff", machine => new DirectKernel(machine)
            {
                InsteadOfCall = (_, operation) => SwitchesOff(machine, operation),
            }, "swap-accounting"));
        Assert.Equal(
            "WrongResult swapoff success: A: swapoff returned 0, but page0 is cached as E0",
            Scene.Run("A: swapoff", machine => new DirectKernel(machine)
            {
                InsteadOfCall = (_, operation) =>
                {
                    Cache(machine);
                    return SwitchesOff(machine, operation);
                },
            }, "swap-accounting"));
        Assert.Equal("kept", Scene.Run("A: write 0; reclaim 1; swapoff; swapon; read 0"));
    }

    private static int? SwitchesOff(Machine machine, Operation operation)
    {
        if (operation.Verb != Verbs.SwapOff)
        {
            return null;
        }

        machine.Areas[0].IsUsed = false;
        return 0;
    }

    private static Func<Machine, DirectKernel> Damage(Action<Machine, DirectKernel> damage) => machine =>
    {
        DirectKernel? kernel = null;
        kernel = new DirectKernel(machine)
        {
            InsteadOfCall = (_, _) =>
            {
                damage(machine, kernel!);
                return 0;
            },
        };
        return kernel;
    };

    /// <summary>The audits alone, after damage to the books of a machine on which nothing happened.</summary>
    private static string Audited(Action<Machine, DirectKernel> damage) =>
        Scene.Run("A: reclaim 1", Damage(damage), "swap-accounting");

    private static Pte Entry(Machine machine) => Pte.Swapped(machine.Areas[0].EntryOf(0));

    /// <summary>A page in the swap cache, which no slot counts.</summary>
    private static Page Cache(Machine machine)
    {
        Page page = machine.Zone.Take()!;
        machine.SwapCache.Insert(page, machine.Areas[0].EntryOf(0));
        return page;
    }

    /// <summary>A page that is mapped at 0.</summary>
    private static Page Touched(Machine machine)
    {
        Page page = machine.Zone.Take()!;
        machine.Mm(0).Pte(0).Raw = Pte.Map(page, write: true, dirty: true);
        return page;
    }
}
