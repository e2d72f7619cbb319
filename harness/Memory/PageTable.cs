using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// A page-table page: the ptes of a few neighbouring pages, with a lock and a life of its own. A kernel that frees
/// one while somebody walks it is told.
/// </summary>
public sealed class PageTable : TrackedObject
{
    /// <summary>Ptes of one table: few, so that an address space has more than one.</summary>
    public const int Entries = 2;

    private static readonly string[] s_names = [.. Enumerable.Range(0, 512).Select(entry => $"pte[{entry}]")];

    private readonly Cell<Pte>?[] _ptes;

    internal PageTable(Smp smp, int index, int entries)
        : base(smp, "page_table", $"pt{index}")
    {
        Lock = new SpinLock(smp, $"{Name}.ptl", "ptl");
        _ptes = new Cell<Pte>[entries];
        for (int entry = 0; entry < entries && smp.Simulated is null; entry++)
        {
            _ = Make(entry);
        }
    }

    /// <summary>The lock of its ptes.</summary>
    public SpinLock Lock { get; }

    /// <summary>The entry of <paramref name="address"/>, in whichever table of its address space this is.</summary>
    public Cell<Pte> Pte(int address) => _ptes[address & (_ptes.Length - 1)] ?? Make(address & (_ptes.Length - 1));

    /// <summary>The number of the table, in its address space, that has <paramref name="address"/>.</summary>
    public static int Of(int address) => address / Entries;

    internal void Clear()
    {
        foreach (Cell<Pte>? pte in _ptes)
        {
            pte?.Raw = default;
        }
    }

    /// <summary>How reports call an entry: not made up anew for each of a big machine's.</summary>
    internal static string NameOfPte(int entry) => entry < s_names.Length ? s_names[entry] : $"pte[{entry}]";

    /// <summary>Under the simulated clock an entry is made when it is used: tables of big machines are never full.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Cell<Pte> Make(int entry) => _ptes[entry] = new Cell<Pte>(this, NameOfPte(entry), default, marked: true);
}

/// <summary>Where page-table pages come from.</summary>
public sealed class PageTables
{
    private readonly Slab<PageTable> _tables;

    internal PageTables(Smp smp, MachineCapacity? capacity = null)
    {
        capacity ??= MachineCapacity.Usual;
        _tables = new Slab<PageTable>(smp, capacity.Tables, index => new PageTable(smp, index, capacity.TableEntries));
    }

    /// <summary>A table of empty ptes. What the history wants to fail is for the caller to ask.</summary>
    public PageTable Take()
    {
        PageTable table = _tables.Take();
        table.Clear();
        return table;
    }

    /// <summary>As audits see it: every table, in use or not.</summary>
    public Each<PageTable> Raw => _tables.Raw;

    internal void PowerOn() => _tables.PowerOn();
}
