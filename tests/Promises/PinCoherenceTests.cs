using Variants.Harness.Memory;

namespace Variants.Tests.Promises;

/// <summary>A right kernel is spoiled in one place: what pin-coherence says of it, and when it says nothing.</summary>
public sealed class PinCoherenceTests
{
    [Fact]
    public void A_device_and_its_process_see_each_others_stores()
    {
        Assert.Equal("kept", Scene.Run("A: write 0; pin-write 0; device-write; read 0; write 0; device-read; unpin; read 0"));
        Assert.Equal("kept", Scene.Run("A: write 0; pin-read 0; write 0; device-read; reclaim 4; write 0; device-read"));
    }

    [Fact]
    public void A_device_that_may_only_read_writes_nothing() =>
        Assert.Equal("kept", Scene.Run("A: write 0; pin-read 0; device-write; read 0; unpin; device-read"));

    [Fact]
    public void A_process_that_has_got_another_page_misses_what_the_device_writes()
    {
        Assert.Equal(
            "Incoherent pinned page, seen by a process: A read 1 at page 0; it could hold 2",
            Scene.Damaged("A: write 0; pin-write 0; reclaim 1; device-write; read 0", Detach));
        Assert.Equal(
            "Incoherent pinned page, seen by a process: A would read 1 at page 0 at rest; it could hold 2",
            Scene.Damaged("A: write 0; pin-write 0; reclaim 1; device-write", Detach));
    }

    [Fact]
    public void A_device_misses_what_such_a_process_stores()
    {
        Assert.Equal(
            "Incoherent pinned page, seen by the device: the device of A read 1; its page could hold 2",
            Scene.Damaged("A: write 0; pin-read 0; reclaim 1; write 0; device-read", Detach));
        Assert.Equal(
            "Incoherent pinned page, seen by the device: the device of A would read 1 at rest; its page could hold 2",
            Scene.Damaged("A: write 0; pin-read 0; reclaim 1; write 0", Detach));
    }

    [Fact]
    public void What_is_unmapped_is_the_devices_alone()
    {
        Assert.Equal("kept", Scene.Run("A: write 0; pin-write 0; munmap 0; device-read; device-write; device-read; mmap-anon 0; write 0; device-read"));
        Assert.Equal(
            "Incoherent pinned page, seen by the device: the device of A read 9; its page could hold 1",
            Scene.Damaged(
                "A: write 0; pin-read 0; munmap 0; reclaim 1; device-read",
                (machine, _) => machine.Task(0).Pinned!.Content = 9));
    }

    [Fact]
    public void A_child_has_what_the_page_was_and_not_what_the_device_writes_later() => Assert.Equal(
        "Incoherent pinned page, seen by a process: A.1 would read 2 at page 0 at rest; it could hold 1",
        Scene.Damaged("A: write 0; pin-write 0; fork { }; device-write; reclaim 1", (machine, kernel) =>
        {
            kernel.Zap(machine.Mm(1), 0);
            Page page = machine.Task(0).Pinned!;
            page.Count.Raw++;
            machine.Mm(1).Pte(0).Raw = Pte.Map(page);
        }));

    [Fact]
    public void Threads_of_the_process_see_the_device_as_well_and_exec_leaves_it_to_them() =>
        Assert.Equal("kept", Scene.Run("A: write 0; pin-write 0; clone { read 0; write 0; read 0 }; device-write; exec; write 0; device-read"));

    [Fact]
    public void A_task_has_one_pin_and_whoever_exits_lets_go_of_it()
    {
        Assert.Equal("kept", Scene.Run("A: write 0; write 1; pin-write 0; pin-read 1; device-write; read 0; read 1; exit"));
        Assert.Equal("kept", Scene.Run("A: pin-write 0; write 3\nB: pin-read 1"));
    }

    [Fact]
    public void A_pin_that_nobody_gave_back_is_counted() => Assert.Equal(
        "Leak page.count: page0 has count 2 and is in use 1 times",
        Scene.Damaged("A: write 0; pin-read 0; reclaim 1", (machine, _) => machine.Task(0).Pinned = null));

    /// <summary>The process gets a copy of the page that it has pinned.</summary>
    private static void Detach(Machine machine, DirectKernel kernel)
    {
        Page copy = machine.Zone.Take()!;
        copy.Content = machine.Task(0).Pinned!.Content;
        kernel.Zap(machine.Mm(0), 0);
        machine.Mm(0).Pte(0).Raw = Pte.Map(copy, write: true, dirty: true);
    }
}
