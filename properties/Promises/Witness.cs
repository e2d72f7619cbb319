using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>A witness that cares for some events only.</summary>
internal abstract class Witness : IWitness
{
    /// <inheritdoc/>
    public virtual void Booted(Machine machine)
    {
    }

    /// <inheritdoc/>
    public virtual void Began(TaskStruct task, Operation operation)
    {
    }

    /// <inheritdoc/>
    public virtual void Ended(TaskStruct task, Operation operation, int result)
    {
    }

    /// <inheritdoc/>
    public virtual void Woke(TaskStruct parent, TaskStruct child, Operation operation)
    {
    }

    /// <inheritdoc/>
    public virtual void Read(TaskStruct task, int address, int value)
    {
    }

    /// <inheritdoc/>
    public virtual void Wrote(TaskStruct task, int address, int value)
    {
    }

    /// <inheritdoc/>
    public virtual void Signalled(TaskStruct task, int address, bool write, Fault fault)
    {
    }

    /// <inheritdoc/>
    public virtual void Quiet()
    {
    }
}
