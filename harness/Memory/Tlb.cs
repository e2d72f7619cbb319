using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// What each CPU remembers of the page tables, until the kernel flushes it: a load or store that finds its page here
/// does not look at the page tables, whatever they say by now. An entry is forgotten only by a flush, which reaches
/// every CPU at once; a store goes by an entry that a store has made.
/// </summary>
public sealed class Tlb
{
    private readonly Entry[] _entries;
    private readonly SharedFact[] _known = new SharedFact[Smp.MaxCpus];
    private readonly SimulatedClock? _simulated;

    /// <summary>The TLBs of these CPUs. They remember something under the explored clock only; under the simulated one a flush costs time.</summary>
    internal Tlb(Smp smp)
    {
        _simulated = smp.Simulated;
        _entries = new Entry[_simulated is null && !smp.IsNative ? Smp.MaxCpus * Machine.Addresses : 0];
        for (int cpu = 0; cpu < _known.Length; cpu++)
        {
            _known[cpu] = new SharedFact(smp);
        }
    }

    /// <summary>flush_tlb_mm().</summary>
    public void FlushMm(MmStruct mm)
    {
        Charge(mm);
        for (int index = 0; index < _entries.Length; index++)
        {
            Forget(index, mm);
        }
    }

    /// <summary>flush_tlb_page().</summary>
    public void FlushPage(MmStruct mm, int address)
    {
        Charge(mm);
        for (int index = address; index < _entries.Length; index += Machine.Addresses)
        {
            Forget(index, mm);
        }
    }

    /// <summary>The index of the page that the CPU remembers for such an access; -1 if it must walk the tables.</summary>
    internal int Find(int cpu, MmStruct mm, int address, bool write)
    {
        _known[cpu].Looked();
        ref Entry entry = ref _entries[(cpu * Machine.Addresses) + address];
        return entry.Mm == mm && (entry.Writable || !write) ? entry.Page : -1;
    }

    internal void Fill(int cpu, MmStruct mm, int address, int page, bool write)
    {
        _known[cpu].Changed();
        _entries[(cpu * Machine.Addresses) + address] = new Entry { Mm = mm, Page = page, Writable = write };
    }

    /// <summary>Every CPU that runs a thread of the address space takes part; what that costs them is not modelled.</summary>
    private void Charge(MmStruct mm)
    {
        if (_simulated is { } clock)
        {
            int others = mm.Users.Raw - 1;
            clock.Charge(clock.Costs.TlbFlushNs + (others > 0 ? clock.Costs.IpiNs + (others * clock.Costs.IpiPerCpuNs) : 0));
        }
    }

    internal void PowerOn() => Array.Clear(_entries);

    /// <summary>A flush that finds nothing to forget has looked for it.</summary>
    private void Forget(int index, MmStruct mm)
    {
        SharedFact known = _known[index / Machine.Addresses];
        known.Looked();
        if (_entries[index].Mm == mm)
        {
            known.Changed();
            _entries[index] = default;
        }
    }

    private struct Entry
    {
        internal MmStruct? Mm;
        internal int Page;
        internal bool Writable;
    }
}
