using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// The LRU list of each node, its lru_lock, and the pagevec in which each CPU collects pages before it puts them there
/// (mm/swap.c). For the simulated clock only: whatever reclaims here asks for pages in another way.
/// </summary>
/// <remarks>
/// A struct page is one line: its flags and list pointers lie beside its count, and who puts a page on the list or takes it off
/// writes to its neighbours there too. A page that is given back while a pagevec has it leaves that; in the kernel the pagevec
/// has a reference and keeps it. Each page costs a step (<see cref="CostModel.StepNs"/>) where it is collected, put on the list
/// and taken off.
/// </remarks>
public sealed class Lru
{
    private const int Nowhere = -1;
    private const int Listed = -2;

    private readonly Smp _smp;
    private readonly SimulatedClock _clock;
    private readonly PageHomes _homes;
    private readonly Each<Page> _pages;
    private readonly SpinLock[] _locks;
    private readonly PerCpuCounter[] _listed;
    private readonly int _releaseBatch;

    /// <summary>The lists, which end where they begin: at the heads of the nodes, behind the last page.</summary>
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly CacheLine[] _heads;

    /// <summary>The CPU whose pagevec has the page, or <see cref="Listed"/>, or <see cref="Nowhere"/>.</summary>
    private readonly int[] _place;

    private readonly Page[][] _pagevecs;
    private readonly int[] _collected;

    /// <summary>The lock with which each CPU is in release_pages(), and how many pages it has taken off since it has it.</summary>
    private readonly SpinLock?[] _releasing;
    private readonly int[] _released;

    internal Lru(Machine machine, PageHomes homes, AccountingDesign design)
    {
        _smp = machine.Smp;
        _clock = _smp.Simulated!;
        _homes = homes;
        _pages = machine.Pages;
        _releaseBatch = design.ReleaseBatch;
        _locks = [.. Enumerable.Range(0, homes.Count).Select(node => new SpinLock(_smp, $"node{node}.lru_lock", "lru_lock"))];
        _listed = PageAccounting.ZoneCounters(_smp, homes);
        _next = new int[_pages.Length + homes.Count];
        _previous = new int[_next.Length];
        _heads = new CacheLine[homes.Count];
        _place = new int[_pages.Length];
        _pagevecs = [.. Enumerable.Range(0, _smp.CpuLimit).Select(_ => new Page[design.PagevecSize])];
        _collected = new int[_smp.CpuLimit];
        _releasing = new SpinLock?[_smp.CpuLimit];
        _released = new int[_smp.CpuLimit];
    }

    /// <summary>lru_cache_add(): collects the page, and puts all that the CPU has collected on the list if its pagevec is full.</summary>
    public KTask Add(Page page)
    {
        ArgumentNullException.ThrowIfNull(page);
        int me = _smp.ProcessorId;
        _clock.Charge(_clock.Costs.StepNs + _clock.Costs.LocalNs);

        // page_cache_get(): the pagevec's own reference, of which only the time is modelled.
        _clock.Touch(page.Count, isWrite: true);
        _place[page.Index] = me;
        _pagevecs[me][_collected[me]++] = page;
        return _collected[me] == _pagevecs[me].Length ? Drain() : KTask.Completed;
    }

    /// <summary>lru_add_drain(): puts what this CPU has collected on the list.</summary>
    public KTask Drain() => _collected[_smp.ProcessorId] == 0 ? KTask.Completed : PagevecLruAdd();

    /// <summary>
    /// del_page_from_lru(), of a page to which nobody has a reference any more. <paramref name="inBatch"/>: the caller is
    /// release_pages(), which keeps the lock for the next page and says when there is none (<see cref="EndRelease"/>).
    /// </summary>
    public KTask Remove(Page page, bool inBatch)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (_place[page.Index] == Listed)
        {
            return TakeOff(page, inBatch);
        }

