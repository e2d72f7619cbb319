using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// struct buffer_head: a block of the disk in memory. It is one page, whose content is the block's and whose page lock
/// stands for BH_Lock. Buffer heads that were freed are given out again, the one freed last first.
/// </summary>
public sealed class BufferHead : TrackedObject
{
    private readonly Cell<int> _block;
    private readonly Cell<int> _count;
    private readonly Cell<bool> _dirty;
    private readonly Cell<bool> _uptodate;
    private Page? _page;

    internal BufferHead(Smp smp, int index)
        : base(smp, "buffer_head", $"bh{index}")
    {
        _block = new Cell<int>(this, "b_blocknr", 0);
        _count = new Cell<int>(this, "b_count", 0);
        _dirty = new Cell<bool>(this, "BH_Dirty", false);
        _uptodate = new Cell<bool>(this, "BH_Uptodate", false);
    }

    /// <summary>b_blocknr: which block.</summary>
    public int Block => _block.Value;

    /// <summary>b_count: who uses it now. One that nobody uses may be freed.</summary>
    public int Count
    {
        get => _count.Value;
        set => _count.Value = value;
    }

    /// <summary>BH_Dirty: it has to be written.</summary>
    public bool IsDirty
    {
        get => _dirty.Value;
        set => _dirty.Value = value;
    }

    /// <summary>BH_Uptodate: it holds what the block holds, or newer.</summary>
    public bool IsUptodate
    {
        get => _uptodate.Value;
        set => _uptodate.Value = value;
    }

    /// <summary>b_data: the page that it is.</summary>
    public Page Page
    {
        get
        {
            Touch("b_data");
            return _page!;
        }
    }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public bool RawUptodate => _uptodate.Raw;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public int RawCount => _count.Raw;

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public Page RawPage => _page!;

    internal void GiveOut(int block, Page page)
    {
        Allocate();
        _block.Raw = block;
        _count.Raw = 1;
        _dirty.Raw = false;
        _uptodate.Raw = false;
        _page = page;
    }
}
