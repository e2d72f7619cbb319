using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>struct file: an open file. Mappings hold it open when the process has closed it.</summary>
public sealed class StructFile : TrackedObject
{
    internal StructFile(Smp smp, int index)
        : base(smp, "file", $"filp{index}")
    {
        Count = new AtomicInt(this, "f_count");
    }

    /// <summary>f_count.</summary>
    public AtomicInt Count { get; }
}

/// <summary>Every open file of a machine, and which vma maps which.</summary>
public sealed class Files
{
    private const int Least = 24;

    private readonly Slab<StructFile> _all;
    private readonly Each<Cell<StructFile?>> _ofVma;

    internal Files(Machine machine)
    {
        _all = new Slab<StructFile>(machine.Smp, Math.Max(Least, 2 * machine.Capacity.Cpus), index => new StructFile(machine.Smp, index));
        _ofVma = machine.PerVma(vma => new Cell<StructFile?>(vma, "vm_file", null, marked: true));
    }

    /// <summary>vma->vm_file.</summary>
    public Cell<StructFile?> Of(Vma vma) => _ofVma[vma.Index];

    /// <summary>open(): with one reference.</summary>
    public StructFile Open()
    {
        StructFile file = _all.Take();
        file.Count.Raw = 1;
        return file;
    }

    internal void Boot() => _all.PowerOn();
}
