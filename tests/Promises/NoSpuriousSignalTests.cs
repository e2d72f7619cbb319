using Variants.Harness.Memory;

namespace Variants.Tests.Promises;

public sealed class NoSpuriousSignalTests
{
    [Fact]
    public void A_signal_without_a_cause_is_reported()
    {
        Assert.Equal(
            "SpuriousSignal SIGSEGV: A got SIGSEGV for a write at page 0, which was mapped all the while",
            Scene.Faulting("A: write 0", Fault.SegmentationFault));
        Assert.Equal(
            "SpuriousSignal SIGBUS: A got SIGBUS for a read at page 1, which no truncation has cut",
            Scene.Faulting("A: read 1", Fault.BusError));
        Assert.Equal(
            "SpuriousSignal SIGKILL: A got SIGKILL for a read at page 1, and no allocation failed",
            Scene.Faulting("A: read 1", Fault.OutOfMemory));
    }

    [Fact]
    public void An_unmapped_address_is_a_cause()
    {
        Assert.Equal("kept", Scene.Run("A: write 2"));
        Assert.Equal("kept", Scene.Run("A: munmap 0; read 0"));
        Assert.Equal(
            "SpuriousSignal SIGSEGV: A got SIGSEGV for a read at page 2, which was mapped all the while",
            Scene.Faulting("A: mmap-anon 2; read 2", Fault.SegmentationFault));
    }

    [Fact]
    public void A_truncated_file_is_a_cause_for_those_who_map_it()
    {
        Assert.Equal("kept", Scene.Faulting("A: mmap-file 2; truncate 0; read 2", Fault.BusError));
        Assert.Equal(
            "SpuriousSignal SIGBUS: A got SIGBUS for a read at page 2, which no truncation has cut",
            Scene.Faulting("A: mmap-file 2; truncate 1; read 2", Fault.BusError));
        Assert.Equal(
            "SpuriousSignal SIGBUS: A got SIGBUS for a read at page 1, which no truncation has cut",
            Scene.Faulting("A: mmap-file 2; truncate 0; read 1", Fault.BusError));
    }

    [Fact]
    public void An_allocation_that_failed_is_a_cause_in_the_same_access()
    {
        Assert.Equal("kept", Scene.Run("A: failalloc 1; write 0"));
        Assert.Equal(
            "SpuriousSignal SIGKILL: A got SIGKILL for a read at page 0, and no allocation failed",
            Scene.Run("A: failalloc 1; mmap-anon 2; read 0", machine => new DirectKernel(machine) { InsteadOfFault = (_, _) => Fault.OutOfMemory }));
    }

    [Fact]
    public void Without_data_integrity_it_keeps_the_shadow_itself()
    {
        Assert.Equal("kept", Scene.Run("A: munmap 0; read 0", null, "no-spurious-signal"));
        Assert.Equal("kept", Scene.Run("A: fork { munmap 0; read 0 }; read 0", null, "no-spurious-signal"));
    }
}
