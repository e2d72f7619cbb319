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
    private const int Most = 24;

    private readonly StructFile[] _all = new StructFile[Most];
    private readonly Cell<StructFile?>[] _ofVma;
    private readonly SharedFact _order;
    private int _next;

    internal Files(Machine machine)
    {
        _order = new SharedFact(machine.Smp);
        _ofVma = new Cell<StructFile?>[machine.Capacity.Vmas];
        for (int index = 0; index < Most; index++)
        {
            _all[index] = new StructFile(machine.Smp, index);
        }

        for (int index = 0; index < _ofVma.Length; index++)
        {
            _ofVma[index] = new Cell<StructFile?>(machine.Vma(index), "vm_file", null, marked: true);
        }
    }

    /// <summary>vma->vm_file.</summary>
    public Cell<StructFile?> Of(Vma vma) => _ofVma[vma.Index];

    /// <summary>open(): with one reference.</summary>
    public StructFile Open()
    {
        _order.Changed();
        for (int tried = 0; tried < Most; tried++)
        {
            StructFile file = _all[_next++ % Most];
            if (!file.IsAllocated)
            {
                file.Allocate();
                file.Count.Raw = 1;
                return file;
            }
        }

        throw new InvalidOperationException($"more than {Most} files open");
    }

    internal void Boot()
    {
        _next = 0;
        foreach (StructFile file in _all)
        {
            if (file.IsAllocated)
            {
                file.Free();
            }
        }
    }
}
