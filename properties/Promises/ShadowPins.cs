using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <content>
/// Pages that are pinned for devices. From the end of the call that pins it, the page is the one that the address space
/// has there, and a device's stores are stores of the address space: whatever fork, reclaim, swapoff and faults do
/// meanwhile. When the address is unmapped or mapped anew, the device keeps what was there, to itself; what processes
/// store later must not reach it.
/// </content>
internal sealed partial class ShadowMemory
{
    private const int MostValues = 256;

    private readonly Pin[] _pins = Pins();
    private readonly bool[] _isOfDevice = new bool[MostValues];
    private bool _hasPins;

    private enum PinState
    {
        /// <summary>The task has pinned nothing.</summary>
        None,

        /// <summary>The call is in progress.</summary>
        Beginning,

        /// <summary>As <see cref="Beginning"/>, and the address is being mapped or unmapped meanwhile.</summary>
        Disturbed,

        /// <summary>The page is the address space's.</summary>
        Attached,

        /// <summary>It is being taken away from the address space.</summary>
        Loose,

        /// <summary>It is the device's alone.</summary>
        Detached,

        /// <summary>Nobody can know which page it is.</summary>
        Unknown,
    }

    /// <summary>The device of the task has read its page.</summary>
    public void DeviceRead(TaskStruct task, int value)
    {
        Pin pin = _pins[task.Index];
        if (pin.State == PinState.Attached)
        {
            pin.Space![pin.Address].KeepAgreeing(value, _file);
        }
        else if (pin.State == PinState.Detached)
        {
            pin.Held.KeepAgreeing(value, _file);
        }
    }

    /// <summary>The device of the task has written to its page.</summary>
    public void DeviceWrote(TaskStruct task, int value)
    {
        _isOfDevice[value % MostValues] = true;
        Pin pin = _pins[task.Index];
        var stored = new Possibility(Holding.Anonymous, value);
        if (pin.State == PinState.Attached)
        {
            AddressSpace space = pin.Space!;
            space[pin.Address].Store(value, ++_time);
            Settle(space, pin.Address);
        }
        else if (pin.State is PinState.Loose or PinState.Unknown && pin.Space![pin.Address].HasMapped)
        {
            Widen(pin.Space, pin.Address, stored);
        }

        // Threads of one address space may have pinned one page.
        foreach (Pin other in _pins)
        {
            if (other.State is PinState.Loose or PinState.Detached && other.Space == pin.Space && other.Address == pin.Address)
            {
                if (other == pin)
                {
                    other.Held.Set(stored);
                }
                else
                {
                    other.Held.Add(stored);
                }
            }
        }
    }

    /// <summary>True if the page that the task has pinned may hold <paramref name="value"/> now.</summary>
    internal bool CouldDeviceRead(TaskStruct task, int value)
    {
        Pin pin = _pins[task.Index];
        return pin.State switch
        {
            PinState.Attached => pin.Space![pin.Address].Allows(value, _file),
            PinState.Loose => pin.Held.Allows(value, _file) || pin.Space![pin.Address].Allows(value, _file),
            PinState.Detached => pin.Held.Allows(value, _file),
            _ => true,
        };
    }

    /// <summary>What the page that the task has pinned could hold, for messages.</summary>
    internal string DescribePinned(TaskStruct task)
    {
        Pin pin = _pins[task.Index];
        return pin.State == PinState.Attached ? pin.Space![pin.Address].Describe(_file) : pin.Held.Describe(_file);
    }

    /// <summary>
    /// True if a value that a page should not hold is one that a device has written, or is there instead of one: then
    /// device and process have come apart.
    /// </summary>
    internal bool ConcernsDevice(TaskStruct task, int address, int value) =>
        IsOfDevice(value) || SpaceOf(task)[address].HasValueOf(_isOfDevice);

    /// <summary>As <see cref="ConcernsDevice"/>, of a value peeked at.</summary>
    internal bool PeekConcernsDevice(TaskStruct task, int value) =>
        IsOfDevice(value) || (CallOf(task) is { } call && call.Seen(call.Address).HasValueOf(_isOfDevice));

    private bool IsOfDevice(int value) => value >= 0 && _isOfDevice[value % MostValues];

