using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// A disk with a file system on it, two files and the buffer cache: all that is shared of it, and no code that works on
/// it, which is the kernel's. Both files are full of holes at first: two pages each, where histories run.
/// </summary>
/// <remarks>Its words are plain: whoever uses it must hold what the kernel of its time held.</remarks>
public sealed class FileSystem
{
    /// <summary>How many files there are.</summary>
    public const int FileCount = 2;

    /// <summary>A group has so many blocks more than a file has pages, as files may take blocks of each other's groups.</summary>
    private const int SpareBlocks = 1;

    private readonly Machine _machine;
    private readonly int[] _disk;
    private readonly int _diskWord;
    private readonly int _allocatorWord;
    private readonly BufferHead[] _heads;
    private readonly BufferHead[] _free;
    private readonly Hash _hash;
    private int _freeCount;

    internal FileSystem(Machine machine)
    {
        _machine = machine;
        _diskWord = machine.Smp.NumberOfWord();
        _allocatorWord = machine.Smp.NumberOfWord();
        Super = new SuperBlock(machine.Smp, machine.Capacity.FilePages + SpareBlocks);
        Blocks = 1 + SuperBlock.Groups + (SuperBlock.Groups * Super.BlocksPerGroup);
        _disk = new int[Blocks];
        _hash = new Hash(machine.Smp, Blocks);
        for (int file = 0; file < FileCount; file++)
        {
            Files[file] = new Inode(machine.Smp, file, machine.Capacity.FilePages);
        }

        _heads = new BufferHead[machine.Capacity.Pages];
        _free = new BufferHead[_heads.Length];
        for (int index = 0; index < _heads.Length; index++)
        {
            _heads[index] = new BufferHead(machine.Smp, index);
        }
    }

    /// <summary>How many blocks the disk has; block 0 is nobody's.</summary>
    public int Blocks { get; }

    /// <summary>The superblock.</summary>
    public SuperBlock Super { get; }

    /// <summary>The files.</summary>
    public Inode[] Files { get; } = new Inode[FileCount];

    /// <summary>The file that has a file page: even ones are the first file's, odd ones the second's.</summary>
    public Inode FileOf(int filePage) => Files[filePage % FileCount];

    /// <summary>Where in its file a file page is.</summary>
    public static int IndexOf(int filePage) => filePage / FileCount;

    /// <summary>The file page that is so far into a file.</summary>
    public static int FilePageOf(Inode file, int index) => (index * FileCount) + file.Index;

    /// <summary>The buffer cache: the buffer of a block, null if there is none.</summary>
    public Cell<BufferHead?> Buffer(int block) => _hash.Buffer(block);

    /// <summary>A buffer for a block that has none: in the cache, used once, not up to date.</summary>
    public BufferHead NewBuffer(int block, Page page)
    {
        _machine.Smp.Changed(_allocatorWord);
        BufferHead head = _free[--_freeCount];
        head.GiveOut(block, page);
        page.Buffer = head;
        Buffer(block).Value = head;
        return head;
    }

    /// <summary>Takes a buffer out of the cache and frees it. Its page is the caller's.</summary>
    public void FreeBuffer(BufferHead head)
    {
        _machine.Smp.Changed(_allocatorWord);
        Buffer(head.Block).Value = null;
        head.Page.Buffer = null;
        head.Free();
        _free[_freeCount++] = head;
    }

    /// <summary>As audits see it: what is in a block now, in the buffer cache or on the disk.</summary>
    public int RawContent(int block) =>
        _hash.Buffer(block).Raw is { RawUptodate: true } cached ? cached.RawPage.RawContent : _disk[block];

    /// <summary>As audits see it: what read(2) would find in a page of a file.</summary>
    public int RawRead(Inode file, int index) =>
        index >= file.RawSize ? 0
        : file.CachedPage(index).Raw is { } cached ? cached.RawContent
        : file.Block(index).Raw is var block and not 0 ? RawContent(block)
        : 0;

    /// <summary>The disk does what was asked of it.</summary>
    internal void Transfer(DiskRequest request)
    {
        _machine.Smp.Changed(_diskWord);
        if (request.IsWrite)
        {
            _disk[request.Block] = request.Page.Content;
        }
        else
        {
            request.Page.Content = _disk[request.Block];
        }
    }

    internal void PowerOn()
    {
        Super.PowerOn();
        _hash.PowerOn();
        Array.Fill(_disk, SwapArea.Garbage);
        for (int group = 0; group < SuperBlock.Groups; group++)
        {
            _disk[SuperBlock.BitmapBlock(group)] = 0;
        }

        foreach (Inode file in Files)
        {
            file.PowerOn(file.Pages);
        }

        for (int index = 0; index < _heads.Length; index++)
        {
            _free[index] = _heads[_heads.Length - 1 - index];
        }

        _freeCount = _free.Length;
    }

    /// <summary>The buffer cache's hash table, with a chain for each block.</summary>
    private sealed class Hash : TrackedObject
    {
        private readonly Cell<BufferHead?>[] _buffers;

        internal Hash(Smp smp, int blocks)
            : base(smp, "hash_table", "hash_table")
        {
            _buffers = new Cell<BufferHead?>[blocks];
            for (int block = 0; block < blocks; block++)
            {
                _buffers[block] = new Cell<BufferHead?>(this, $"buffer[{block}]", null);
            }
        }

        internal Cell<BufferHead?> Buffer(int block) => _buffers[block];

        internal void PowerOn()
        {
            foreach (Cell<BufferHead?> buffer in _buffers)
            {
                buffer.Raw = null;
            }
        }
    }
}
