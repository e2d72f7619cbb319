using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <content>What system calls do to memory, between their beginning and their end.</content>
internal sealed partial class ShadowMemory
{
    private readonly Call[] _callOf = new Call[Tasks];

    /// <summary>What a call that maps two pages does to the second.</summary>
    private readonly Call[] _secondCallOf = new Call[Tasks];
    private readonly Call[] _calls = new Call[2 * Tasks];
    private readonly bool[] _isDoomed = new bool[Tasks];
    private int _callCount;

    /// <summary>
    /// The child of a fork may have all that its parent's pages have been since the fork began: each page was copied
    /// at some moment. One of clone lives in its parent's address space.
    /// </summary>
    public void Woke(TaskStruct parent, TaskStruct child, Operation operation)
    {
        AddressSpace space = SpaceOf(parent);
        _cuts.Looked();
        space.Fact.Changed();
        if (operation.Verb.Code == VerbCode.Clone)
        {
            space.Users++;
            _spaceOf[child.Index] = space;
            return;
        }

        if (CallOf(parent) is not { } call)
        {
            return;
        }

        AddressSpace copy = NewSpace(child.Index);
        _spaceOf[child.Index] = copy;
        for (int address = 0; address < Machine.Addresses; address++)
        {
            copy[address].CopyFrom(call.Seen(address));
            copy.PermissionsOf(address) = call.SeenPermissions(address);
            if (IsBeingLost(space, address))
            {
                copy[address].Add(new Possibility(Holding.Lost));
            }
        }

        Remove(call);
    }

    private void BeginCall(TaskStruct task, Operation operation)
    {
        switch (operation.Verb.Code)
        {
            case VerbCode.Fork:
            case VerbCode.ForkSamePid:
                BeginFork(task);
                break;
            case VerbCode.MapAnonymous:
                BeginMapping(task, operation.Number, new Possibility(Holding.Anonymous));
                break;
            case VerbCode.MapFile:
                BeginMapping(task, operation.Number, new Possibility(Holding.FileClean));
                break;
            case VerbCode.Unmap:
                BeginMapping(task, operation.Number, new Possibility(Holding.Unmapped));
                break;
            case VerbCode.MapShared:
                BeginMapping(task, operation.Number, new Possibility(Holding.Shared, operation.Number));
                break;
            case VerbCode.FileWrite:
            case VerbCode.FileRead:
            case VerbCode.FileCut:
                _file.Shared.Begin(task, operation);
                break;
            case VerbCode.MapAnonymousPair:
                BeginMapping(task, operation.Number, new Possibility(Holding.Anonymous), pair: true);
                break;
            case VerbCode.UnmapPair:
                BeginMapping(task, operation.Number, new Possibility(Holding.Unmapped), pair: true);
                break;
            case VerbCode.ProtectRead:
                BeginProtection(task, operation.Number, Permissions.ReadOnly);
                break;
            case VerbCode.ProtectWrite:
                BeginProtection(task, operation.Number, Permissions.Writable);
                break;
            case VerbCode.Unpin:
                _pins[task.Index].State = PinState.None;
                break;
            case VerbCode.Truncate when operation.Number == 0:
                BeginCut(task);
                break;
            case VerbCode.PinRead:
            case VerbCode.PinWrite:
                BeginPin(task, operation.Number);
                break;
            case VerbCode.Peek:
                BeginPeek(task, _machine.Task(operation.Actor), operation.Number);
                break;
            default:
                break;
        }
    }

