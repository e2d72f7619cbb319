using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Families.Kernels;

/// <summary>
/// V0: Linux 2.2.0pre5 (January 1999), the tree that the seed speaks of. Whoever allocates a page when memory is low
/// reclaims, and a dirty page of a shared mapping is written then and there, through the filesystem and with its locks:
/// whatever locks the caller holds already.
/// </summary>
/// <remarks>
/// What it shares with 2.3.8 is that kernel's. Different are the files (2.2's go through a buffer cache, and write(2)
/// writes to buffers and then updates the page cache), page-out of shared mappings, and who may take the last pages.
/// Buffer is fs/buffer.c, Balloc and Ext2 are fs/ext2, Super is fs/super.c; FileMap, PageAlloc and VmScan are mm.
/// <para>Decided, as memory is a dozen pages here: reclaim on behalf of an allocation is content with one page instead
/// of 32, and looks three times instead of seven. An allocation that is no reclaimer's leaves the last pages to those who
/// are, and sleeps until there is one if reclaim has started something; in the kernel it took one of the reserve.
/// A buffer allocation that finds nothing writes dirty buffers back and waits, as refill_freelist() does, for kswapd; one
/// that user programs asked for fails.</para>
/// <para>do_no_page() looks again whether its page is still the file's after it slept: without it, truncate and fault race
/// whatever reclaim does. A file system has two groups of blocks and one bitmap loaded; ext2 has eight loaded.</para>
/// <para>Left out: that write(2) may fault on its buffer with i_sem held, shared memory segments, dentries, directories,
/// indirect blocks, preallocation, PG_referenced, bdflush as a thread (who would wake it starts the writes), and the
/// SIGBUS for a page-out that fails.</para>
/// <para>Source: 2.2.0pre's mm/filemap.c, fs/ext2/balloc.c as it was up to 2.4, and the mails that the family cites.</para>
/// </remarks>
public partial class Linux2_2_0pre5 : Linux2_3_8
{
    private readonly int[] _flags;
    private readonly Func<Cpu, KTask> _kswapd;
    private readonly WaitQueue _kswapdWait;
    private readonly Statics _statics;
    private readonly Action _progress;

    /// <summary>The kernel of one machine.</summary>
    public Linux2_2_0pre5(Machine machine)
        : base(machine)
    {
        _flags = new int[machine.Capacity.Cpus];
        Files = machine.UseFileSystem();
        Memory = machine.Zone.UseQueue();
        _kswapdWait = new WaitQueue(Smp, "kswapd_wait");
        _kswapd = Kswapd;
        _progress = Memory.Progress;
        _statics = new Statics(Smp);
    }

    /// <summary>Bits of current->flags.</summary>
    [Flags]
    protected enum Pf
    {
        /// <summary>None.</summary>
        None = 0,

        /// <summary>PF_MEMALLOC: takes the last pages, and does not reclaim.</summary>
        MemAlloc = 1,

        /// <summary>PF_NOIO, the seed's other proposal: reclaim on its behalf writes nothing.</summary>
        NoIo = 2,

        /// <summary>What PF_NOIO became when FS and IO were told apart: reclaim on its behalf enters no filesystem.</summary>
        NoFs = 4,
    }

    /// <summary>The files and their disk.</summary>
    protected FileSystem Files { get; }

    /// <summary>Where those sleep who wait for memory.</summary>
    protected MemoryQueue Memory { get; }

    /// <summary>current->flags: of whoever runs on this CPU, and nobody else's business.</summary>
    protected Pf Flags
    {
        get => (Pf)_flags[Smp.ProcessorId];
        set => _flags[Smp.ProcessorId] = (int)value;
    }

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        Array.Clear(_flags);
        _statics.PowerOn();
        Smp.Spawn("kswapd", _kswapd, daemon: true);
    }

    /// <inheritdoc/>
    public override KTask<int> Call(TaskStruct current, Operation operation)
    {
        KTask<int> call = operation.Verb.Code switch
        {
            VerbCode.MapShared => SysMmap(
                current, operation.Number, Files.FileOf(operation.Number), FileSystem.IndexOf(operation.Number), shared: true),
            VerbCode.FileWrite => SysWrite(current, Files.FileOf(operation.Number), FileSystem.IndexOf(operation.Number)),
            VerbCode.FileRead => SysRead(current, Files.FileOf(operation.Number), FileSystem.IndexOf(operation.Number)),
            VerbCode.FileCut => SysTruncate(Files.Files[operation.Number]),
            VerbCode.FileSync => SysFsync(Files.Files[operation.Number]),
            VerbCode.Reclaim => ReclaimAsKswapd(operation.Number),
            _ => base.Call(current, operation),
        };
        return call.OnReturn(_progress);
    }

    /// <inheritdoc/>
    public override KTask<Fault> PageFault(TaskStruct current, int address, bool write) =>
        base.PageFault(current, address, write).OnReturn(_progress);

    /// <inheritdoc/>
    public override void EndIo(DiskRequest request)
    {
        base.EndIo(request);
        Memory.Progress();
    }

    /// <summary>
    /// Has kswapd look for memory, and sleeps until there may be some: or gives way only, if something that may let reclaim
    /// free a page has happened since the caller began to look. Called with the big kernel lock.
    /// </summary>
    /// <remarks>
    /// For "current->policy |= SCHED_YIELD; schedule();" of refill_freelist(), which goes round for ever: who sleeps can be
    /// seen to wait in vain.
    /// </remarks>
    protected async KTask WaitForMemory()
    {
        if (Memory.HasNews)
        {
            await Smp.Schedule();
            return;
        }

        _statics.MemoryWanted.Value = true;
        _kswapdWait.WakeUp();
        await Memory.Sleep();
    }

    /// <summary>
    /// kswapd(): reclaims for whoever waits for memory, until there is some or it gets nowhere. It is a PF_MEMALLOC thread,
    /// and in all else as good as anybody: it writes through filesystems.
    /// </summary>
    private async KTask Kswapd(Cpu cpu)
    {
        Flags |= Pf.MemAlloc;
        await Bkl.Lock();
        while (true)
        {
            while (!_statics.MemoryWanted.Value)
            {
                await _kswapdWait.Sleep();
            }

            _statics.MemoryWanted.Value = false;
            while (M.Zone.Free <= FreepagesMin && await TryToFreePages(Gfp.Kernel, 1) > 0)
            {
                await Smp.Schedule();
            }
        }
    }

    /// <summary>Words of the kernel's own, under the big kernel lock.</summary>
    private sealed class Statics : TrackedObject
    {
        internal Statics(Smp smp)
            : base(smp, "static", "static")
        {
            MemoryWanted = new Cell<bool>(this, "kswapd_wanted", false);
            Clock = new Cell<int>(this, "shrink_mmap.clock", 0);
        }

        /// <summary>Somebody waits for memory since kswapd last began to look for some.</summary>
        internal Cell<bool> MemoryWanted { get; }

        /// <summary>Where shrink_mmap() goes on.</summary>
        internal Cell<int> Clock { get; }

        internal void PowerOn()
        {
            MemoryWanted.Raw = false;
            Clock.Raw = 0;
        }
    }
}
