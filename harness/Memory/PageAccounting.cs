using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// What a kernel does with a page beside mapping it: the LRU list, rss, and the counts of /proc/vmstat. It takes time, and
/// nothing else: no kernel here goes by it, so there is none but under the simulated clock.
/// </summary>
public sealed class PageAccounting
{
    /// <summary>The greatest stat_threshold of a zone, to which refresh_zone_stat_thresholds() comes on all but small machines.</summary>
    private const int StatThreshold = 125;

    private const int FaultsOfTask = 64;
    private const int LeastPerCpuBatch = 32;

    private readonly Smp _smp;
    private readonly PageHomes _homes;
    private readonly PerCpuCounter[] _anonPages;
    private readonly PerCpuCounter?[] _rss;
    private readonly RssCounting _counting;

    internal PageAccounting(Machine machine, PageHomes homes, AccountingDesign design)
    {
        _smp = machine.Smp;
        _homes = homes;
        _counting = design.Rss;
        _rss = new PerCpuCounter?[machine.Capacity.Mms];
        _anonPages = ZoneCounters(_smp, homes);
        Lru = new Lru(machine, homes, design);
    }

    /// <summary>The lists of pages in the order of their use.</summary>
    public Lru Lru { get; }

    /// <summary>__inc_zone_page_state(page, NR_ANON_PAGES), or NR_ANON_MAPPED of a node: one more or less is mapped.</summary>
    public void CountAnonPage(Page page, int change)
    {
        ArgumentNullException.ThrowIfNull(page);
        _anonPages[_homes.NodeOf(page)].Add(_smp.ProcessorId, change);
    }

    /// <summary>inc_mm_counter(), called by a fault of one of the mm's own threads.</summary>
    public void IncRss(MmStruct mm)
    {
        ArgumentNullException.ThrowIfNull(mm);
        RssOf(mm).Add(_smp.ProcessorId, 1);
    }

    /// <summary>add_mm_rss(), called once for the ptes of a page table.</summary>
    public void AddRss(MmStruct mm, int pages)
    {
        ArgumentNullException.ThrowIfNull(mm);
        if (pages == 0)
        {
            return;
        }

        if (_counting == RssCounting.OfTasks)
        {
            // sync_mm_rss() comes first.
            RssOf(mm).AddShared(_smp.ProcessorId, pages);
        }
        else
        {
            RssOf(mm).Add(_smp.ProcessorId, pages);
        }
    }

    /// <summary>As tests see it: pages that the address space has by this count.</summary>
    internal long RawRss(MmStruct mm) => _rss[mm.Index]?.Sum ?? 0;

    /// <summary>As tests see it: anonymous pages that are mapped, of all nodes.</summary>
    internal long RawAnonPages => _anonPages.Sum(node => node.Sum);

    internal static PerCpuCounter[] ZoneCounters(Smp smp, PageHomes homes) =>
        [.. Enumerable.Range(0, homes.Count).Select(_ => new PerCpuCounter(smp.Simulated!, smp.CpuLimit, StatThreshold))];

    internal void PowerOn()
    {
        foreach (PerCpuCounter node in _anonPages)
        {
            node.PowerOn();
        }

        Array.Clear(_rss);
        Lru.PowerOn();
    }

    private PerCpuCounter RssOf(MmStruct mm)
    {
        SimulatedClock clock = _smp.Simulated!;
        return _rss[mm.Index] ??= new PerCpuCounter(clock, _smp.CpuLimit, _counting switch
        {
            RssCounting.Shared => 1,
            RssCounting.OfTasks => FaultsOfTask,

            // percpu_counter_batch
            _ => Math.Max(LeastPerCpuBatch, 2 * clock.Costs.Cpus),
        });
    }
}
