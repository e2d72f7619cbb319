using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// struct super_block of a file system whose free blocks are bits in bitmap blocks, one for each group. Only a few
/// bitmaps are held loaded; which they are is guarded by the superblock's lock.
/// </summary>
public sealed class SuperBlock : TrackedObject
{
    /// <summary>Groups of blocks.</summary>
    public const int Groups = 2;

    /// <summary>How many bitmaps are held loaded: fewer than there are, as in a file system of any size.</summary>
    public const int MaxLoaded = 1;

    private readonly Cell<int>[] _number = new Cell<int>[MaxLoaded];
    private readonly Cell<BufferHead?>[] _bitmap = new Cell<BufferHead?>[MaxLoaded];
    private readonly Cell<int>[] _freeBlocks = new Cell<int>[Groups];
    private readonly Cell<int> _loaded;

    internal SuperBlock(Smp smp, int blocksPerGroup)
        : base(smp, "super_block", "sb")
    {
        BlocksPerGroup = blocksPerGroup;
        Lock = new Semaphore(smp, "sb.s_lock", "s_lock");
        _loaded = new Cell<int>(this, "s_loaded_block_bitmaps", 0);
        for (int slot = 0; slot < MaxLoaded; slot++)
        {
            _number[slot] = new Cell<int>(this, $"s_block_bitmap_number[{slot}]", 0);
            _bitmap[slot] = new Cell<BufferHead?>(this, $"s_block_bitmap[{slot}]", null);
        }

        for (int group = 0; group < Groups; group++)
        {
            _freeBlocks[group] = new Cell<int>(this, $"bg_free_blocks_count[{group}]", BlocksPerGroup);
        }
    }

    /// <summary>Data blocks of a group.</summary>
    public int BlocksPerGroup { get; }

    /// <summary>s_lock: what lock_super() takes. It sleeps, and its holder cannot take it twice.</summary>
    public Semaphore Lock { get; }

    /// <summary>s_loaded_block_bitmaps: slots in use.</summary>
    public int Loaded
    {
        get => _loaded.Value;
        set => _loaded.Value = value;
    }

    /// <summary>s_block_bitmap_number[]: whose bitmap a slot has.</summary>
    public Cell<int> BitmapNumber(int slot) => _number[slot];

    /// <summary>s_block_bitmap[]: the bitmap in a slot.</summary>
    public Cell<BufferHead?> Bitmap(int slot) => _bitmap[slot];

    /// <summary>bg_free_blocks_count of a group's descriptor, which is always in memory.</summary>
    public Cell<int> FreeBlocks(int group) => _freeBlocks[group];

    /// <summary>bg_block_bitmap: the block with a group's bitmap.</summary>
    public static int BitmapBlock(int group) => 1 + group;

    /// <summary>The number of a data block.</summary>
    public int BlockOf(int group, int bit) => 1 + Groups + (group * BlocksPerGroup) + bit;

    /// <summary>The group of a data block.</summary>
    public int GroupOf(int block) => (block - 1 - Groups) / BlocksPerGroup;

    /// <summary>The bit of a data block in its group's bitmap.</summary>
    public int BitOf(int block) => (block - 1 - Groups) % BlocksPerGroup;

    internal void PowerOn()
    {
        Allocate();
        _loaded.Raw = 0;
        for (int slot = 0; slot < MaxLoaded; slot++)
        {
            _number[slot].Raw = 0;
            _bitmap[slot].Raw = null;
        }

        foreach (Cell<int> free in _freeBlocks)
        {
            free.Raw = BlocksPerGroup;
        }
    }
}
