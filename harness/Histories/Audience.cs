using System.Reflection;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>
/// The witnesses of a machine, sorted by what they hear: an event calls those that care for it, and no other. They hear
/// it in their order.
/// </summary>
internal sealed class Audience
{
    private readonly IWitness[] _booted;
    private readonly IWitness[] _began;
    private readonly IWitness[] _ended;
    private readonly IWitness[] _woke;
    private readonly IWitness[] _read;
    private readonly IWitness[] _wrote;
    private readonly IWitness[] _deviceRead;
    private readonly IWitness[] _deviceWrote;
    private readonly IWitness[] _signalled;
    private readonly IWitness[] _quiet;

    internal Audience(IWitness[] witnesses)
    {
        _booted = ThoseWhoHear(witnesses, nameof(IWitness.Booted));
        _began = ThoseWhoHear(witnesses, nameof(IWitness.Began));
        _ended = ThoseWhoHear(witnesses, nameof(IWitness.Ended));
        _woke = ThoseWhoHear(witnesses, nameof(IWitness.Woke));
        _read = ThoseWhoHear(witnesses, nameof(IWitness.Read));
        _wrote = ThoseWhoHear(witnesses, nameof(IWitness.Wrote));
        _deviceRead = ThoseWhoHear(witnesses, nameof(IWitness.DeviceRead));
        _deviceWrote = ThoseWhoHear(witnesses, nameof(IWitness.DeviceWrote));
        _signalled = ThoseWhoHear(witnesses, nameof(IWitness.Signalled));
        _quiet = ThoseWhoHear(witnesses, nameof(IWitness.Quiet));
    }

    internal void Booted(Machine machine)
    {
        foreach (IWitness witness in _booted)
        {
            witness.Booted(machine);
        }
    }

    internal void Began(TaskStruct task, Operation operation)
    {
        foreach (IWitness witness in _began)
        {
            witness.Began(task, operation);
        }
    }

    internal void Ended(TaskStruct task, Operation operation, int result)
    {
        foreach (IWitness witness in _ended)
        {
            witness.Ended(task, operation, result);
        }
    }

    internal void Woke(TaskStruct parent, TaskStruct child, Operation operation)
    {
        foreach (IWitness witness in _woke)
        {
            witness.Woke(parent, child, operation);
        }
    }

    internal void Read(TaskStruct task, int address, int value)
    {
        foreach (IWitness witness in _read)
        {
            witness.Read(task, address, value);
        }
    }

    internal void Wrote(TaskStruct task, int address, int value)
    {
        foreach (IWitness witness in _wrote)
        {
            witness.Wrote(task, address, value);
        }
    }

    internal void DeviceRead(TaskStruct task, int value)
    {
        foreach (IWitness witness in _deviceRead)
        {
            witness.DeviceRead(task, value);
        }
    }

    internal void DeviceWrote(TaskStruct task, int value)
    {
        foreach (IWitness witness in _deviceWrote)
        {
            witness.DeviceWrote(task, value);
        }
    }

    internal void Signalled(TaskStruct task, int address, bool write, Fault fault)
    {
        foreach (IWitness witness in _signalled)
        {
            witness.Signalled(task, address, write, fault);
        }
    }

    internal void Quiet()
    {
        foreach (IWitness witness in _quiet)
        {
            witness.Quiet();
        }
    }

    private static IWitness[] ThoseWhoHear(IWitness[] witnesses, string happening) =>
        [.. witnesses.Where(witness => Hears(witness.GetType(), happening))];

    /// <summary>True if the type says what it does then, instead of leaving it to the interface, which does nothing.</summary>
    private static bool Hears(Type type, string happening)
    {
        InterfaceMapping map = type.GetInterfaceMap(typeof(IWitness));
        int index = Array.FindIndex(map.InterfaceMethods, method => method.Name == happening);
        return map.TargetMethods[index].DeclaringType != typeof(IWitness);
    }
}
