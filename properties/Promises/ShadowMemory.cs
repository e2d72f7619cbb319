using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// What user programs did to their memory, kept beside the kernel and without looking at it: for every address space
/// and page, all that a read could return now. It is fed by being a witness, and judges nothing; those who do
/// consult it before it learns of the event.
/// </summary>
/// <remarks>
/// Loads and stores are moments in the order of execution, and threads share an address space: a page holds what was
/// stored last. System calls are no moments. While one is in progress a page may be what it was or what it will be,
/// and what happens meanwhile may come before it or after; a copy (fork, peek) may be any of the things that the page
/// was. A read tells which, and what does not agree with it is forgotten. Where nobody can know, more is possible: so
/// that what is reported was impossible for certain.
/// <para>Whether a page may be stored to follows the same rule: while mprotect is in progress both is possible, and once it
/// has returned only what it says, whoever's fault was under way meanwhile.</para>
/// <para>This file has loads, stores and who lives where; ShadowCalls has the rule of each system call, ShadowQuestions
/// what promises ask.</para>
/// </remarks>
internal sealed partial class ShadowMemory : IWitness
{
    private const int Tasks = Machine.MaxMms;

    private readonly Machine _machine;
    private readonly ShadowFile _file;
    private readonly SharedFact _cuts;
    private readonly AddressSpace[] _spaces = new AddressSpace[Tasks];
    private readonly AddressSpace?[] _spaceOf = new AddressSpace?[Tasks];
    private readonly Access[] _accesses = new Access[Tasks];

    /// <summary>For each task, the address space that was made for it: what an exploration has to know of these.</summary>
    private readonly SharedFact[] _factOf = new SharedFact[Tasks];
    private int _freeSpaces;
    private int _time;
    private bool _hasLate;

    internal ShadowMemory(Machine machine)
    {
        _machine = machine;
        _file = new ShadowFile(machine.File.ContentOf(0));
        _cuts = new SharedFact(machine.Smp);
        for (int index = 0; index < Tasks; index++)
        {
            _factOf[index] = new SharedFact(machine.Smp);
            _spaces[index] = new AddressSpace();
            _accesses[index] = new Access();
            _callOf[index] = new Call();
            _secondCallOf[index] = new Call();
        }
    }

    /// <inheritdoc/>
    public void Booted(Machine machine)
    {
        _freeSpaces = _spaces.Length;
        _callCount = 0;
        _time = 0;
        _hasLate = false;
        BootPins();
        _file.Boot();
        for (int index = 0; index < Tasks; index++)
        {
            _accesses[index].Space = null;
            _spaceOf[index] = index < machine.TaskCount ? NewSpace(index) : null;
            _isDoomed[index] = false;
        }
    }

    /// <inheritdoc/>
    public void Began(TaskStruct task, Operation operation)
    {
        if (operation.Verb.Code is VerbCode.Read or VerbCode.Write)
        {
            BeginAccess(task, operation.Number, operation.Verb.Code == VerbCode.Write);
        }
        else
        {
            BeginCall(task, operation);
        }
    }

    /// <inheritdoc/>
    public void Ended(TaskStruct task, Operation operation, int result)
    {
        if (operation.Verb.Code is not (VerbCode.Read or VerbCode.Write))
        {
            EndCall(task, operation, result);
        }
    }

    /// <summary>A load tells what the page is.</summary>
    public void Read(TaskStruct task, int address, int value)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = access.Space!;
        GoBy(space);
        access.Space = null;
        PossibleSet now = space[address];
        if (now.IsShared)
        {
            _file.Shared[address].Loaded(value);
        }

        if (now.Count == 1 && _callCount == 0)
        {
            return;
        }

