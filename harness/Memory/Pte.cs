namespace Variants.Harness.Memory;

/// <summary>
/// The name of a swap slot: an area and an offset in it. As in the kernel it carries no generation: a slot that was
/// freed and given out again has the same name, and compares equal.
/// </summary>
public readonly struct SwapEntry : IEquatable<SwapEntry>
{
    private readonly byte _area;
    private readonly byte _offset;

    /// <summary>The slot <paramref name="offset"/> of area <paramref name="area"/>.</summary>
    public SwapEntry(int area, int offset, int incarnation = 0)
    {
        _area = (byte)(area + 1);
        _offset = (byte)offset;
        Incarnation = (byte)incarnation;
    }

    /// <summary>No slot: entry 0.</summary>
    public bool IsNone => _area == 0;

    /// <summary>The swap area, from 0.</summary>
    public int Area => _area - 1;

    /// <summary>The slot in the area, from 0.</summary>
    public int Offset => _offset;

    /// <summary>
    /// How often the area had been switched on when the entry was made. For audits only: variants cannot tell
    /// entries apart by it.
    /// </summary>
    public byte Incarnation { get; }

    /// <summary>The same word.</summary>
    public static bool operator ==(SwapEntry left, SwapEntry right) => left.Equals(right);

    /// <summary>Another word.</summary>
    public static bool operator !=(SwapEntry left, SwapEntry right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SwapEntry other) => _area == other._area && _offset == other._offset;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SwapEntry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_area << 8) | _offset;

    /// <summary>As diagrams show it: <c>E2</c>, or <c>E1:2</c> in the second area.</summary>
    public override string ToString() => IsNone ? "none" : Area == 0 ? $"E{Offset}" : $"E{Area}:{Offset}";
}

/// <summary>What a page-table entry says.</summary>
public enum PteKind : byte
{
    /// <summary>Nothing is mapped.</summary>
    None,

    /// <summary>A page is mapped.</summary>
    Present,

    /// <summary>The page is in a swap slot.</summary>
    Swap,

    /// <summary>BAD_PAGE: the page was lost.</summary>
    Bad,

    /// <summary>A migration entry: the page is being moved.</summary>
    Migration,
}

/// <summary>A page-table entry, as one word.</summary>
public readonly struct Pte : IEquatable<Pte>
{
    private Pte(PteKind kind, int page, SwapEntry entry, bool write, bool dirty, bool young)
    {
        Kind = kind;
        PageIndex = (short)page;
        Entry = entry;
        IsWritable = write;
        IsDirty = dirty;
        IsYoung = young;
    }

    /// <summary>BAD_PAGE.</summary>
    public static Pte Bad { get; } = new(PteKind.Bad, 0, default, write: false, dirty: false, young: false);

    /// <summary>What it says.</summary>
    public PteKind Kind { get; }

    /// <summary>The page mapped, or that was until it began to be moved, by its index in mem_map.</summary>
    public short PageIndex { get; }

    /// <summary>The swap slot.</summary>
    public SwapEntry Entry { get; }

    /// <summary>pte_write().</summary>
    public bool IsWritable { get; }

    /// <summary>pte_dirty().</summary>
    public bool IsDirty { get; }

    /// <summary>pte_young().</summary>
    public bool IsYoung { get; }

    /// <summary>pte_none().</summary>
    public bool IsNone => Kind == PteKind.None;

    /// <summary>pte_present().</summary>
    public bool IsPresent => Kind == PteKind.Present;

    /// <summary>True for a swap entry.</summary>
    public bool IsSwap => Kind == PteKind.Swap;

    /// <summary>True for a migration entry.</summary>
    public bool IsMigration => Kind == PteKind.Migration;

    /// <summary>
    /// make_migration_entry(): stands for a mapping of <paramref name="page"/> that may be written to or not, and later
    /// for one that nobody shares, while the page is moved.
    /// </summary>
    public static Pte Migrating(Page page, bool write, bool exclusive = false) =>
        new(PteKind.Migration, page.Index, default, write, dirty: false, young: exclusive);

    /// <summary>mk_pte(): maps <paramref name="page"/>.</summary>
    public static Pte Map(Page page, bool write = false, bool dirty = false) =>
        new(PteKind.Present, page.Index, default, write, dirty, young: true);

    /// <summary>swp_entry_to_pte().</summary>
    public static Pte Swapped(SwapEntry entry) =>
        new(PteKind.Swap, 0, entry, write: false, dirty: false, young: false);

    /// <summary>The same word.</summary>
    public static bool operator ==(Pte left, Pte right) => left.Equals(right);

    /// <summary>Another word.</summary>
    public static bool operator !=(Pte left, Pte right) => !left.Equals(right);

    /// <summary>pte_wrprotect().</summary>
    public Pte WriteProtect() => new(Kind, PageIndex, Entry, write: false, IsDirty, IsYoung);

    /// <summary>pte_mkwrite().</summary>
    public Pte MakeWritable() => new(Kind, PageIndex, Entry, write: true, IsDirty, IsYoung);

    /// <summary>pte_mkdirty().</summary>
    public Pte MakeDirty() => new(Kind, PageIndex, Entry, IsWritable, dirty: true, IsYoung);

    /// <summary>pte_mkclean().</summary>
    public Pte MakeClean() => new(Kind, PageIndex, Entry, IsWritable, dirty: false, IsYoung);

    /// <summary>pte_mkyoung().</summary>
    public Pte MakeYoung() => new(Kind, PageIndex, Entry, IsWritable, IsDirty, young: true);

    /// <summary>pte_mkold().</summary>
    public Pte MakeOld() => new(Kind, PageIndex, Entry, IsWritable, IsDirty, young: false);

    /// <summary>pte_same(): every bit that the kernel has, so not the incarnation of a swap area.</summary>
    public bool Equals(Pte other) =>
        Kind == other.Kind && PageIndex == other.PageIndex && Entry == other.Entry
        && IsWritable == other.IsWritable && IsDirty == other.IsDirty && IsYoung == other.IsYoung;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Pte other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, PageIndex, Entry, IsWritable, IsDirty, IsYoung);

    /// <summary>As diagrams show it: <c>page3 rw dirty</c>, <c>E0</c>, <c>none</c>.</summary>
    public override string ToString() => Kind switch
    {
        PteKind.Present => $"page{PageIndex} {(IsWritable ? "rw" : "ro")}{(IsDirty ? " dirty" : "")}",
        PteKind.Migration => $"page{PageIndex} migrating",
        PteKind.Swap => Entry.ToString(),
        PteKind.Bad => "BAD",
        _ => "none",
    };
}