    private void BootPins()
    {
        if (!_hasPins)
        {
            return;
        }

        _hasPins = false;
        Array.Clear(_isOfDevice);
        foreach (Pin pin in _pins)
        {
            pin.State = PinState.None;
            pin.Space = null;
        }
    }

    /// <summary>A task that has pinned a page already is told so, and has it still.</summary>
    private void BeginPin(TaskStruct task, int address)
    {
        Pin pin = _pins[task.Index];
        if (pin.State != PinState.None)
        {
            return;
        }

        AddressSpace space = SpaceOf(task);
        _hasPins = true;
        pin.Space = space;
        pin.Address = address;
        pin.State = PinState.Beginning;
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i].Remaps(space, address))
            {
                pin.State = PinState.Disturbed;
            }
        }
    }

    /// <summary>Pins of a file's page are not argued about: the first store of the process copies it.</summary>
    private void EndPin(TaskStruct task, int result)
    {
        Pin pin = _pins[task.Index];
        if (pin.State is not (PinState.Beginning or PinState.Disturbed))
        {
            return;
        }

        if (result < 0)
        {
            pin.State = PinState.None;
            return;
        }

        PossibleSet now = pin.Space![pin.Address];
        pin.State = pin.State == PinState.Beginning && now.HasMapped && !now.HasFile && !now.Has(Holding.Lost)
            ? PinState.Attached
            : PinState.Unknown;
    }

    /// <summary>From here stores of the process may reach the page, or what comes after it.</summary>
    private void LoosenPins(AddressSpace space, int address)
    {
        foreach (Pin pin in _pins)
        {
            if (pin.IsAt(space, address))
            {
                if (pin.State == PinState.Beginning)
                {
                    pin.State = PinState.Disturbed;
                }
                else if (pin.State == PinState.Attached)
                {
                    pin.State = PinState.Loose;
                    pin.Held.CopyFrom(space[address]);
                }
            }
        }
    }

    /// <summary>A mapping that failed may have taken the page away or not.</summary>
    private void DetachPins(AddressSpace space, int address, bool failed)
    {
        foreach (Pin pin in _pins)
        {
            if (pin.State == PinState.Loose && pin.IsAt(space, address))
            {
                pin.State = failed ? PinState.Unknown : PinState.Detached;
            }
        }
    }

    private void StoreToLoosePins(AddressSpace space, int address, int value)
    {
        foreach (Pin pin in _pins)
        {
            if (pin.State == PinState.Loose && pin.IsAt(space, address))
            {
                pin.Held.Add(new Possibility(Holding.Anonymous, value));
            }
        }
    }

    /// <summary>Nobody lives in the address space any more.</summary>
    private void LeavePins(AddressSpace space)
    {
        foreach (Pin pin in _pins)
        {
            if (pin.Space == space && pin.State == PinState.Attached)
            {
                pin.State = PinState.Detached;
                pin.Held.CopyFrom(space[pin.Address]);
            }
            else if (pin.Space == space && pin.State == PinState.Loose)
            {
                pin.State = PinState.Unknown;
            }

            if (pin.Space == space)
            {
                pin.Space = s_nowhere;
            }
        }
    }

    /// <summary>The process may have lost the page, and its device has it still.</summary>
    private void LosePins(AddressSpace space, int address)
    {
        foreach (Pin pin in _pins)
        {
            if (pin.State is PinState.Attached or PinState.Loose && pin.IsAt(space, address))
            {
                pin.State = PinState.Unknown;
            }
        }
    }

    /// <summary>The address space of pages whose own has gone.</summary>
    private static readonly AddressSpace s_nowhere = new();

    private static Pin[] Pins()
    {
        var pins = new Pin[Tasks];
        for (int index = 0; index < pins.Length; index++)
        {
            pins[index] = new Pin();
        }

        return pins;
    }

    /// <summary>What one task has pinned.</summary>
    private sealed class Pin
    {
        internal PinState State { get; set; }

        /// <summary>Whose page it was when it was pinned.</summary>
        internal AddressSpace? Space { get; set; }

        internal int Address { get; set; }

        /// <summary>What the page may hold, if that is not what the address space has there.</summary>
        internal PossibleSet Held { get; } = new();

        internal bool IsAt(AddressSpace space, int address) => Space == space && Address == address;
    }
}
