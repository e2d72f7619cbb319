using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>An address space as its programs see it, whatever mm_struct the kernel keeps it in.</summary>
internal sealed class AddressSpace
{
    private readonly PossibleSet[] _pages = PossibleSets.ForEachAddress();
    private readonly Permissions[] _permissions = new Permissions[Machine.Addresses];

    /// <summary>Tasks that live in it.</summary>
    internal int Users { get; set; }

    /// <summary>What is known of it, for those who explore: whose steps depend on it.</summary>
    internal SharedFact Fact { get; set; } = null!;

    /// <summary>What the page at an address may be.</summary>
    internal PossibleSet this[int address] => _pages[address];

    /// <summary>Whether programs may store to the page, as far as anybody can know. Of an unmapped one it says nothing.</summary>
    internal ref Permissions PermissionsOf(int address) => ref _permissions[address];

    /// <summary>What a program starts with: two pages of zeroes, nothing above them.</summary>
    internal void Start()
    {
        Users = 1;
        for (int address = 0; address < _pages.Length; address++)
        {
            _pages[address].Set(new Possibility(address < 2 ? Holding.Anonymous : Holding.Unmapped));
            _permissions[address] = Permissions.Writable;
        }
    }
}

/// <summary>What a page's permissions may be: one, or while nobody knows, both.</summary>
[Flags]
internal enum Permissions : byte
{
    /// <summary>Nothing is known to be possible.</summary>
    None = 0,

    /// <summary>Loads and stores.</summary>
    Writable = 1,

    /// <summary>Loads.</summary>
    ReadOnly = 2,
}

/// <summary>A load or store in progress. Each task has one of its own, used again and again.</summary>
internal sealed class Access
{
    /// <summary>Where; null if the task is in the middle of none.</summary>
    internal AddressSpace? Space { get; set; }

    /// <summary>Of which page.</summary>
    internal int Address { get; set; }

    /// <summary>True for a store.</summary>
    internal bool IsStore { get; set; }

    /// <summary>At some moment of it, the page may have been unmapped.</summary>
    internal bool MetUnmapped { get; set; }

    /// <summary>At some moment of it, the page may have been a mapping of the file.</summary>
    internal bool MetFile { get; set; }

    /// <summary>At some moment of it, the page may have been a shared mapping.</summary>
    internal bool MetShared { get; set; }

    /// <summary>At some moment of it, the page may have been read-only.</summary>
    internal bool MetReadOnly { get; set; }

    /// <summary>What an operation has taken away since it began: it may still find that.</summary>
    internal PossibleSet Late { get; } = new();

    /// <summary>True if it is in progress, at this page.</summary>
    internal bool IsAt(AddressSpace space, int address) => Space == space && Address == address;
}

/// <summary>What a system call in progress does to what can be read.</summary>
internal enum CallKind
{
    /// <summary>fork: it copies every page of an address space.</summary>
    Copies,

    /// <summary>It reads one page, of another process.</summary>
    Peeks,

    /// <summary>mmap and munmap: it changes what one page is.</summary>
    Maps,

    /// <summary>mprotect: it changes what programs may do with one page.</summary>
    Protects,

    /// <summary>truncate: it cuts off the page of the file that processes map.</summary>
    Cuts,
}

/// <summary>A system call in progress that touches memory. Each task has one of its own, used again and again.</summary>
internal sealed class Call
{
    private readonly PossibleSet[] _seen = PossibleSets.ForEachAddress();
    private readonly Permissions[] _seenPermissions = new Permissions[Machine.Addresses];

    /// <summary>What it does.</summary>
    internal CallKind Kind { get; set; }

    /// <summary>Whose memory; null where that is everybody's.</summary>
    internal AddressSpace? Space { get; set; }

    /// <summary>Which page, if it concerns a single one.</summary>
    internal int Address { get; set; }

    /// <summary>When it began, by the shadow's clock.</summary>
    internal int BeganAt { get; set; }

    /// <summary>The other process, if it peeks.</summary>
    internal TaskStruct? Tracee { get; set; }

    /// <summary>What the page is once it has been mapped or unmapped.</summary>
    internal Possibility Outcome { get; set; }

    /// <summary>What the page may be now if the call has taken effect already.</summary>
    internal PossibleSet After { get; } = new();

    /// <summary>What it makes of the permissions of its page, if it maps or protects.</summary>
    internal Permissions Permission { get; set; }

    /// <summary>What they may be once it has ended: others may have changed them after it took effect.</summary>
    internal Permissions PermissionsAfter { get; set; }

    /// <summary>All that the permissions of a page may have been since the call began, if it copies.</summary>
    internal ref Permissions SeenPermissions(int address) => ref _seenPermissions[address];

    /// <summary>True if it says what programs may do with this page.</summary>
    internal bool Permits(AddressSpace space, int address) =>
        Permission != Permissions.None && Space == space && Address == address;

    /// <summary>All that a page may have been since the call began, if it copies or peeks.</summary>
    internal PossibleSet Seen(int address) => _seen[address];

    /// <summary>True if it copies this page, or peeks at it.</summary>
    internal bool Watches(AddressSpace space, int address) =>
        Space == space && (Kind == CallKind.Copies || (Kind == CallKind.Peeks && Address == address));

    /// <summary>True if it maps or unmaps this page.</summary>
    internal bool Remaps(AddressSpace space, int address) => Kind == CallKind.Maps && Space == space && Address == address;
}

/// <summary>Sets, one for each address.</summary>
internal static class PossibleSets
{
    internal static PossibleSet[] ForEachAddress()
    {
        var sets = new PossibleSet[Machine.Addresses];
        for (int address = 0; address < sets.Length; address++)
        {
            sets[address] = new PossibleSet();
        }

        return sets;
    }
}
