using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>struct inode: a file, its page cache and who maps it.</summary>
public sealed class Inode : TrackedObject
{
    private readonly Cell<int> _size;
    private readonly Cell<Vma?> _mmap;
    private readonly Cell<Page?>[] _pages;
    private readonly Cell<int>[] _blocks;

    internal Inode(Smp smp, int index, int pages)
        : base(smp, "inode", $"file{index}")
    {
        Index = index;
        Sem = new Semaphore(smp, $"{Name}.i_sem", "i_sem");
        SharedLock = new SpinLock(smp, $"{Name}.i_shared_lock", "i_shared_lock");
        _size = new Cell<int>(this, "i_size", pages, marked: true);
        _mmap = new Cell<Vma?>(this, "i_mmap", null);
        _pages = new Cell<Page?>[pages];
        _blocks = new Cell<int>[pages];
        for (int page = 0; page < pages; page++)
        {
            _pages[page] = new Cell<Page?>(this, $"i_pages[{page}]", null);
            _blocks[page] = new Cell<int>(this, $"i_data[{page}]", 0);
        }
    }

    /// <summary>Which of the machine's files it is.</summary>
    public int Index { get; }

    /// <summary>i_sem: held by whoever writes to the file or truncates it.</summary>
    public Semaphore Sem { get; }

    /// <summary>i_shared_lock (2.3.10 and later): guards the list of mappings.</summary>
    public SpinLock SharedLock { get; }

    /// <summary>i_size, in pages. Written under i_sem, read without a lock: i_size_read().</summary>
    public int Size
    {
        get => _size.Value;
        set => _size.Value = value;
    }

    /// <summary>i_mmap: the mappings of the file, private ones too.</summary>
    public Vma? Mmap
    {
        get => _mmap.Value;
        set => _mmap.Value = value;
    }

    /// <summary>How many pages the file had at first.</summary>
    public int Pages => _pages.Length;

    /// <summary>The page cache's slot for <paramref name="page"/>.</summary>
    public Cell<Page?> CachedPage(int page) => _pages[page];

    /// <summary>i_data: the block of <paramref name="page"/>, 0 for a hole; where the machine has a file system.</summary>
    public Cell<int> Block(int page) => _blocks[page];

    /// <summary>What the disk holds for <paramref name="page"/>: a number that no program ever writes.</summary>
    public int ContentOf(int page) => -1000 - (100 * Index) - page;

    /// <summary>Puts <paramref name="vma"/> at the head of i_mmap.</summary>
    public void Link(Vma vma)
    {
        ArgumentNullException.ThrowIfNull(vma);
        vma.NextShared = Mmap;
        Mmap = vma;
    }

    /// <summary>Takes <paramref name="vma"/> off i_mmap. One that is not there stays as it is, as with vm_pprev_share.</summary>
    public void Unlink(Vma vma)
    {
        ArgumentNullException.ThrowIfNull(vma);
        if (ReferenceEquals(Mmap, vma))
        {
            Mmap = vma.NextShared;
            return;
        }

        for (Vma? at = Mmap; at is not null; at = at.NextShared)
        {
            if (ReferenceEquals(at.NextShared, vma))
            {
                at.NextShared = vma.NextShared;
                return;
            }
        }
    }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int RawSize => _size.Raw;

    internal void PowerOn(int size)
    {
        Allocate();
        _size.Raw = size;
        _mmap.Raw = null;
        for (int page = 0; page < _pages.Length; page++)
        {
            _pages[page].Raw = null;
            _blocks[page].Raw = 0;
        }
    }
}
