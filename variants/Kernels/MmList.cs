using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>
/// A list of address spaces, with the links in the mm_structs: what mm->prev and mm->next are to the seed's patch,
/// and mm->mmlist to Linux since 2.4.10. Whoever uses it holds the lock of its time.
/// </summary>
internal sealed class MmList : TrackedObject
{
    private readonly Cell<MmStruct?> _first;
    private readonly Cell<MmStruct?>[] _next;
    private readonly Cell<MmStruct?>[] _previous;
    private readonly Cell<bool>[] _linked;

    internal MmList(Machine machine)
        : base(machine.Smp, "mmlist", "init_mm")
    {
        _first = new Cell<MmStruct?>(this, "next", null);
        _next = new Cell<MmStruct?>[machine.Capacity.Mms];
        _previous = new Cell<MmStruct?>[machine.Capacity.Mms];
        _linked = new Cell<bool>[machine.Capacity.Mms];
        for (int index = 0; index < machine.Capacity.Mms; index++)
        {
            MmStruct mm = machine.Mm(index);
            _next[index] = new Cell<MmStruct?>(mm, "next", null);
            _previous[index] = new Cell<MmStruct?>(mm, "prev", null);

            // 5.1 asks for it before it takes the lock, and again after.
            _linked[index] = new Cell<bool>(mm, "on_list", false, marked: true);
        }
    }

    /// <summary>init_mm.next, null if that is init_mm itself.</summary>
    internal MmStruct? First => _first.Value;

    /// <summary>mm->next, null at the end.</summary>
    internal MmStruct? After(MmStruct mm) => _next[mm.Index].Value;

    /// <summary>!list_empty(&amp;mm->mmlist).</summary>
    internal bool Holds(MmStruct mm) => _linked[mm.Index].Value;

    /// <summary>Empties the list, before anybody runs.</summary>
    internal void Clear()
    {
        _first.Raw = null;
        foreach (Cell<bool> linked in _linked)
        {
            linked.Raw = false;
        }
    }

    /// <summary>Links an address space behind init_mm.</summary>
    internal void Insert(MmStruct mm) => InsertAfter(null, mm);

    /// <summary>Links an address space behind another, or behind init_mm.</summary>
    internal void InsertAfter(MmStruct? before, MmStruct mm)
    {
        MmStruct? after = before is null ? _first.Value : _next[before.Index].Value;
        _previous[mm.Index].Value = before;
        _next[mm.Index].Value = after;
        if (after is not null)
        {
            _previous[after.Index].Value = mm;
        }

        if (before is null)
        {
            _first.Value = mm;
        }
        else
        {
            _next[before.Index].Value = mm;
        }

        _linked[mm.Index].Value = true;
    }

    /// <summary>Unlinks an address space.</summary>
    internal void Delete(MmStruct mm)
    {
        MmStruct? before = _previous[mm.Index].Value;
        MmStruct? after = _next[mm.Index].Value;
        if (after is not null)
        {
            _previous[after.Index].Value = before;
        }

        if (before is null)
        {
            _first.Value = after;
        }
        else
        {
            _next[before.Index].Value = after;
        }

        _linked[mm.Index].Value = false;
    }
}
