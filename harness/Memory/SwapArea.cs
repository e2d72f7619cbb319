using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>struct swap_info_struct: one swap device, its slots and what is on them.</summary>
public sealed class SwapArea : TrackedObject
{
    private readonly Cell<bool> _used;
    private readonly Cell<bool> _writeOk;
    private readonly Cell<Page?>[] _cacheHead;
    private readonly int[] _disk;
    private readonly int _diskWord;
    private readonly int _incarnationWord;
    private int _incarnation;

    internal SwapArea(Smp smp, int index, int maxSlots)
        : base(smp, "swap_info", $"swap{index}")
    {
        Index = index;
        _diskWord = smp.NumberOfWord();
        _incarnationWord = smp.NumberOfWord();
        _used = new Cell<bool>(this, "SWP_USED", false);
        _writeOk = new Cell<bool>(this, "SWP_WRITEOK", false);
        Map = new SwapMap(smp, index, maxSlots);
        _cacheHead = new Cell<Page?>[maxSlots];
        for (int offset = 0; offset < maxSlots; offset++)
        {
            _cacheHead[offset] = new Cell<Page?>(this, $"cache[{offset}]", null);
        }

        _disk = new int[maxSlots];
    }

    /// <summary>Its number: the type of its entries.</summary>
    public int Index { get; }

    /// <summary>Slots that the device has, in this history.</summary>
    public int Slots { get; private set; }

    /// <summary>swap_map: users of each slot. Allocated by swapon, freed by swapoff.</summary>
    public SwapMap Map { get; }

    /// <summary>SWP_USED.</summary>
    public bool IsUsed
    {
        get => _used.Value;
        set => _used.Value = value;
    }

    /// <summary>SWP_WRITEOK: slots may be given out.</summary>
    public bool IsWriteOk
    {
        get => _writeOk.Value;
        set => _writeOk.Value = value;
    }

    /// <summary>How often it has been switched on. For audits: no variant may look at it.</summary>
    public int Incarnation
    {
        get
        {
            Smp.Looked(_incarnationWord);
            return _incarnation;
        }

        set
        {
            Smp.Changed(_incarnationWord);
            _incarnation = value;
        }
    }

    /// <summary>The entry of a slot, as it is made now.</summary>
    public SwapEntry EntryOf(int offset) => new(Index, offset, Incarnation);

    /// <summary>What the device holds in a slot. Only the disk may look.</summary>
    internal ref int Disk(int offset)
    {
        Smp.Changed(_diskWord);
        return ref _disk[offset];
    }

    /// <summary>The newest page hashed under a slot.</summary>
    internal Cell<Page?> CacheHead(int offset) => _cacheHead[offset];

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public bool RawUsed => _used.Raw;

    /// <summary>As audits see it: what the device holds in a slot.</summary>
    public int RawDisk(int offset) => _disk[offset];

    /// <summary>As audits see it: the newest page hashed under a slot; the next is its <see cref="Page.RawNextInHash"/>.</summary>
    public Page? RawCached(int offset) => _cacheHead[offset].Raw;

    /// <summary>
    /// What was on the device before: swapon of a device that others have used meanwhile. No program wrote it.
    /// </summary>
    public void Scribble()
    {
        Smp.Changed(_diskWord);
        Array.Fill(_disk, Garbage);
    }

    /// <summary>What is in a slot that nobody has written since swapon.</summary>
    public const int Garbage = -0xdead;

    /// <summary>What swapon builds: an empty swap_map, on a device that holds whatever it holds by now.</summary>
    public void SwitchOn()
    {
        Map.Allocate();
        Map.Clear();
        Scribble();
        Incarnation++;
    }

    internal void PowerOn(int slots)
    {
        Slots = slots;
        Incarnation = 0;
        _used.Raw = true;
        _writeOk.Raw = true;
        Map.PowerOn();
        foreach (Cell<Page?> head in _cacheHead)
        {
            head.Raw = null;
        }

        Scribble();
    }
}

/// <summary>swap_map[]: how many users each slot has; the swap cache counts as one.</summary>
public sealed class SwapMap : TrackedObject
{
    private readonly Cell<int>[] _counts;

    internal SwapMap(Smp smp, int area, int maxSlots)
        : base(smp, "swap_map", area == 0 ? "swap_map" : $"swap_map{area}")
    {
        _counts = new Cell<int>[maxSlots];
        for (int offset = 0; offset < maxSlots; offset++)
        {
            _counts[offset] = new Cell<int>(this, $"[{offset}]", 0);
        }
    }

    /// <summary>The count of a slot, as the kernel reads and writes it.</summary>
    public int this[int offset]
    {
        get => _counts[offset].Value;
        set => _counts[offset].Value = value;
    }

    /// <summary>
    /// The count of a slot, looked at without the lock that guards it, as swapoff does since 2.4.10: what it is at this
    /// moment, and by the next it may be another.
    /// </summary>
    public int Glance(int offset)
    {
        Touch("Read of a count");
        Smp.Looked(_counts[offset].Number);
        return _counts[offset].Raw;
    }

    /// <summary>READ_ONCE(): the count of a slot as whoever holds no lock finds it. It orders nothing.</summary>
    public int ReadOnce(int offset)
    {
        Touch("Read");
        Smp.Looked(_counts[offset].Number);
        return _counts[offset].Raw;
    }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int Raw(int offset) => _counts[offset].Raw;

    internal void PowerOn()
    {
        Allocate();
        Clear();
    }

    /// <summary>vmalloc() and memset(): every slot is free.</summary>
    internal void Clear()
    {
        foreach (Cell<int> count in _counts)
        {
            Smp.Changed(count.Number);
            count.Raw = 0;
        }
    }
}