    private void EndCall(TaskStruct task, Operation operation, int result)
    {
        Call? call = CallOf(task);
        if (call is not null)
        {
            Change(call.Space);
        }

        Remove(call);
        switch (operation.Verb.Code)
        {
            case VerbCode.MapAnonymous:
            case VerbCode.MapFile:
            case VerbCode.MapShared:
            case VerbCode.Unmap:
                EndMapping(call!, result);
                break;
            case VerbCode.FileWrite:
            case VerbCode.FileRead:
            case VerbCode.FileCut:
                _file.Shared.End(task, operation, result);
                break;
            case VerbCode.MapAnonymousPair:
            case VerbCode.UnmapPair:
                Remove(_secondCallOf[task.Index]);
                EndMapping(call!, result);
                EndMapping(_secondCallOf[task.Index], result);
                break;
            case VerbCode.ProtectRead:
            case VerbCode.ProtectWrite:
                EndProtection(call!, result);
                break;
            case VerbCode.Truncate when operation.Number == 0:
                EndCut(call!, result);
                break;
            case VerbCode.Peek when call is not null:
                EndPeek(call, result);
                break;
            case VerbCode.PinRead:
            case VerbCode.PinWrite:
                EndPin(task, result);
                break;
            case VerbCode.Exec:
                EndExec(task, result);
                break;
            case VerbCode.Exit:
                Leave(task);
                break;
            default:
                break;
        }
    }

    private void BeginFork(TaskStruct task)
    {
        AddressSpace space = SpaceOf(task);
        Call call = Add(task, CallKind.Copies, space);
        for (int address = 0; address < Machine.Addresses; address++)
        {
            call.Seen(address).CopyFrom(space[address]);
            call.SeenPermissions(address) = space.PermissionsOf(address);
        }
    }

    /// <summary>The page is read at some moment. The tracee is stopped, threads of its address space are not.</summary>
    private void BeginPeek(TaskStruct task, TaskStruct tracee, int address)
    {
        if (_spaceOf[tracee.Index] is { } space)
        {
            Call call = Add(task, CallKind.Peeks, space, address);
            call.Tracee = tracee;
            call.Seen(address).CopyFrom(space[address]);
        }
    }

    /// <summary>A peek that found no memory on the tracee's behalf has killed it; it dies when it next faults.</summary>
    private void EndPeek(Call call, int result)
    {
        if (result < 0 && result != Errno.Srch && call.Tracee!.SawAllocationFail)
        {
            _isDoomed[call.Tracee.Index] = true;
            Widen(call.Space!, call.Address, new Possibility(Holding.Lost));
        }
    }

    /// <summary>
    /// At some moment the page becomes unmapped, and at the same or a later one what it is to be. A store by another
    /// thread may come before that, and be lost, or after, and stay.
    /// </summary>
    private void BeginMapping(TaskStruct task, int address, Possibility outcome, bool pair = false)
    {
        BeginMapping(_callOf[task.Index], SpaceOf(task), address, outcome);
        if (pair)
        {
            BeginMapping(_secondCallOf[task.Index], SpaceOf(task), address + 1, outcome);
        }
    }

    private void BeginMapping(Call call, AddressSpace space, int address, Possibility outcome)
    {
        if (_hasPins)
        {
            LoosenPins(space, address);
        }

        Widen(space, address, new Possibility(Holding.Unmapped));
        Widen(space, address, outcome);
        Add(call, CallKind.Maps, space, address);
        call.Outcome = outcome;
        call.After.Set(outcome);
        AddOutcomes(call.After, space, address, besides: call);

        // What is mapped anew is writable; what is not mapped is neither.
        BeginPermission(call, outcome.IsMapped ? Permissions.Writable : Permissions.None);
    }

    /// <summary>At some moment the page gets its new permissions.</summary>
    private void BeginProtection(TaskStruct task, int address, Permissions permission) =>
        BeginPermission(Add(task, CallKind.Protects, SpaceOf(task), address), permission);

