using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <content>What promises ask, before the shadow learns of the event.</content>
internal sealed partial class ShadowMemory
{
    /// <summary>True while the task is one of the user's: it has been woken and has not exited.</summary>
    internal bool IsAlive(TaskStruct task) => _spaceOf[task.Index] is not null && !task.IsExiting;

    /// <summary>True if the load in progress may return <paramref name="value"/>.</summary>
    internal bool CouldRead(TaskStruct task, int address, int value)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = access.Space!;
        return space[address].Allows(value, _file)
            || access.Late.Allows(value, _file)
            || (value == Values.Zero && IsBeingLost(space, address));
    }

    /// <summary>False if nothing was mapped there at any moment of the access in progress.</summary>
    internal bool CouldAccess(TaskStruct task, int address)
    {
        Access access = _accesses[task.Index];
        PossibleSet now = access.Space![address];
        return now.HasMapped || now.Has(Holding.Lost) || access.Late.HasMapped;
    }

    /// <summary>False if no store to the page is permitted at this moment.</summary>
    internal bool CouldStore(TaskStruct task, int address) => MayStore(SpaceOf(task), address);

    private static bool MayStore(AddressSpace space, int address) => (space.PermissionsOf(address) & Permissions.Writable) != 0;

    /// <summary>True if there is a reason for the access in progress to end so.</summary>
    internal bool CouldFault(TaskStruct task, int address, Fault fault)
    {
        Access access = _accesses[task.Index];
        AddressSpace space = access.Space!;
        return fault switch
        {
            Fault.SegmentationFault => access.MetUnmapped || (access.IsStore && access.MetReadOnly),

            // 2.3 answers SIGBUS too where it finds no memory for a copy.
            // SIGBUS for an address that was unmapped meanwhile is the wrong signal, but not one for a valid access.
            Fault.BusError => access.MetUnmapped || (access.MetFile && _file.WasEverCut)
                || (access.MetShared && _file.Shared[address].WasEverCut) || task.SawAllocationFail,

            Fault.OutOfMemory => task.SawAllocationFail || _isDoomed[task.Index]
                || space[address].Has(Holding.Lost) || IsBeingLost(space, address),
            _ => false,
        };
    }

    /// <summary>True if the page that the task peeks at may have held <paramref name="value"/> meanwhile.</summary>
    internal bool CouldPeek(TaskStruct task, int value) =>
        CallOf(task) is not { } call
        || call.Seen(call.Address).Allows(value, _file)
        || (value == Values.Zero && IsBeingLost(call.Space!, call.Address));

    /// <summary>False if the page that the task peeks at was unmapped from beginning to end.</summary>
    internal bool CouldPeek(TaskStruct task) =>
        CallOf(task) is not { } call || call.Seen(call.Address).HasMapped || call.Seen(call.Address).Has(Holding.Lost);

    /// <summary>What the page that the task peeks at could hold, for messages.</summary>
    internal string DescribePeeked(TaskStruct task) =>
        CallOf(task) is { } call ? call.Seen(call.Address).Describe(_file) : "nothing";

    /// <summary>True if a read of the page, when all is quiet, may return <paramref name="value"/>.</summary>
    internal bool CouldHold(TaskStruct task, int address, int value) => SpaceOf(task)[address].Allows(value, _file);

    /// <summary>True if the page, when all is quiet, may be unmapped.</summary>
    internal bool CouldBeUnmapped(TaskStruct task, int address) => SpaceOf(task)[address].Has(Holding.Unmapped);

    /// <summary>True if the page, when all is quiet, may have been given up for want of memory.</summary>
    internal bool CouldBeLost(TaskStruct task, int address) => SpaceOf(task)[address].Has(Holding.Lost);

    /// <summary>What the page could hold, for messages: <c>5</c>, <c>0 or 5</c>.</summary>
    internal string Describe(TaskStruct task, int address) => SpaceOf(task)[address].Describe(_file);

    /// <summary>True if the read(2) in progress may return <paramref name="value"/>.</summary>
    internal bool CouldReadFile(TaskStruct task, int filePage, int value) => _file.Shared[filePage].CouldRead(task.Index, value);

    /// <summary>True if a page of a file, when all is quiet, may hold <paramref name="value"/>.</summary>
    internal bool CouldFileHold(int filePage, int value) => _file.Shared[filePage].Allows(value);

    /// <summary>What a page of a file could hold, for messages.</summary>
    internal string DescribeFile(int filePage)
    {
        List<int> values = [];
        _file.Shared[filePage].Describe(values);
        return string.Join(" or ", values.Distinct().Select(Values.Text));
    }
}
