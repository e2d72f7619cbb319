using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Harness.Memory;

/// <summary>struct page: one frame of memory, and its content as one number.</summary>
public sealed class Page : TrackedObject
{
    private readonly Cell<SwapEntry> _entry;
    private readonly Cell<bool> _dirty;
    private readonly Cell<bool> _uptodate;
    private readonly Cell<bool> _writeback;
    private readonly Cell<int> _mapCount;
    private readonly Cell<Page?> _nextInHash;
    private readonly int _contentWord;
    private readonly int _fileWord;
    private readonly int _indexWord;
    private int _content;
    private int _fileIndex;
    private int _linearIndex;
    private bool _isFresh;

    internal Page(Smp smp, int index)
        : base(smp, "page", $"page{index}")
    {
        Index = index;
        _contentWord = smp.NumberOfWord();
        _fileWord = smp.NumberOfWord();
        _indexWord = smp.NumberOfWord();
        Count = new AtomicInt(this, "count");
        Lock = new PageLock(this);
        _entry = new Cell<SwapEntry>(this, "entry", default);

        // Bits of page->flags, which kernels of all times set and test atomically, with a lock or without.
        _dirty = new Cell<bool>(this, "PG_dirty", false, marked: true);
        _uptodate = new Cell<bool>(this, "PG_uptodate", false, marked: true);
        _writeback = new Cell<bool>(this, "PG_writeback", false, marked: true);
        _mapCount = new Cell<int>(this, "mapcount", 0);
        _nextInHash = new Cell<Page?>(this, "next_hash", null);
    }

    /// <summary>Position in mem_map.</summary>
    public int Index { get; }

    /// <summary>page->count: references.</summary>
    public AtomicInt Count { get; }

    /// <summary>PG_locked.</summary>
    public PageLock Lock { get; }

    /// <summary>The swap slot whose cache page this is; none if it is not in the swap cache.</summary>
    public SwapEntry Entry
    {
        get => _entry.Value;
        set => _entry.Value = value;
    }

    /// <summary>PageSwapCache().</summary>
    public bool IsSwapCache => !_entry.Value.IsNone;

    /// <summary>
    /// PageSwapCache() of a page that the caller has not locked: a test of the bit, as an atomic read. It orders
    /// nothing.
    /// </summary>
    public bool IsSwapCacheUnlocked
    {
        get
        {
            Touch("PageSwapCache");
            Smp.Looked(_entry.Number);
            return !_entry.Raw.IsNone;
        }
    }

    /// <summary>PG_dirty: the page, not a pte of it.</summary>
    public bool IsDirty
    {
        get => _dirty.Value;
        set => _dirty.Value = value;
    }

    /// <summary>PG_uptodate: it holds what it was read for.</summary>
    public bool IsUptodate
    {
        get => _uptodate.Value;
        set => _uptodate.Value = value;
    }

    /// <summary>PG_writeback (2.6): a write is under way, without the page lock.</summary>
    public bool IsWriteback
    {
        get => _writeback.Value;
        set => _writeback.Value = value;
    }

    /// <summary>page->_mapcount + 1 (2.6): ptes that map it.</summary>
    public int MapCount
    {
        get => _mapCount.Value;
        set => _mapCount.Value = value;
    }

    /// <summary>What is in the page, as the kernel copies and clears it. Unchecked: hardware and users race freely.</summary>
    public int Content
    {
        get
        {
            Touch("Read of the content");
            Smp.Looked(_contentWord);
            return _content;
        }

        set
        {
            Touch("Write of the content");
            Smp.Changed(_contentWord);
            Smp.Simulated?.Charge(Smp.Simulated.Costs.PageNs);
            Smp.Recorder?.Set($"{Name}.data", _content, value);
            _content = value;
        }
    }

    /// <summary>The file page it caches, -1 if none.</summary>
    public int FileIndex
    {
        get
        {
            Smp.Looked(_fileWord);
            return _fileIndex;
        }

        set
        {
            Smp.Changed(_fileWord);
            _fileIndex = value;
        }
    }

    /// <summary>
    /// page->index of an anonymous page: the address at which each of those that map it does, as a fork's are its parent's; -1
    /// before somebody has. Reclaim finds its mappings by it.
    /// </summary>
    public int LinearIndex
    {
        get
        {
            Smp.Looked(_indexWord);
            return _linearIndex;
        }

        set
        {
            Smp.Changed(_indexWord);
            _linearIndex = value;
        }
    }

    /// <summary>page->inode: the file whose page it caches, where the machine has a file system.</summary>
    public Inode? Mapping { get; set; }

    /// <summary>page->buffers: the buffer that it is, where the machine has a file system.</summary>
    public BufferHead? Buffer { get; set; }

    internal Page? NextInHash
    {
        get => _nextInHash.Value;
        set => _nextInHash.Value = value;
    }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public SwapEntry RawEntry => _entry.Raw;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int RawContent => _content;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public bool RawDirty => _dirty.Raw;

    /// <summary>As audits see it: the next older page under the same slot.</summary>
    public Page? RawNextInHash => _nextInHash.Raw;

    /// <summary>As audits see it: the count of mappings.</summary>
    public int RawMapCount => _mapCount.Raw;

    /// <summary>A free page. One that nobody has had since the last time is so already, if nothing went wrong then.</summary>
    internal void PowerOn(bool lastRunFailed)
    {
        if (_isFresh && !lastRunFailed)
        {
            return;
        }

        _isFresh = true;
        Allocate();
        Count.Raw = 0;
        _entry.Raw = default;
        _dirty.Raw = false;
        _uptodate.Raw = false;
        _writeback.Raw = false;
        _mapCount.Raw = 0;
        _nextInHash.Raw = null;
        _content = 0;
        FileIndex = -1;
        LinearIndex = -1;
        Mapping = null;
        Buffer = null;
        Free();
    }

    /// <summary>The allocator gives the page out: one reference, nothing in it that means anything.</summary>
    internal void GiveOut()
    {
        _isFresh = false;
        Allocate();
        Count.Raw = 1;
        _dirty.Raw = false;
        _uptodate.Raw = false;
        _writeback.Raw = false;
        _mapCount.Raw = 0;
        Smp.Changed(_contentWord);
        _content = Poison;
        FileIndex = -1;
        LinearIndex = -1;
        Mapping = null;
        Buffer = null;
    }

    /// <summary>What is in a page that nobody has written to since it was allocated: no value any program wrote.</summary>
    public const int Poison = -0x5a;
}