        // One that found what an operation has taken away since it began tells nothing of now.
        if (now.Allows(value, _file))
        {
            now.KeepAgreeing(value, _file);
            for (int i = 0; i < _callCount; i++)
            {
                if (_calls[i].Remaps(space, address))
                {
                    _calls[i].After.KeepAgreeing(value, _file);
                }
            }

            Settle(space, address);
        }
    }

    /// <summary>A store leaves one possibility, but for calls in progress, which may come later and undo it.</summary>
    public void Wrote(TaskStruct task, int address, int value)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = access.Space!;
        GoBy(space);
        access.Space = null;
        PossibleSet now = space[address];
        if (!now.HasMapped)
        {
            return;
        }

        if (now.Has(Holding.Shared))
        {
            _file.Shared[address].Store(value, isCertain: now.IsShared && !IsBeingRemapped(space, address));
        }

        now.Store(value, ++_time);
        if (_callCount > 0)
        {
            for (int i = 0; i < _callCount; i++)
            {
                if (_calls[i].Remaps(space, address))
                {
                    _calls[i].After.Store(value, _time);
                }
            }

            Settle(space, address);
        }

        if (_hasPins)
        {
            StoreToLoosePins(space, address, value);
        }

        if (_hasLate)
        {
            ForgetLate(space, address);
        }
    }

    /// <summary>An access for which there was no memory: the page is lost to the other threads as well.</summary>
    public void Signalled(TaskStruct task, int address, bool write, Fault fault)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = access.Space!;
        _cuts.Looked();
        space.Fact.Changed();
        access.Space = null;
        if (fault == Fault.OutOfMemory && task.SawAllocationFail)
        {
            Widen(space, address, new Possibility(Holding.Lost));
        }
    }

    private void BeginAccess(TaskStruct task, int address, bool isStore)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = SpaceOf(task);
        GoBy(space);
        PossibleSet now = space[address];
        access.Space = space;
        access.Address = address;
        access.IsStore = isStore;
        access.MetUnmapped = now.Has(Holding.Unmapped);
        access.MetFile = now.HasFile;
        access.MetShared = now.Has(Holding.Shared);
        access.MetReadOnly = (space.PermissionsOf(address) & Permissions.ReadOnly) != 0;
        access.Late.Clear();
    }

    /// <summary>
    /// What an access may find depends on which calls had begun and ended when it began and when it was done: their order
    /// decides, whether or not the kernel's steps have anything in common. Accesses among themselves meet in the mmu.
    /// </summary>
    private void GoBy(AddressSpace space)
    {
        _cuts.Looked();
        space.Fact.Looked();
    }

    private AddressSpace SpaceOf(TaskStruct task) =>
        _spaceOf[task.Index] ?? throw new InvalidOperationException($"{task.Comm} is none of the user's tasks");

    /// <summary>Spaces in use are those from <see cref="_freeSpaces"/> on.</summary>
    private AddressSpace NewSpace(int task)
    {
        AddressSpace space = _spaces[--_freeSpaces];
        space.Start();
        space.Fact = _factOf[task];
        return space;
    }

    private void Leave(TaskStruct task)
    {
        if (_spaceOf[task.Index] is not { } space)
        {
            return;
        }

        space.Fact.Changed();
        _spaceOf[task.Index] = null;
        if (--space.Users == 0)
        {
            if (_hasPins)
            {
                LeavePins(space);
            }

            int index = Array.IndexOf(_spaces, space, _freeSpaces);
            (_spaces[index], _spaces[_freeSpaces]) = (_spaces[_freeSpaces], space);
            _freeSpaces++;
        }
    }

    /// <summary>From here the page may be this as well.</summary>
    private void Widen(AddressSpace space, int address, Possibility possibility)
    {
        space[address].Add(possibility);
        if (_hasPins && possibility.Holding == Holding.Lost)
        {
            LosePins(space, address);
        }

        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i].Watches(space, address))
            {
                _calls[i].Seen(address).Add(possibility);
            }
            else if (_calls[i].Remaps(space, address))
            {
                _calls[i].After.Add(possibility);
            }
        }

        foreach (Access access in _accesses)
        {
            if (access.IsAt(space, address))
            {
                access.MetUnmapped |= possibility.Holding == Holding.Unmapped;
                access.MetFile |= possibility.IsFile;
                access.MetShared |= possibility.Holding == Holding.Shared;
            }
        }
    }

    private bool IsBeingRemapped(AddressSpace space, int address)
    {
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i].Remaps(space, address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A load or store has just shown what the page is; calls in progress may have changed it by the next.</summary>
    private void Settle(AddressSpace space, int address)
    {
        PossibleSet now = space[address];
        for (int i = 0; i < _callCount; i++)
        {
            Call call = _calls[i];
            if (call.Watches(space, address))
            {
                call.Seen(address).AddAll(now);
            }
            else if (call.Remaps(space, address))
            {
                call.After.Add(call.Outcome);
                AddOutcomes(call.After, space, address, besides: call);
            }
        }

        AddOutcomes(now, space, address, besides: null);
    }

    /// <summary>What the calls in progress that map or unmap the page make of it.</summary>
    private void AddOutcomes(PossibleSet set, AddressSpace space, int address, Call? besides)
    {
        for (int i = 0; i < _callCount; i++)
        {
            if (_calls[i] != besides && _calls[i].Remaps(space, address))
            {
                set.Add(new Possibility(Holding.Unmapped));
                set.Add(_calls[i].Outcome);
            }
        }
    }

    /// <summary>Accesses in progress may still find what the page has been so far.</summary>
    private void KeepForLate(AddressSpace space, int address)
    {
        foreach (Access access in _accesses)
        {
            if (access.IsAt(space, address))
            {
                access.Late.AddAll(space[address]);
                _hasLate = true;
            }
        }
    }

    /// <summary>A store has shown all threads what the page is now.</summary>
    private void ForgetLate(AddressSpace space, int address)
    {
        foreach (Access access in _accesses)
        {
            if (access.IsAt(space, address))
            {
                access.Late.Clear();
            }
        }
    }
}
