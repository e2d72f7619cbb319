using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Tests.Memory;

/// <summary>Page-table pages come empty, live until they are freed, and whoever walks one that is gone is told.</summary>
public sealed class PageTablesTests
{
    [Fact]
    public void A_table_comes_empty_and_has_the_ptes_of_neighbouring_addresses()
    {
        PageTables tables = SwitchedOn();
        PageTable table = tables.Take();
        table.Pte(2).Raw = Pte.Swapped(new SwapEntry(0, 1, 0));

        Assert.Same(table.Pte(2), table.Pte(4));
        Assert.NotSame(table.Pte(2), table.Pte(3));
        Assert.Equal((0, 1, 1, 2), (PageTable.Of(1), PageTable.Of(2), PageTable.Of(3), PageTable.Of(4)));

        table.Free();
        PageTable again = tables.Take();
        while (!ReferenceEquals(again, table))
        {
            again = tables.Take();
        }

        Assert.True(again.Pte(2).Raw.IsNone);
    }

    [Fact]
    public void The_one_freed_longest_ago_is_given_out_first_so_that_stale_walkers_are_seen()
    {
        PageTables tables = SwitchedOn();
        PageTable first = tables.Take();
        first.Free();

        Assert.NotSame(first, tables.Take());
    }

    [Fact]
    public void More_than_there_are_is_said_in_words()
    {
        PageTables tables = SwitchedOn();
        foreach (PageTable _ in tables.Raw)
        {
            tables.Take();
        }

        Assert.Equal($"all {tables.Raw.Length} page_tables are in use", Assert.Throws<InvalidOperationException>(tables.Take).Message);
        tables.PowerOn();
        Assert.True(tables.Take().IsAllocated);
    }

    [Theory]
    [InlineData(true, "UseAfterFree page_table")]
    [InlineData(false, "")]
    public void A_walk_of_a_freed_table_is_a_use_after_free_and_of_a_live_one_is_none(bool frees, string failure)
    {
        TestProgram program = new();
        PageTables tables = new(program.Smp);
        PageTable? table = null;
        program.Before = () =>
        {
            tables.PowerOn();
            table = tables.Take();
        };
        program.On("munmap", async () =>
        {
            await program.Smp.Point();
            if (frees)
            {
                table!.Free();
            }
        });
        program.On("fault", async () =>
        {
            await program.Smp.Point();
            _ = table!.Pte(0).Value;
        });

        Failure? found = program.Run();
        Assert.Equal(failure, found is null ? "" : $"{found.Kind} {found.Subject}");
    }

    private static PageTables SwitchedOn()
    {
        PageTables tables = new(new Smp(Checks.All));
        tables.PowerOn();
        return tables;
    }
}
