using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>A promise that a user brought.</summary>
internal sealed class BroughtProperty(OwnProperty own) : Property
{
    /// <inheritdoc/>
    public override string Name => own.Name;

    /// <inheritdoc/>
    public override string Promise => own.Promise;

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind == FailureKind.OwnProperty && failure.Subject == own.Name;

    /// <inheritdoc/>
    internal override IWitness? Watch(Machine machine, ShadowMemory shadow) => new BroughtWitness(own, machine);
}

/// <summary>
/// A user's witness, and whoever calls it comes back: what it throws is kept, because a kernel function must not fail
/// with what is none of its own.
/// </summary>
internal sealed class BroughtWitness(OwnProperty own, Machine machine) : IWitness
{
    private readonly IWitness _witness = Made(own, machine);

    /// <summary>The promise.</summary>
    internal string Name => own.Name;

    /// <summary>What it threw first, null if nothing.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>True while its code runs.</summary>
    internal bool IsInside { get; private set; }

    public void Booted(Machine booted) => Hear(() => _witness.Booted(booted));

    public void Began(TaskStruct task, Operation operation) => Hear(() => _witness.Began(task, operation));

    public void Ended(TaskStruct task, Operation operation, int result) => Hear(() => _witness.Ended(task, operation, result));

    public void Woke(TaskStruct parent, TaskStruct child, Operation operation) => Hear(() => _witness.Woke(parent, child, operation));

    public void Read(TaskStruct task, int address, int value) => Hear(() => _witness.Read(task, address, value));

    public void Wrote(TaskStruct task, int address, int value) => Hear(() => _witness.Wrote(task, address, value));

    public void DeviceRead(TaskStruct task, int value) => Hear(() => _witness.DeviceRead(task, value));

    public void DeviceWrote(TaskStruct task, int value) => Hear(() => _witness.DeviceWrote(task, value));

    public void Signalled(TaskStruct task, int address, bool write, Fault fault) => Hear(() => _witness.Signalled(task, address, write, fault));

    public void Quiet() => Hear(_witness.Quiet);

    private static IWitness Made(OwnProperty own, Machine machine)
    {
        try
        {
            return own.Watch(machine) ?? throw new PropertyException(own.Name, "its Watch answers null");
        }
        catch (Exception error) when (error is not PropertyException)
        {
            throw new PropertyException(own.Name, $"its Watch throws {error.GetType().Name}: {error.Message}", error);
        }
    }

    private void Hear(Action told)
    {
        IsInside = true;
        try
        {
            told();
        }
        catch (Exception error)
        {
            Error ??= error;
            machine.Smp.Broken(own.Name, "threw");
        }

        // Not if it was ended by force: then it is still the one to blame.
        IsInside = false;
    }
}

/// <summary>A promise that a user brought cannot be relied on: nothing that was held to it means anything.</summary>
public sealed class PropertyException : Exception
{
    /// <summary>What went wrong with <paramref name="property"/>.</summary>
    public PropertyException(string property, string problem, Exception? inner = null)
        : base($"{property}: {problem}", inner)
    {
        Property = property;
    }

    /// <summary>The promise, by name.</summary>
    public string Property { get; }
}
