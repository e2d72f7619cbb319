using System.Runtime.CompilerServices;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Harness.Memory;

/// <summary>struct mm_struct: an address space.</summary>
public sealed class MmStruct : TrackedObject
{
    private readonly Cell<Vma?> _mmap;
    private readonly Cell<int> _mapCount;
    private readonly Cell<int> _rss;
    private readonly Cell<Pte>?[] _ptes;
    private readonly VmaIndex? _vmas;
    private Cell<PageTable?>[]? _pmds;
    private int _tableShift = System.Numerics.BitOperations.Log2((uint)PageTable.Entries);

    internal MmStruct(Smp smp, int index, int addresses)
        : base(smp, "mm_struct", $"mm{index}")
    {
        Index = index;
        _vmas = smp.Simulated is null ? null : new VmaIndex();
        Users = new AtomicInt(this, "mm_users");
        MmapSem = new Semaphore(smp, $"{Name}.mmap_sem", "mmap_sem");
        MmapRwSem = new RwSemaphore(smp, $"{Name}.mmap_sem", "mmap_sem (rw)");
        Mmu = new UserAccesses(smp, $"{Name}.user");
        PageTableLock = new SpinLock(smp, $"{Name}.page_table_lock", "page_table_lock");
        _mmap = new Cell<Vma?>(this, "mmap", null);
        _mapCount = new Cell<int>(this, "map_count", 0);
        _rss = new Cell<int>(this, "rss", 0, marked: true);
        _ptes = new Cell<Pte>[addresses];
        for (int address = 0; address < addresses && smp.Simulated is null; address++)
        {
            _ = MakePte(address);
        }
    }

    /// <summary>Which one of the machine's mm_structs it is.</summary>
    public int Index { get; }

    /// <summary>mm->count in 2.3, mm_users later: tasks and others that use the address space.</summary>
    public AtomicInt Users { get; }

    /// <summary>mmap_sem as it was up to 2.4.2: a plain semaphore.</summary>
    public Semaphore MmapSem { get; }

    /// <summary>mmap_sem as it has been since 2.4.3: a read-write semaphore.</summary>
    public RwSemaphore MmapRwSem { get; }

    /// <summary>page_table_lock (2.4 and later).</summary>
    public SpinLock PageTableLock { get; }

    /// <summary>mm->mmap: the list of vmas, by address.</summary>
    public Vma? Mmap
    {
        get => _mmap.Value;
        set
        {
            _mmap.Value = value;
            VmasChanged();
        }
    }

    /// <summary>mm->map_count: vmas in the list.</summary>
    public int MapCount
    {
        get => _mapCount.Value;
        set => _mapCount.Value = value;
    }

    /// <summary>mm->rss: pages mapped. A statistic, which kernels of all times update without order.</summary>
    public int Rss
    {
        get => _rss.Value;
        set => _rss.Value = value;
    }

    /// <summary>How many pages the address space has.</summary>
    public int Addresses => _ptes.Length;

    /// <summary>
    /// The page-table entry of <paramref name="address"/>, to read and set as the kernel does: one word, which the
    /// hardware reads and changes at any time. Under the simulated clock it is made when somebody asks for it, which kernels
    /// with page tables never do.
    /// </summary>
    public Cell<Pte> Pte(int address) => _ptes[address] ?? MakePte(address);

    /// <summary>
    /// The pmd entry that has the table of <paramref name="address"/>: null where there is none. For kernels with page
    /// tables: see <see cref="Machine.UsePageTables"/>.
    /// </summary>
    public Cell<PageTable?> Pmd(int address) => _pmds![address >> _tableShift];

    /// <summary>As hardware finds the entry of <paramref name="address"/>: null if it has no page table.</summary>
    public Cell<Pte>? Walk(int address) => _pmds is null ? Pte(address) : _pmds[address >> _tableShift].Raw?.Pte(address);

    /// <summary>As audits see the entry of <paramref name="address"/>: none if it has no page table.</summary>
    public Pte RawPte(int address) => Walk(address) is { } pte ? pte.Raw : default;

    /// <summary>READ_ONCE(mm->mmap).</summary>
    public Vma? MmapOnce => _mmap.Once;

