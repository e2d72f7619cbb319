using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// Signals have a cause: SIGSEGV that the address was unmapped, or read-only to a store, at some moment of the access,
/// SIGBUS that it was unmapped or the file was cut, SIGKILL that memory ran out. That an access without one gets its
/// signal is <see cref="DataIntegrity"/>'s.
/// </summary>
public sealed class NoSpuriousSignal : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.NoSpuriousSignal;

    /// <inheritdoc/>
    public override string Promise => "Nobody gets a signal for an access that was valid from beginning to end while memory lasted.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind == FailureKind.SpuriousSignal;

    /// <inheritdoc/>
    internal override bool NeedsShadow => true;

    /// <inheritdoc/>
    internal override IWitness Watch(Machine machine, ShadowMemory shadow) => new Judge(machine, shadow);

    private sealed class Judge(Machine machine, ShadowMemory shadow) : IWitness
    {
        public void Signalled(TaskStruct task, int address, bool write, Fault fault)
        {
            if (shadow.CouldFault(task, address, fault))
            {
                return;
            }

            (string signal, string why) = fault switch
            {
                Fault.SegmentationFault => ("SIGSEGV", "which was mapped all the while"),
                Fault.BusError => ("SIGBUS", "which no truncation has cut"),
                _ => ("SIGKILL", "and no allocation failed"),
            };
            machine.Smp.Fail(
                FailureKind.SpuriousSignal,
                signal,
                $"{task.Comm} got {signal} for a {(write ? "write" : "read")} at page {address}, {why}");
        }
    }
}