        _place[page.Index] = Nowhere;
        return KTask.Completed;
    }

    /// <summary>The end of release_pages().</summary>
    public KTask EndRelease() => _releasing[_smp.ProcessorId] is null ? KTask.Completed : DropReleaseLock();

    /// <summary>As tests see it: the pages on the list of a node, the one put there last first.</summary>
    internal IEnumerable<Page> Raw(int node)
    {
        int head = _pages.Length + node;
        for (int at = _next[head]; at != head; at = _next[at])
        {
            yield return _pages[at];
        }
    }

    internal void PowerOn()
    {
        Array.Fill(_place, Nowhere);
        Array.Clear(_collected);
        Array.Clear(_releasing);
        Array.Clear(_released);
        Array.Clear(_heads);
        for (int node = 0; node < _heads.Length; node++)
        {
            int head = _pages.Length + node;
            _next[head] = head;
            _previous[head] = head;
            _listed[node].PowerOn();
        }
    }

    /// <summary>____pagevec_lru_add(), and release_pages() of the pagevec's own references.</summary>
    private async KTask PagevecLruAdd()
    {
        int me = _smp.ProcessorId;
        Page[] pages = _pagevecs[me];
        SpinLock? held = null;
        for (int index = 0; index < _collected[me]; index++)
        {
            Page page = pages[index];
            if (_place[page.Index] != me)
            {
                continue;
            }

            SpinLock wanted = LockOf(page);
            if (!ReferenceEquals(held, wanted))
            {
                if (held is not null)
                {
                    await held.Unlock();
                }

                await wanted.Lock();
                held = wanted;
            }

            Link(page);
        }

        if (held is not null)
        {
            await held.Unlock();
        }

        for (int index = 0; index < _collected[me]; index++)
        {
            _clock.Touch(pages[index].Count, isWrite: true);
        }

        _collected[me] = 0;
    }

    private async KTask TakeOff(Page page, bool inBatch)
    {
        int me = _smp.ProcessorId;
        SpinLock wanted = LockOf(page);
        if (!ReferenceEquals(_releasing[me], wanted))
        {
            await EndRelease();
            await wanted.Lock();
            _releasing[me] = wanted;
        }

        Unlink(page);
        if (!inBatch || ++_released[me] == _releaseBatch)
        {
            await EndRelease();
        }
    }

    private async KTask DropReleaseLock()
    {
        int me = _smp.ProcessorId;
        await _releasing[me]!.Unlock();
        _releasing[me] = null;
        _released[me] = 0;
    }

    private SpinLock LockOf(Page page) => _locks[_homes.NodeOf(page)];

    /// <summary>SetPageLRU() and add_page_to_lru_list().</summary>
    private void Link(Page page)
    {
        int node = _homes.NodeOf(page);
        int head = _pages.Length + node;
        int after = _next[head];
        _clock.Charge(_clock.Costs.StepNs);
        _clock.Touch(page.Count, isWrite: true);
        WriteLinks(page.Index);
        WriteLinks(head);
        WriteLinks(after);
        _next[page.Index] = after;
        _previous[page.Index] = head;
        _next[head] = page.Index;
        _previous[after] = page.Index;
        _place[page.Index] = Listed;
        _listed[node].Add(_smp.ProcessorId, 1);
    }

    /// <summary>__ClearPageLRU() and del_page_from_lru().</summary>
    private void Unlink(Page page)
    {
        int before = _previous[page.Index];
        int after = _next[page.Index];
        _clock.Charge(_clock.Costs.StepNs);
        WriteLinks(page.Index);
        WriteLinks(before);
        WriteLinks(after);
        _next[before] = after;
        _previous[after] = before;
        _place[page.Index] = Nowhere;
        _listed[_homes.NodeOf(page)].Add(_smp.ProcessorId, -1);
    }

    /// <summary>Plain stores to the pointers of a page, or of the head of a list.</summary>
    private void WriteLinks(int at)
    {
        if (at < _pages.Length)
        {
            _clock.TouchLineOf(_pages[at].Count);
        }
        else
        {
            _clock.Touch(ref _heads[at - _pages.Length], isWrite: true);
        }
    }
}
