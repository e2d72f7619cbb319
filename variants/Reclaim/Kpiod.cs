using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Reclaim;

/// <summary>
/// kpiod, of 2.2.2: page-out for reclaim puts the page into a queue, and a thread of its own writes it. "The caller can
/// never fail eventually to release any vfs locks currently held." Here with V5's scopes and Andrea Arcangeli's PF_MEMALLOC
/// for the thread.
/// </summary>
/// <remarks>
/// The requests are an array here, which grows, as a page is queued anew each time it is found dirty: kmem_cache_alloc() of a
/// request is left out.
/// <para>As posted a request names a file, an offset and a page, and nobody asks whether the page is the file's still when
/// its turn comes.</para>
/// </remarks>
public class Kpiod : PfNoIoSaved
{
    private readonly WaitQueue _wait;
    private readonly Queue _queue;
    private readonly Func<Cpu, KTask> _thread;

    /// <summary>The kernel of one machine.</summary>
    public Kpiod(Machine machine)
        : base(machine)
    {
        _wait = new WaitQueue(Smp, "pio_wait");
        _queue = new Queue(Smp, machine.Pages.Length);
        _thread = Thread;
    }

    /// <summary>True if a request is dropped whose page is no longer the file's.</summary>
    protected virtual bool Asks => false;

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        _queue.Count.Raw = 0;
        _queue.First.Raw = 0;
        Smp.Spawn("kpiod", _thread, daemon: true);
    }

    /// <summary>make_pio_request(): the page has a reference until it is written.</summary>
    protected override KTask FilemapSwapout(Inode file, int index, Page page)
    {
        page.Count.AddUnderLock(1);
        _queue.Put(new Request(file, index, page));
        _wait.WakeUp();
        return KTask.Completed;
    }

    /// <inheritdoc/>
    protected override async KTask FilemapWritePage(Inode file, int index, Page page)
    {
        await DownInode(file);
        if (!Asks || IsCached(page, file, index))
        {
            await DoWritePage(file, index, page);
        }

        await UpInode(file);
    }

    /// <inheritdoc/>
    protected override KTask<Page> RefillFreelist(Gfp mask) => RefillWithoutFilesystem();

    /// <summary>"This is the only thread which is allowed to write out filemap pages while swapping."</summary>
    private async KTask Thread(Cpu cpu)
    {
        Flags |= Pf.MemAlloc;
        await Bkl.Lock();
        while (true)
        {
            while (_queue.Count.Value == 0)
            {
                await _wait.Sleep();
            }

            while (_queue.Count.Value > 0)
            {
                Request p = _queue.Take();
                await FilemapWritePage(p.File, p.Index, p.Page);
                FreePage(p.Page);
                Memory.Progress();
            }
        }
    }

    /// <summary>struct pio_request.</summary>
    private readonly record struct Request(Inode File, int Index, Page Page);

    /// <summary>pio_first and what hangs on it, under the big kernel lock.</summary>
    private sealed class Queue : TrackedObject
    {
        private Request[] _requests;

        internal Queue(Smp smp, int capacity)
            : base(smp, "pio_request", "pio_first")
        {
            _requests = new Request[capacity];
            First = new Cell<int>(this, "first", 0);
            Count = new Cell<int>(this, "nr_pio_request", 0);
        }

        internal Cell<int> First { get; }

        internal Cell<int> Count { get; }

        internal void Put(Request request)
        {
            int first = First.Value;
            int count = Count.Value;
            if (count == _requests.Length)
            {
                Grow(first);
            }

            At(first + count) = request;
            Count.Value = count + 1;
        }

        internal Request Take()
        {
            int first = First.Value;
            First.Value = first + 1;
            Count.Value--;
            return At(first);
        }

        /// <summary>Requests are numbered without end, so that no number tells how long the array is.</summary>
        private ref Request At(int number) => ref _requests[number % _requests.Length];

        private void Grow(int first)
        {
            Request[] old = _requests;
            _requests = new Request[2 * old.Length];
            for (int number = first; number < first + old.Length; number++)
            {
                At(number) = old[number % old.Length];
            }
        }
    }
}

/// <summary>V5k+: V5k that drops a request whose page is no longer the file's.</summary>
public class KpiodThatAsks : Kpiod
{
    /// <summary>The kernel of one machine.</summary>
    public KpiodThatAsks(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool Asks => true;
}