    /// <summary>Where the loads and stores of its threads meet.</summary>
    internal UserAccesses Mmu { get; }

    /// <summary>What user programs have done to it, kept for the promises: see <see cref="IWitness"/>.</summary>
    public object? Shadow { get; set; }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public Vma? RawMmap => _mmap.Raw;

    /// <summary>
    /// vma_address(): from where to where <paramref name="page"/> may be mapped. Of an anonymous page it is one address, by its
    /// <see cref="Page.LinearIndex"/>; a file's is looked for everywhere.
    /// </summary>
    public (int Address, int End) MayMap(Page page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.FileIndex >= 0 ? (0, Addresses) : (Math.Max(0, page.LinearIndex), page.LinearIndex + 1);
    }

    /// <summary>The number of the table that has <paramref name="address"/>.</summary>
    public int TableOf(int address) => address >> _tableShift;

    /// <summary>Ptes of one of its page tables.</summary>
    public int TableEntries => 1 << _tableShift;

    /// <summary>find_vma(): the first vma that ends beyond <paramref name="address"/>, or null.</summary>
    public Vma? FindVma(int address)
    {
        Vma? vma = Mmap;
        while (vma is not null && vma.End <= address)
        {
            vma = vma.Next;
        }

        return vma;
    }

    /// <summary>As <see cref="FindVma"/>, as those find it who hold no lock: with READ_ONCE().</summary>
    public Vma? FindVmaOnce(int address)
    {
        if (_vmas is not null)
        {
            return _vmas.Find(MmapOnce, address);
        }

        Vma? vma = MmapOnce;
        while (vma is not null && vma.EndOnce <= address)
        {
            vma = vma.NextOnce;
        }

        return vma;
    }

    /// <summary>__vma_link_list(): puts <paramref name="vma"/> into the list, by address.</summary>
    public void Link(Vma vma)
    {
        ArgumentNullException.ThrowIfNull(vma);
        Vma? before = null;
        Vma? after = Mmap;
        while (after is not null && after.Start < vma.Start)
        {
            before = after;
            after = after.Next;
        }

        vma.Next = after;
        if (before is null)
        {
            Mmap = vma;
        }
        else
        {
            before.Next = vma;
        }
    }

    /// <summary>__vma_unlink_list(): takes <paramref name="vma"/>, which is in the list, out of it.</summary>
    public void Unlink(Vma vma)
    {
        ArgumentNullException.ThrowIfNull(vma);
        if (ReferenceEquals(Mmap, vma))
        {
            Mmap = vma.Next;
            return;
        }

        Vma before = Mmap!;
        while (!ReferenceEquals(before.Next, vma))
        {
            before = before.Next!;
        }

        before.Next = vma.Next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Cell<Pte> MakePte(int address) =>
        _ptes[address] = new Cell<Pte>(this, PageTable.NameOfPte(address), default, marked: true);

    /// <summary>The list of vmas, or the range of one of them, is another from here.</summary>
    internal void VmasChanged() => _vmas?.Forget();

    internal void UsePageTables(int entries)
    {
        _tableShift = System.Numerics.BitOperations.Log2((uint)entries);
        _pmds = new Cell<PageTable?>[TableOf(Addresses - 1) + 1];
        for (int table = 0; table < _pmds.Length; table++)
        {
            _pmds[table] = new Cell<PageTable?>(this, $"pmd[{table}]", null, marked: true);
        }
    }

    /// <summary>kmem_cache_alloc(): every field as if zeroed.</summary>
    internal void GiveOut()
    {
        Allocate();
        Users.Raw = 1;
        MmapSem.Init();
        MmapRwSem.Init();
        _mmap.Raw = null;
        VmasChanged();
        _mapCount.Raw = 0;
        _rss.Raw = 0;
        Shadow = null;
        foreach (Cell<Pte>? pte in _ptes)
        {
            pte?.Raw = default;
        }

        if (_pmds is { } pmds)
        {
            foreach (Cell<PageTable?> pmd in pmds)
            {
                pmd.Raw = null;
            }
        }
    }
}
