using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Mine;

/// <summary>A system call says that memory has run out only if an allocation of its caller has failed.</summary>
public sealed class EnomemHasACause(Machine machine) : IWitness
{
    /// <summary>What joins a comparison.</summary>
    public static OwnProperty Property { get; } = new(
        "enomem-has-a-cause",
        "A system call answers -ENOMEM only after an allocation has failed.",
        machine => new EnomemHasACause(machine));

    /// <inheritdoc/>
    public void Ended(TaskStruct task, Operation operation, int result)
    {
        if (result == Errno.NoMem && !task.SawAllocationFail)
        {
            machine.Smp.Broken(Property.Name, $"{task.Comm}: {operation} returned -ENOMEM, and no allocation had failed");
        }
    }
}
