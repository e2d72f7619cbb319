using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Tests.Memory;

/// <summary>A CPU remembers what it found in the page tables until it is told to forget, and nobody else does.</summary>
public sealed class TlbTests
{
    private readonly Tlb _tlb;
    private readonly MmStruct _mm;
    private readonly MmStruct _other;

    public TlbTests()
    {
        Smp smp = new(Checks.All);
        _tlb = new Tlb(smp);
        _mm = new MmStruct(smp, 0, Machine.Addresses);
        _other = new MmStruct(smp, 1, Machine.Addresses);
    }

    [Fact]
    public void An_entry_answers_its_own_cpu_address_space_and_address_only()
    {
        _tlb.Fill(cpu: 1, _mm, address: 2, page: 5, write: false);

        Assert.Equal(5, _tlb.Find(1, _mm, 2, write: false));
        Assert.Equal(-1, _tlb.Find(0, _mm, 2, write: false));
        Assert.Equal(-1, _tlb.Find(1, _other, 2, write: false));
        Assert.Equal(-1, _tlb.Find(1, _mm, 3, write: false));
    }

    [Fact]
    public void A_store_walks_the_tables_where_only_loads_have_been_and_a_load_goes_by_what_a_store_has_found()
    {
        _tlb.Fill(0, _mm, 0, page: 3, write: false);
        Assert.Equal(-1, _tlb.Find(0, _mm, 0, write: true));

        _tlb.Fill(0, _mm, 0, page: 4, write: true);
        Assert.Equal((4, 4), (_tlb.Find(0, _mm, 0, write: true), _tlb.Find(0, _mm, 0, write: false)));
    }

    [Fact]
    public void Flushing_a_page_takes_it_from_every_cpu_and_leaves_its_neighbours_and_other_address_spaces()
    {
        _tlb.Fill(0, _mm, 1, 10, write: true);
        _tlb.Fill(7, _mm, 1, 10, write: false);
        _tlb.Fill(0, _mm, 2, 11, write: true);
        _tlb.Fill(3, _other, 1, 12, write: true);

        _tlb.FlushPage(_mm, 1);

        Assert.Equal(
            (-1, -1, 11, 12),
            (_tlb.Find(0, _mm, 1, false), _tlb.Find(7, _mm, 1, false), _tlb.Find(0, _mm, 2, false), _tlb.Find(3, _other, 1, false)));
    }

    [Fact]
    public void Flushing_an_address_space_takes_all_of_it_from_every_cpu_and_leaves_the_others()
    {
        _tlb.Fill(0, _mm, 1, 10, write: true);
        _tlb.Fill(7, _mm, 3, 11, write: false);
        _tlb.Fill(7, _other, 1, 12, write: false);

        _tlb.FlushMm(_mm);

        Assert.Equal(
            (-1, -1, 12),
            (_tlb.Find(0, _mm, 1, false), _tlb.Find(7, _mm, 3, false), _tlb.Find(7, _other, 1, false)));
    }

    [Fact]
    public void A_machine_that_is_switched_on_remembers_nothing()
    {
        _tlb.Fill(0, _mm, 1, 10, write: true);
        _tlb.PowerOn();
        Assert.Equal(-1, _tlb.Find(0, _mm, 1, write: false));
    }
}
