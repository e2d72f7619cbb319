using Variants.Harness.Histories;

namespace Variants.Harness.Memory;

/// <summary>
/// Sees what user programs see, and nothing of how it came about: where the promises of the system calls are
/// checked. All of a machine's events reach a witness in the order in which they happen. It implements those it cares
/// for: the others are not called at all.
/// </summary>
public interface IWitness
{
    /// <summary>The machine is on; its first processes exist.</summary>
    void Booted(Machine machine)
    {
    }

    /// <summary><paramref name="task"/> begins an operation.</summary>
    void Began(TaskStruct task, Operation operation)
    {
    }

    /// <summary>The operation is over; <paramref name="result"/> is what the system call returned.</summary>
    void Ended(TaskStruct task, Operation operation, int result)
    {
    }

    /// <summary>A child exists and may run: of a fork or clone that <paramref name="parent"/> has not ended yet.</summary>
    void Woke(TaskStruct parent, TaskStruct child, Operation operation)
    {
    }

    /// <summary>A load returned <paramref name="value"/>.</summary>
    void Read(TaskStruct task, int address, int value)
    {
    }

    /// <summary>A store of <paramref name="value"/> took effect.</summary>
    void Wrote(TaskStruct task, int address, int value)
    {
    }

    /// <summary>The device of <paramref name="task"/> read <paramref name="value"/> in the page that the task has pinned.</summary>
    void DeviceRead(TaskStruct task, int value)
    {
    }

    /// <summary>The device of <paramref name="task"/> wrote <paramref name="value"/> to the page that the task has pinned.</summary>
    void DeviceWrote(TaskStruct task, int value)
    {
    }

    /// <summary>An access ended in a signal.</summary>
    void Signalled(TaskStruct task, int address, bool write, Fault fault)
    {
    }

    /// <summary>Everything has come to an end: the whole machine may be audited.</summary>
    void Quiet()
    {
    }
}
