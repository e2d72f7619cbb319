using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// The name of a swap slot: an area and an offset in it. As in the kernel it carries no generation: a slot that was
/// freed and given out again has the same name, and compares equal.
/// </summary>
public readonly struct SwapEntry : IEquatable<SwapEntry>
{
    /// <summary>How many slots an area can have: an entry has 16 bits for them.</summary>
    public const int MaxSlots = 1 << 16;

    private const int AreaShift = 16;
    private const int IncarnationShift = 24;
    private const uint NamedBits = (1u << IncarnationShift) - 1;

    private readonly uint _word;

    /// <summary>The slot <paramref name="offset"/> of area <paramref name="area"/>.</summary>
    public SwapEntry(int area, int offset, int incarnation = 0)
    {
        _word = (uint)offset | ((uint)(area + 1) << AreaShift) | ((uint)(byte)incarnation << IncarnationShift);
    }

    private SwapEntry(uint word) => _word = word;

    /// <summary>No slot: entry 0.</summary>
    public bool IsNone => (_word & NamedBits) >> AreaShift == 0;

    /// <summary>The swap area, from 0.</summary>
    public int Area => (int)((_word & NamedBits) >> AreaShift) - 1;

    /// <summary>The slot in the area, from 0.</summary>
    public int Offset => (int)(_word & (MaxSlots - 1));

    /// <summary>
    /// How often the area had been switched on when the entry was made. For audits only: variants cannot tell
    /// entries apart by it.
    /// </summary>
    public byte Incarnation => (byte)(_word >> IncarnationShift);

    /// <summary>The whole entry, as a pte holds it.</summary>
    internal uint Word => _word;

    internal static SwapEntry OfWord(uint word) => new(word);

    /// <summary>The same word.</summary>
    public static bool operator ==(SwapEntry left, SwapEntry right) => left.Equals(right);

    /// <summary>Another word.</summary>
    public static bool operator !=(SwapEntry left, SwapEntry right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SwapEntry other) => ((_word ^ other._word) & NamedBits) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SwapEntry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(_word & NamedBits);

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
    private const int WriteShift = 3;
    private const int DirtyShift = 4;
    private const int YoungShift = 5;

    /// <summary>Above the bits: the page's index, or the swap entry.</summary>
    private const int ReferenceShift = 32;

    private const ulong KindBits = (1ul << WriteShift) - 1;

    /// <summary>All but the incarnation of the swap area, which the kernel does not know.</summary>
    private const ulong KernelBits = ~(0xfful << (ReferenceShift + 24));

    private readonly ulong _word;

    private Pte(ulong word) => _word = word;

    private Pte(PteKind kind, uint reference, bool write, bool dirty, bool young)
    {
        _word = (ulong)kind | ((ulong)reference << ReferenceShift)
            | (write ? 1ul << WriteShift : 0) | (dirty ? 1ul << DirtyShift : 0) | (young ? 1ul << YoungShift : 0);
    }

    /// <summary>BAD_PAGE.</summary>
    public static Pte Bad { get; } = new(PteKind.Bad, 0, write: false, dirty: false, young: false);

    /// <summary>What it says.</summary>
    public PteKind Kind => (PteKind)(_word & KindBits);

    /// <summary>The page mapped, or that was until it began to be moved, by its index in mem_map; 0 of any other.</summary>
    public int PageIndex => IsSwap ? 0 : (int)(_word >> ReferenceShift);

    /// <summary>The swap slot; none of what is no swap entry.</summary>
    public SwapEntry Entry => IsSwap ? SwapEntry.OfWord((uint)(_word >> ReferenceShift)) : default;

    /// <summary>pte_write().</summary>
    public bool IsWritable => (_word & (1ul << WriteShift)) != 0;

    /// <summary>pte_dirty().</summary>
    public bool IsDirty => (_word & (1ul << DirtyShift)) != 0;

    /// <summary>pte_young().</summary>
    public bool IsYoung => (_word & (1ul << YoungShift)) != 0;

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
        new(PteKind.Migration, (uint)page.Index, write, dirty: false, young: exclusive);

    /// <summary>mk_pte(): maps <paramref name="page"/>.</summary>
    public static Pte Map(Page page, bool write = false, bool dirty = false) =>
        new(PteKind.Present, (uint)page.Index, write, dirty, young: true);

    /// <summary>swp_entry_to_pte().</summary>
    public static Pte Swapped(SwapEntry entry) =>
        new(PteKind.Swap, entry.Word, write: false, dirty: false, young: false);

    /// <summary>The same word.</summary>
    public static bool operator ==(Pte left, Pte right) => left.Equals(right);

    /// <summary>Another word.</summary>
    public static bool operator !=(Pte left, Pte right) => !left.Equals(right);

    /// <summary>pte_wrprotect().</summary>
    public Pte WriteProtect() => new(_word & ~(1ul << WriteShift));

    /// <summary>pte_mkwrite().</summary>
    public Pte MakeWritable() => new(_word | (1ul << WriteShift));

    /// <summary>pte_mkdirty().</summary>
    public Pte MakeDirty() => new(_word | (1ul << DirtyShift));

    /// <summary>pte_mkclean().</summary>
    public Pte MakeClean() => new(_word & ~(1ul << DirtyShift));

    /// <summary>pte_mkyoung().</summary>
    public Pte MakeYoung() => new(_word | (1ul << YoungShift));

    /// <summary>pte_mkold().</summary>
    public Pte MakeOld() => new(_word & ~(1ul << YoungShift));

    /// <summary>
    /// A page-table walker of the hardware sets the bits of an entry as it found it: in one locked cycle where CPUs are
    /// threads. False if somebody else has made something of the entry since then, which stays.
    /// </summary>
    public static bool SetByHardware(Cell<Pte> entry, Pte seen, Pte value)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.IsNative)
        {
            return Interlocked.CompareExchange(ref Unsafe.As<Pte, ulong>(ref entry.Word), value._word, seen._word) == seen._word;
        }

        entry.SetByHardware(value);
        return true;
    }

    /// <summary>ptep_get_and_clear(): one locked cycle, or hardware could make the entry dirty between the two.</summary>
    public static Pte GetAndClear(Cell<Pte> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.IsNative)
        {
            return new(Interlocked.Exchange(ref Unsafe.As<Pte, ulong>(ref entry.Word), 0));
        }

        Pte pte = entry.Value;
        entry.Value = default;
        return pte;
    }

    /// <summary>
    /// ptep_clear_young(), of an entry that was <paramref name="seen"/> under its lock. Where hardware has set another bit since,
    /// the entry is in use, and stays young.
    /// </summary>
    public static void ClearYoung(Cell<Pte> entry, Pte seen)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.IsNative)
        {
            SetByHardware(entry, seen, seen.MakeOld());
        }
        else
        {
            entry.Value = seen.MakeOld();
        }
    }

    /// <summary>pte_same(): every bit that the kernel has, so not the incarnation of a swap area.</summary>
    public bool Equals(Pte other) => ((_word ^ other._word) & KernelBits) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Pte other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_word & KernelBits).GetHashCode();

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
