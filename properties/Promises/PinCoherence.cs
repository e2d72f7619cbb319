using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>Pins and mappings see one page: see <see cref="ShadowMemory"/> for what that allows.</summary>
public sealed class PinCoherence : Property
{
    /// <summary>The subject of a value that a process finds, or a device has written in vain.</summary>
    internal const string Process = "pinned page, seen by a process";

    /// <summary>The subject of a value that a device finds.</summary>
    internal const string Device = "pinned page, seen by the device";

    /// <inheritdoc/>
    public override string Name => PropertyNames.PinCoherence;

    /// <inheritdoc/>
    public override string Promise => "While a page is pinned, the device and the process see each other's stores, and nobody else does.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind == FailureKind.Incoherent;

    /// <inheritdoc/>
    internal override bool NeedsShadow => true;

    /// <inheritdoc/>
    internal override IWitness Watch(Machine machine, ShadowMemory shadow) => new Judge(machine, shadow);

    /// <summary>Compares what devices read with what they could; what processes read is compared where that is done anyway.</summary>
    private sealed class Judge(Machine machine, ShadowMemory shadow) : IWitness
    {
        public void DeviceRead(TaskStruct task, int value)
        {
            if (!shadow.CouldDeviceRead(task, value))
            {
                machine.Smp.Fail(
                    FailureKind.Incoherent,
                    Device,
                    $"the device of {task.Comm} read {Values.Text(value)}; its page could hold {shadow.DescribePinned(task)}");
            }
        }

        /// <summary>What every device would read that has a page yet.</summary>
        public void Quiet()
        {
            for (int index = 0; index < machine.TaskCount; index++)
            {
                TaskStruct task = machine.Task(index);
                if (task.Pinned is { } page && !shadow.CouldDeviceRead(task, page.RawContent))
                {
                    machine.Smp.FailAtRest(
                        FailureKind.Incoherent,
                        Device,
                        $"the device of {task.Comm} would read {Values.Text(page.RawContent)} at rest; its page could hold {shadow.DescribePinned(task)}");
                    return;
                }
            }
        }
    }
}