    /// <summary>Of two calls in progress together, either may come last.</summary>
    private void BeginPermission(Call call, Permissions permission)
    {
        AddressSpace space = call.Space!;
        int address = call.Address;
        call.Permission = permission;
        call.PermissionsAfter = permission;
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i].Watches(space, address))
            {
                _calls[i].SeenPermissions(address) |= permission;
            }
            else if (_calls[i] != call && _calls[i].Permits(space, address))
            {
                _calls[i].PermissionsAfter |= permission;
                call.PermissionsAfter |= _calls[i].Permission;
            }
        }

        space.PermissionsOf(address) |= permission;
        if (permission == Permissions.ReadOnly)
        {
            foreach (Access access in _accesses)
            {
                access.MetReadOnly |= access.IsAt(space, address);
            }
        }
    }

    /// <summary>One that failed may have come half-way.</summary>
    private static void EndProtection(Call call, int result)
    {
        if (result >= 0)
        {
            call.Space!.PermissionsOf(call.Address) = call.PermissionsAfter;
        }
    }

    /// <summary>One that failed may have left the page as it was, or half-way.</summary>
    private void EndMapping(Call call, int result)
    {
        if (_hasPins)
        {
            DetachPins(call.Space!, call.Address, failed: result < 0);
        }

        if (result >= 0)
        {
            KeepForLate(call.Space!, call.Address);
            call.Space![call.Address].CopyFrom(call.After);
            if (call.Permission != Permissions.None)
            {
                call.Space.PermissionsOf(call.Address) = call.PermissionsAfter;
            }
        }
    }

    private void BeginCut(TaskStruct task)
    {
        _file.BeginCut();
        Add(task, CallKind.Cuts, null).BeganAt = _time;
    }

    /// <summary>
    /// From here no private copy of the file's page, in any address space, holds what was stored before the
    /// truncation began; what was stored while it was in progress may have gone or stayed. A truncation that failed
    /// may have taken any.
    /// </summary>
    private void EndCut(Call cut, int result)
    {
        _file.EndCut();
        int until = result < 0 ? -1 : cut.BeganAt;
        for (int index = _freeSpaces; index < _spaces.Length; index++)
        {
            AddressSpace space = _spaces[index];
            for (int address = 0; address < Machine.Addresses; address++)
            {
                if (space[address].Has(Holding.FilePrivate))
                {
                    KeepForLate(space, address);
                    space[address].Cut(until);
                }
            }
        }

        for (int i = 0; i < _callCount; i++)
        {
            Cut(_calls[i], until);
        }
    }

    /// <summary>What calls in progress know of the file's page. A peek may have seen it before the truncation.</summary>
    private static void Cut(Call call, int until)
    {
        switch (call.Kind)
        {
            case CallKind.Maps:
                call.After.Cut(until);
                break;
            case CallKind.Peeks:
                call.Seen(call.Address).Cut(until: -1);
                break;
            case CallKind.Copies:
                for (int address = 0; address < Machine.Addresses; address++)
                {
                    call.Seen(address).Cut(until);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>
    /// A fresh address space for the task; its threads keep the old one. An exec that failed has changed nothing.
    /// </summary>
    private void EndExec(TaskStruct task, int result)
    {
        if (result >= 0)
        {
            Leave(task);
            _spaceOf[task.Index] = NewSpace(task.Index);
        }
    }

    /// <summary>
    /// True if somebody who is bringing the page in has found no memory for it: others may meet what came of that
    /// before the signal is sent.
    /// </summary>
    private bool IsBeingLost(AddressSpace space, int address)
    {
        for (int index = 0; index < _machine.TaskCount; index++)
        {
            if (_accesses[index].IsAt(space, address) && _machine.Task(index).SawAllocationFail)
            {
                return true;
            }
        }

        for (int i = 0; i < _callCount; i++)
        {
            Call call = _calls[i];
            if (call.Kind == CallKind.Peeks && call.Watches(space, address) && call.Tracee!.SawAllocationFail)
            {
                return true;
            }
        }

        return false;
    }

    private Call Add(TaskStruct task, CallKind kind, AddressSpace? space, int address = 0) =>
        Add(_callOf[task.Index], kind, space, address);

    private Call Add(Call call, CallKind kind, AddressSpace? space, int address)
    {
        Change(space);
        call.Kind = kind;
        call.Permission = Permissions.None;
        call.Space = space;
        call.Address = address;
        _calls[_callCount++] = call;
        return call;
    }

    /// <summary>A call begins or ends: of which address space, or of the file.</summary>
    private void Change(AddressSpace? space)
    {
        if (space is null)
        {
            _cuts.Changed();
        }
        else
        {
            _cuts.Looked();
            space.Fact.Changed();
        }
    }

    private Call? CallOf(TaskStruct task)
    {
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i] == _callOf[task.Index])
            {
                return _calls[i];
            }
        }

        return null;
    }

    private void Remove(Call? call)
    {
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i] == call)
            {
                _calls[i] = _calls[--_callCount];
            }
        }
    }
}
