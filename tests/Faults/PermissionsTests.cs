using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Tests.Promises;

namespace Variants.Tests.Faults;

/// <summary>Nobody stores to a page that mprotect() has made read-only, and nobody is refused who may.</summary>
public sealed class PermissionsTests
{
    [Fact]
    public void A_store_must_not_succeed_once_mprotect_has_returned() => Assert.Equal(
        "MissingSignal read-only page: A wrote 1 at page 0, which mprotect had made read-only",
        Scene.Answering("A: mprotect-ro 0; write 0", Verbs.ProtectRead, 0));

    [Fact]
    public void A_page_that_could_be_stored_to_is_found_at_rest() => Assert.Equal(
        "MissingSignal read-only page: A could write at page 0 at rest, which mprotect has made read-only",
        Scene.Answering("A: write 0; mprotect-ro 0", Verbs.ProtectRead, 0));

    [Fact]
    public void Loads_need_no_permission() => Assert.Equal(
        "kept", Scene.Answering("A: mprotect-ro 0; read 1", Verbs.ProtectRead, 0));

    [Fact]
    public void A_store_to_a_read_only_page_may_end_in_a_signal() => Assert.Equal("kept", Scene.Run(
        "A: mprotect-ro 0; write 0",
        machine => new DirectKernel(machine)
        {
            InsteadOfCall = (_, operation) => operation.Verb == Verbs.ProtectRead ? 0 : null,
            InsteadOfFault = (_, _) => Fault.SegmentationFault,
        }));

    [Fact]
    public void What_was_made_writable_again_is_writable() => Assert.Equal("kept", Scene.Run(
        "A: mprotect-ro 0; mprotect-rw 0; write 0",
        machine => new DirectKernel(machine)
        {
            InsteadOfCall = (_, operation) => operation.Verb == Verbs.ProtectRead || operation.Verb == Verbs.ProtectWrite ? 0 : null,
        }));

    [Fact]
    public void What_is_mapped_anew_is_writable() => Assert.Equal(
        "kept", Scene.Answering("A: mprotect-ro 0; mmap-anon 0; write 0", Verbs.ProtectRead, 0));

    [Fact]
    public void An_mprotect_that_failed_may_have_done_it_or_not() => Assert.Equal(
        "kept", Scene.Answering("A: mprotect-ro 0; write 0", Verbs.ProtectRead, Errno.NoMem));
}
