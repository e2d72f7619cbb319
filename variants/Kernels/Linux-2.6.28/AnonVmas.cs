using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <summary>struct anon_vma: the vmas in which the anonymous pages of some vma, its parts and its forks may be mapped.</summary>
public sealed class AnonVma : TrackedObject
{
    internal AnonVma(Smp smp, int index)
        : base(smp, "anon_vma", $"anon_vma{index}")
    {
        Lock = new SpinLock(smp, $"{Name}.lock", "anon_vma->lock");
        Members = new Cell<ulong>(this, "head", 0);
    }

    /// <summary>Guards <see cref="Members"/>.</summary>
    public SpinLock Lock { get; }

    /// <summary>The list, as a bit for each of the machine's vmas.</summary>
    public Cell<ulong> Members { get; }
}

/// <summary>Every anon_vma of a machine, and who points to which.</summary>
public sealed class AnonVmas
{
    private readonly Slab<AnonVma> _all;
    private readonly Each<Cell<AnonVma?>> _ofVma;
    private readonly Each<Cell<AnonVma?>> _ofPage;

    internal AnonVmas(Machine machine)
    {
        _all = new Slab<AnonVma>(machine.Smp, machine.Capacity.AnonVmas, index => new AnonVma(machine.Smp, index));
        _ofVma = machine.PerVma(vma => new Cell<AnonVma?>(vma, "anon_vma", null, marked: true));
        _ofPage = machine.PerPage(page => new Cell<AnonVma?>(page, "mapping", null, marked: true));
    }

    /// <summary>vma->anon_vma.</summary>
    public Cell<AnonVma?> Of(Vma vma) => _ofVma[vma.Index];

    /// <summary>page->mapping of an anonymous page; null for any other.</summary>
    public Cell<AnonVma?> Of(Page page) => _ofPage[page.Index];

    /// <summary>anon_vma_alloc(): of which no vma is a member yet.</summary>
    public AnonVma Take()
    {
        AnonVma anonVma = _all.Take();
        anonVma.Members.Raw = 0;
        return anonVma;
    }

    internal void Boot()
    {
        _all.PowerOn();
        foreach (Cell<AnonVma?> mapping in _ofPage)
        {
            mapping.Raw = null;
        }
    }
}
