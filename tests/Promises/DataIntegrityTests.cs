using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Tests.Promises;

/// <summary>A right kernel is spoiled in one place: what data-integrity says of it, in full.</summary>
public sealed class DataIntegrityTests
{
    [Fact]
    public void A_store_that_is_lost_is_read_as_what_was_there_before()
    {
        Assert.Equal(
            "WrongData user data: A read 1 at page 0; it could hold 2",
            Scene.Damaged("A: write 0; write 0; reclaim 1; read 0", (machine, _) => machine.Pages[PageOf(machine, 0)].Content = 1));
    }

    [Fact]
    public void A_page_that_is_lost_reads_as_zero_or_as_garbage()
    {
        Assert.Equal(
            "WrongData user data: A read 0 at page 0; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1; read 0", (machine, kernel) => kernel.Zap(machine.Mm(0), 0)));
        Assert.Equal(
            "WrongData user data: A read garbage at page 0; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1; read 0", (machine, _) => machine.Pages[PageOf(machine, 0)].Content = Page.Poison));
        Assert.Equal(
            "WrongData user data: A read foreign data at page 0; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1; read 0", (machine, _) => machine.Pages[PageOf(machine, 0)].Content = SwapArea.Garbage));
    }

    [Fact]
    public void A_store_of_another_process_must_not_show()
    {
        Assert.Equal(
            "WrongData user data: B read 1 at page 0; it could hold 2",
            Scene.Damaged(
                "A: write 0\nB: exec; exec; write 0; reclaim 1; read 0",
                (machine, _) => machine.Task(1).RawMm!.Pte(0).Raw = machine.Mm(0).Pte(0).Raw));
    }

    [Fact]
    public void What_nobody_reads_again_is_read_at_rest()
    {
        Assert.Equal(
            "WrongData user data: A would read 7 at page 0 at rest; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, _) => machine.Pages[PageOf(machine, 0)].Content = 7));
        Assert.Equal(
            "WrongData user data: A would read 0 at page 0 at rest; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) => kernel.Zap(machine.Mm(0), 0)));
        Assert.Equal(
            "WrongData user data: A would read page0, which is free, at page 0 at rest; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, _) => machine.Zone.Put(machine.Pages[PageOf(machine, 0)])));
        Assert.Equal(
            "WrongData user data: A would find nothing mapped at page 0 at rest; it could hold 0",
            Scene.Damaged("A: reclaim 1", (machine, _) => machine.Mm(0).Mmap = null));
        Assert.Equal(
            "WrongData user data: A would find page 0 lost at rest; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) =>
            {
                kernel.Zap(machine.Mm(0), 0);
                machine.Mm(0).Pte(0).Raw = Pte.Bad;
            }));
        Assert.Equal(
            "WrongData user data: A has no address space at rest",
            Scene.Damaged("A: reclaim 1", (machine, _) => machine.Task(0).Mm = null));
    }

    [Fact]
    public void A_page_in_swap_is_read_at_rest_from_the_cache_or_from_the_device()
    {
        Assert.Equal(
            "WrongData user data: A would read foreign data at page 0 at rest; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) => SwapOut(machine, kernel, written: SwapArea.Garbage)));
        Assert.Equal("kept", Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) => SwapOut(machine, kernel, written: 1)));
        Assert.Equal(
            "kept",
            Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) =>
            {
                SwapOut(machine, kernel, written: SwapArea.Garbage);
                Page cached = machine.Zone.Take()!;
                cached.Content = 1;
                machine.SwapCache.Insert(cached, machine.Areas[0].EntryOf(0));
                machine.Areas[0].Map[0]++;
            }));
        Assert.Equal(
            "WrongData user data: A would find E0 at page 0 at rest, and swap0 is off; it could hold 1",
            Scene.Damaged("A: write 0; reclaim 1", (machine, kernel) =>
            {
                SwapOut(machine, kernel, written: 1);
                machine.Areas[0].IsUsed = false;
            }));
    }

    [Fact]
    public void Nothing_unmapped_can_be_used()
    {
        Assert.Equal(
            "MissingSignal unmapped page: A read 1 at page 0, which was not mapped",
            Scene.Answering("A: write 0; munmap 0; read 0", Verbs.Unmap, 0));
        Assert.Equal(
            "MissingSignal unmapped page: A wrote 2 at page 0, which was not mapped",
            Scene.Answering("A: write 0; munmap 0; write 0", Verbs.Unmap, 0));
        Assert.Equal(
            "MissingSignal unmapped page: A would read 1 at page 0 at rest, which is not mapped",
            Scene.Run("A: write 0; munmap 0", machine => new DirectKernel(machine)
            {
                InsteadOfCall = (_, operation) =>
                {
                    if (operation.Verb != Verbs.Unmap)
                    {
                        return null;
                    }

                    machine.Mm(0).Mmap = machine.Mm(0).Mmap!.Next;
                    return 0;
                },
            }));
    }

    [Fact]
    public void Calls_that_succeed_have_done_what_they_say()
    {
        Assert.Equal(
            "WrongData user data: A read 1 at page 0; it could hold 0",
            Scene.Answering("A: write 0; mmap-anon 0; read 0", Verbs.MapAnonymous, 0));
        Assert.Equal(
            "WrongData user data: A read 1 at page 0; it could hold file page 0",
            Scene.Answering("A: write 0; mmap-file 0; read 0", Verbs.MapFile, 0));
        Assert.Equal(
            "WrongData user data: A read 1 at page 2; it could hold file page 0 or 0",
            Scene.Answering("A: mmap-file 2; write 2; truncate 0; read 2", Verbs.Truncate, 0));
        Assert.Equal(
            "WrongData user data: A read 1 at page 0; it could hold 0",
            Scene.Answering("A: write 0; exec; read 0", Verbs.Exec, 0));
    }

    [Fact]
    public void Calls_that_fail_may_have_done_it_or_not()
    {
        Assert.Equal("kept", Scene.Answering("A: write 0; mmap-anon 0; read 0", Verbs.MapAnonymous, Errno.NoMem));
        Assert.Equal("kept", Scene.Answering("A: mmap-file 2; write 2; truncate 0; read 2", Verbs.Truncate, Errno.Io));
        Assert.Equal("kept", Scene.Answering("A: write 0; exec; read 0", Verbs.Exec, Errno.NoMem));
        Assert.Equal("kept", Scene.Answering("A: write 0; fork; read 0", Verbs.Fork, Errno.NoMem));
        Assert.Equal("kept", Scene.Run("A: write 0; munmap 0; read 0"));
    }

    [Fact]
    public void A_debugger_reads_what_the_page_held_while_it_looked()
    {
        Assert.Equal("WrongData user data: B peeked 9 at page 0 of A; it could hold 1", Peeking("A: write 0\nB: exec; exec; exec; peek A 0", 9));
        Assert.Equal("WrongData user data: B peeked 9 at page 1 of A; it could hold 0", Peeking("A: write 0\nB: exec; exec; exec; peek A 1", 9));
        Assert.Equal("MissingSignal unmapped page: B peeked 9 at page 3 of A, which was not mapped", Peeking("A: write 0\nB: exec; exec; exec; peek A 3", 9));
        Assert.Equal("kept", Scene.Run("A: write 0\nB: exec; exec; exec; peek A 0; peek A 1; peek A 3"));
    }

    private static string Peeking(string actors, int value) => Scene.Run(actors, machine => new DirectKernel(machine)
    {
        InsteadOfCall = (task, operation) =>
        {
            if (operation.Verb != Verbs.Peek)
            {
                return null;
            }

            task.Peeked = value;
            return 0;
        },
    });

    private static int PageOf(Machine machine, int address) => machine.Mm(0).Pte(address).Raw.PageIndex;

    private static void SwapOut(Machine machine, DirectKernel kernel, int written)
    {
        kernel.Zap(machine.Mm(0), 0);
        machine.Mm(0).Pte(0).Raw = Pte.Swapped(machine.Areas[0].EntryOf(0));
        machine.Areas[0].Map[0] = 1;
        machine.Areas[0].Disk(0) = written;
        kernel.NrSwapPages--;
    }
}
