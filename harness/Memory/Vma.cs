using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>vm_flags, of those that some kernel tells apart. Every mapping may be read.</summary>
[Flags]
public enum VmFlags : byte
{
    /// <summary>Read only.</summary>
    None = 0,

    /// <summary>VM_WRITE.</summary>
    Write = 1,

    /// <summary>VM_LOCKED: mlock().</summary>
    Locked = 2,

    /// <summary>VM_SHARED: stores go to the file.</summary>
    Shared = 4,
}

/// <summary>struct vm_area_struct: a range of addresses that are mapped alike.</summary>
public sealed class Vma : TrackedObject
{
    private readonly Cell<Vma?> _next;
    private readonly Cell<Vma?> _nextShared;
    private readonly Cell<int> _start;
    private readonly Cell<int> _end;
    private readonly Cell<bool> _anonVma;
    private readonly Cell<VmFlags> _flags;

    internal Vma(Smp smp, int index)
        : base(smp, "vm_area_struct", $"vma{index}")
    {
        Index = index;
        _next = new Cell<Vma?>(this, "vm_next", null);
        _nextShared = new Cell<Vma?>(this, "vm_next_share", null);
        _start = new Cell<int>(this, "vm_start", 0);
        _end = new Cell<int>(this, "vm_end", 0);

        // Set once, by whichever fault is first; looked at before its lock is taken, and again after.
        _anonVma = new Cell<bool>(this, "anon_vma", false, marked: true);
        _flags = new Cell<VmFlags>(this, "vm_flags", VmFlags.Write);
    }

    /// <summary>Which of the machine's vm_area_structs it is.</summary>
    public int Index { get; }

    /// <summary>vm_mm. Set once, before anybody else sees the vma; null until then.</summary>
    public MmStruct Mm { get; set; } = null!;

    /// <summary>vm_file: the file that is mapped, null for anonymous memory.</summary>
    public Inode? File { get; set; }

    /// <summary>vm_offset: the page of the file at which the mapping begins.</summary>
    public int Offset { get; set; }

    /// <summary>True if stores go to the file. Set once, before anybody else sees the vma.</summary>
    public bool IsShared => (_flags.Raw & VmFlags.Shared) != 0;

    /// <summary>vm_start: the first page.</summary>
    public int Start
    {
        get => _start.Value;
        set
        {
            _start.Value = value;
            Mm?.VmasChanged();
        }
    }

    /// <summary>vm_end: the first page after it.</summary>
    public int End
    {
        get => _end.Value;
        set
        {
            _end.Value = value;
            Mm?.VmasChanged();
        }
    }

    /// <summary>vma->anon_vma != NULL (2.6.7 and later): it has, or had, anonymous pages.</summary>
    public bool HasAnonVma
    {
        get => _anonVma.Value;
        set => _anonVma.Value = value;
    }

    /// <summary>vm_flags: writable, unless mprotect() has said otherwise.</summary>
    public VmFlags Flags
    {
        get => _flags.Value;
        set => _flags.Value = value;
    }

    /// <summary>READ_ONCE(vma->vm_start), for those who hold no lock; so with the others.</summary>
    public int StartOnce => _start.Once;

    /// <summary>READ_ONCE(vma->vm_end).</summary>
    public int EndOnce => _end.Once;

    /// <summary>READ_ONCE(vma->vm_flags).</summary>
    public VmFlags FlagsOnce => _flags.Once;

    /// <summary>READ_ONCE(vma->vm_next).</summary>
    public Vma? NextOnce => _next.Once;

    /// <summary>vm_next: the next one of the address space.</summary>
    public Vma? Next
    {
        get => _next.Value;
        set
        {
            _next.Value = value;
            Mm?.VmasChanged();
        }
    }

    /// <summary>vm_next_share: the next mapping of the file.</summary>
    public Vma? NextShared
    {
        get => _nextShared.Value;
        set => _nextShared.Value = value;
    }

    /// <summary>The page of the file that <paramref name="address"/> maps.</summary>
    public int FilePage(int address) => address - Start + Offset;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public Vma? RawNext => _next.Raw;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int RawStart => _start.Raw;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int RawEnd => _end.Raw;

    internal void GiveOut()
    {
        Allocate();
        _next.Raw = null;
        _nextShared.Raw = null;
        _start.Raw = 0;
        _end.Raw = 0;
        _anonVma.Raw = false;
        _flags.Raw = VmFlags.Write;
        File = null;
        Offset = 0;
        Mm = null!;
    }
}
