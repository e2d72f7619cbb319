using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// The simulated machine: memory, swap, a disk, files and processes, named as the kernel names them. It is built
/// once for each worker and switched on for each execution, without allocating.
/// </summary>
public sealed class Machine
{
    /// <summary>Pages of an address space: two mapped at first, two free to be mapped.</summary>
    public const int Addresses = 4;

    /// <summary>The most address spaces that one execution makes.</summary>
    public const int MaxMms = 24;

    /// <summary>How many vm_area_structs the machine has.</summary>
    public const int MaxVmas = 64;

    private readonly MmStruct[] _mms;
    private readonly Each<Vma> _vmas;
    private readonly PerCpuSlab<Vma>? _perCpuVmas;
    private readonly TaskStruct[] _tasks;
    private readonly SharedFact _tasksMade;
    private readonly SharedFact _mmsMade;
    private readonly SharedFact _vmasMade;
    private int _taskCount;
    private int _mmCount;
    private int _mmReused;
    private int _vmaCount;
    private int _lastPid;

    /// <summary>A machine on which <paramref name="kernel"/> runs, watched by <paramref name="checks"/>.</summary>
    public Machine(Checks checks, Func<Machine, IKernel> kernel)
        : this(new Smp(checks), MachineCapacity.Usual, kernel)
    {
    }

    /// <summary>A machine under the simulated clock, on which <paramref name="kernel"/> runs.</summary>
    public Machine(CostModel costs, MachineCapacity capacity, Func<Machine, IKernel> kernel)
        : this(new Smp(costs, capacity.Cpus), capacity, kernel)
    {
    }

    /// <summary>A machine whose CPUs are threads, on which <paramref name="kernel"/> runs.</summary>
    public Machine(MachineCapacity capacity, Func<Machine, IKernel> kernel)
        : this(Smp.OnThreads(capacity.Cpus), capacity, kernel)
    {
    }

    private Machine(Smp smp, MachineCapacity capacity, Func<Machine, IKernel> kernel)
    {
        Smp = smp;
        Capacity = capacity;
        _mms = new MmStruct[capacity.Mms];
        _tasks = new TaskStruct[capacity.Tasks];
        Bkl = new BigKernelLock(Smp);
        _tasksMade = new SharedFact(Smp);
        _mmsMade = new SharedFact(Smp);
        _vmasMade = new SharedFact(Smp);
        Pages = new Each<Page>(Smp, capacity.Pages, MakePage);

        Zone = new Zone(this, capacity.Pages);
        Areas = [new SwapArea(Smp, 0, capacity.Slots)];
        SwapCache = new SwapCache(this);
        VmStat = new VmStat();
        Disk = new Disk(this);
        File = new Inode(Smp, 0, capacity.FilePages);
        for (int index = 0; index < capacity.Mms; index++)
        {
            _mms[index] = new MmStruct(Smp, index, capacity.Addresses);
            Smp.LeaveRoom();
        }

        for (int index = 0; index < capacity.Tasks; index++)
        {
            _tasks[index] = new TaskStruct(Smp, index);
            Smp.LeaveRoom();
        }

        _perCpuVmas = Smp.MeasuresTime ? new PerCpuSlab<Vma>(Smp, capacity.Vmas, MakeVma) : null;
        _vmas = _perCpuVmas?.Objects ?? new Each<Vma>(Smp, capacity.Vmas, MakeVma);

        Kernel = kernel(this);
    }

    /// <summary>How much it was built with.</summary>
    public MachineCapacity Capacity { get; }

    /// <summary>Its CPUs.</summary>
    public Smp Smp { get; }

    /// <summary>The big kernel lock.</summary>
    public BigKernelLock Bkl { get; }

    /// <summary>What runs on it: the variant.</summary>
    public IKernel Kernel { get; }

    /// <summary>How big it is, in this history. To ask tells machines apart: see <see cref="Zone.Spare"/>.</summary>
    public MachineSize Size
    {
        get
        {
            Zone.TellSize();
            return RawSize;
        }
    }

    /// <summary>
    /// How big it is, for audits and <see cref="IKernel.Boot"/>, which treat every page alike: one that is never given out says
    /// nothing to them, however many such there are.
    /// </summary>
    public MachineSize RawSize { get; private set; } = MachineSize.Usual;

    /// <summary>mem_map: every page, of which only the first <see cref="MachineSize.Pages"/> are in use.</summary>
    public Each<Page> Pages { get; }

    /// <summary>The free list.</summary>
    public Zone Zone { get; }

    /// <summary>swap_info[].</summary>
    public SwapArea[] Areas { get; }

    /// <summary>The swap cache.</summary>
    public SwapCache SwapCache { get; }

    /// <summary>The disk.</summary>
    public Disk Disk { get; }

    /// <summary>What reclaim and the swap device have done since the machine was switched on.</summary>
    public VmStat VmStat { get; }

    /// <summary>The file that processes may map.</summary>
    public Inode File { get; }

    /// <summary>How many tasks have been made since the machine was switched on.</summary>
    public int TaskCount
    {
        get
        {
            _tasksMade.Looked();
            return _taskCount;
        }
    }

    /// <summary>Something of which a kernel keeps one beside each page.</summary>
    public Each<T> PerPage<T>(Func<Page, T> make)
        where T : class => new(Smp, Pages.Length, index => make(Pages[index]));

    /// <summary>Something of which a kernel keeps one beside each vm_area_struct.</summary>
    public Each<T> PerVma<T>(Func<Vma, T> make)
        where T : class => new(Smp, _vmas.Length, index => make(_vmas[index]));

    /// <summary>Called when the kernel wakes a new process: the runner puts it on a CPU.</summary>
    internal Action<TaskStruct>? ProcessWoken { get; set; }

    /// <summary>A task that has been made, by its number.</summary>
    public TaskStruct Task(int index) => _tasks[index];

    /// <summary>How many address spaces have been made since the machine was switched on.</summary>
    public int MmCount
    {
        get
        {
            _mmsMade.Looked();
            return _mmCount;
        }
    }

    /// <summary>An address space that has been made, by its number.</summary>
    public MmStruct Mm(int index) => _mms[index];

    /// <summary>A vm_area_struct, in use or not, by its number.</summary>
    public Vma Vma(int index) => _vmas[index];

    /// <summary>Page-table pages, null if the kernel has asked for none: its ptes are then part of the address space.</summary>
    public PageTables? PageTables { get; private set; }

    /// <summary>What CPUs remember of page tables, null if the kernel has not asked for it.</summary>
    public Tlb? Tlb { get; private set; }

    /// <summary>Two files on blocks of the disk, null if the kernel has not asked for them.</summary>
    public FileSystem? FileSystem { get; private set; }

    /// <summary>LRU lists, rss and counts; null if the kernel has not asked for them, and but under the simulated clock.</summary>
    public PageAccounting? Accounting { get; private set; }

    /// <summary>For a kernel's constructor: pages are on LRU lists and in counts, where that takes time.</summary>
    public void UseAccounting(AccountingDesign design) =>
        Accounting = Zone.Homes is { } homes && Smp.Simulated!.Costs.HasPageAccounting ? new PageAccounting(this, homes, design) : null;

    /// <summary>For a kernel's constructor: there are files that can be written to.</summary>
    public FileSystem UseFileSystem() => FileSystem = new FileSystem(this);

    /// <summary>For a kernel's constructor: ptes lie in pages that it allocates and frees.</summary>
    public PageTables UsePageTables()
    {
        PageTables = new PageTables(Smp, Capacity);
        foreach (MmStruct mm in _mms)
        {
            mm.UsePageTables(Capacity.TableEntries);
        }

        return PageTables;
    }

    /// <summary>For a kernel's constructor: CPUs remember ptes until it flushes them.</summary>
    public Tlb UseTlb() => Tlb = new Tlb(Smp);

    /// <summary>As audits see it: some CPU and a lock that it holds, null if nobody holds any. When all is quiet nobody does.</summary>
    public (string Cpu, string Lock)? RawHeldLock()
    {
        if (Smp.IsNative)
        {
            return Smp.AllObjects.ToArray().OfType<Lock>().FirstOrDefault(one => one.IsTakenNatively) is { } taken ? ("somebody", taken.Name) : null;
        }

        foreach (Cpu cpu in Smp.Cpus)
        {
            if (cpu.HeldCount > 0)
            {
                return (cpu.Name, Smp.Objects[cpu.Held[0].Number].Name);
            }
        }

        return null;
    }

    /// <summary>Switches the machine on, with nothing running.</summary>
    public void PowerOn(MachineSize size)
    {
        RawSize = size;
        bool lastRunFailed = Smp.Failure is not null;
        Smp.PowerOn();
        for (int index = 0; index < size.Pages; index++)
        {
            Pages.Known(index)?.PowerOn(lastRunFailed);
        }

        Zone.PowerOn(size.Pages, size.Low);
        foreach (SwapArea area in Areas)
        {
            area.PowerOn(size.Slots);
        }

        File.PowerOn(size.FilePages);
        VmStat.PowerOn();
        PageTables?.PowerOn();
        Tlb?.PowerOn();
        FileSystem?.PowerOn();
        Accounting?.PowerOn();
        _taskCount = 0;
        _mmCount = 0;
        _mmReused = 0;
        _vmaCount = 0;
        _perCpuVmas?.PowerOn();
        _lastPid = 0;
    }

    /// <summary>
    /// A process that boot started: two anonymous mappings of one page each, at 0 and 1, not touched yet.
    /// </summary>
    public TaskStruct BootProcess(string comm)
    {
        TaskStruct task = NewTask()!;
        MmStruct mm = NewMm()!;
        task.Comm = comm;
        task.Mm = mm;
        Vma? next = null;
        for (int address = 1; address >= 0; address--)
        {
            Vma vma = NewVma()!;
            vma.Mm = mm;
            vma.Start = address;
            vma.End = address + 1;
            vma.Next = next;
            next = vma;
        }

        mm.Mmap = next;
        mm.MapCount = 2;
        return task;
    }

    /// <summary>A process that boot started, with one anonymous mapping of so many pages from <paramref name="start"/> on, not touched yet.</summary>
    public TaskStruct BootProcess(string comm, int pages, int start = 0)
    {
        TaskStruct task = BootTask(comm, mm: null);
        MmStruct mm = task.RawMm!;
        Vma vma = NewVma()!;
        vma.Mm = mm;
        vma.Start = start;
        vma.End = start + pages;
        vma.Next = null;
        mm.Mmap = vma;
        mm.MapCount = 1;
        return task;
    }

    /// <summary>A process that maps nothing yet, or a thread of <paramref name="mm"/>.</summary>
    public TaskStruct BootTask(string comm, MmStruct? mm)
    {
        TaskStruct task = NewTask() ?? throw new InvalidOperationException($"more than {_tasks.Length} tasks");
        task.Comm = comm;
        if (mm is null)
        {
            mm = NewMm()!;
        }
        else
        {
            mm.Users.Raw++;
        }

        task.Mm = mm;
        return task;
    }

    /// <summary>
    /// One allocation by <paramref name="current"/>: false if the history asked for it to fail. Whoever allocates
    /// may sleep first.
    /// </summary>
    public static bool MayAllocate(TaskStruct current)
    {
        int left = current.AllocationsUntilFailure;
        if (left < 0)
        {
            return true;
        }

        current.AllocationsUntilFailure = left - 1;
        if (left > 0)
        {
            return true;
        }

        current.SawAllocationFail = true;
        return false;
    }

    /// <summary>A page off the free list, null if there is none or the history wants the allocation to fail.</summary>
    public Page? AllocPage(TaskStruct current)
    {
        if (!MayAllocate(current))
        {
            return null;
        }

        Page? page = Zone.Take();
        if (page is null)
        {
            VmStat.AllocationsFailed++;
            current.SawAllocationFail = true;
        }
        else
        {
            Smp.Simulated?.Charge(Smp.Simulated.Costs.ChargeNs);
        }

        return page;
    }

    /// <summary>A vm_area_struct from its cache.</summary>
    public Vma? AllocVma(TaskStruct current) => MayAllocate(current) ? NewVma() : null;

    /// <summary>A vm_area_struct for a caller that cannot return an error: the history cannot make it fail.</summary>
    public Vma AllocVmaForSure() => NewVma() ?? throw new InvalidOperationException($"more than {_vmas.Length} vmas in use");

    /// <summary>An mm_struct from its cache.</summary>
    public MmStruct? AllocMm(TaskStruct current) => MayAllocate(current) ? NewMm() : null;

    /// <summary>A task_struct.</summary>
    public TaskStruct? AllocTask(TaskStruct current) => MayAllocate(current) ? NewTask() : null;

    /// <summary>wake_up_process() of a new child of the CPU that runs: it may run from here.</summary>
    public void WakeUpProcess(TaskStruct child) => ProcessWoken?.Invoke(child);

    /// <summary>One that is made while the machine runs is free.</summary>
    private Page MakePage(int index)
    {
        var page = new Page(Smp, index);
        Smp.LeaveRoom();
        if (Smp.Simulated is not null)
        {
            page.PowerOn(lastRunFailed: false);
        }

        return page;
    }

    private Vma MakeVma(int index)
    {
        var vma = new Vma(Smp, index);
        Smp.LeaveRoom();
        return vma;
    }

    private TaskStruct? NewTask()
    {
        // Which one it is depends on how many have been made.
        using SharedFact.Moment moment = _tasksMade.Change();
        if (_taskCount == _tasks.Length)
        {
            return null;
        }

        TaskStruct task = _tasks[_taskCount++];
        task.GiveOut(++_lastPid);
        return task;
    }

    private MmStruct? NewMm()
    {
        using SharedFact.Moment moment = _mmsMade.Change();
        MmStruct? mm = _mmCount < _mms.Length ? _mms[_mmCount++] : FreedMm();
        mm?.GiveOut();
        return mm;
    }

    /// <summary>The one after the last that was given out again. Where a checker watches none is, so that who uses a dead one is seen.</summary>
    private MmStruct? FreedMm()
    {
        for (int tried = 0; tried < _mms.Length && Smp.MeasuresTime; tried++)
        {
            _mmReused = (_mmReused + 1) % _mms.Length;
            if (!_mms[_mmReused].IsAllocated)
            {
                return _mms[_mmReused];
            }
        }

        return null;
    }

    private Vma? NewVma() => FindFreeVma() ?? Smp.Native?.OnceReadersLeave(FindFreeVma);

    /// <summary>Those never used first, so that who uses one after it was freed is seen; then the freed one with the lowest number.</summary>
    private Vma? FindFreeVma()
    {
        if (_perCpuVmas is not null)
        {
            Vma? free = _perCpuVmas.Take();
            free?.GiveOut();
            return free;
        }

        using SharedFact.Moment moment = _vmasMade.Change();
        if (_vmaCount < _vmas.Length)
        {
            Vma fresh = _vmas[_vmaCount++];
            fresh.GiveOut();
            return fresh;
        }

        for (int index = 0; index < _vmas.Length; index++)
        {
            Vma vma = _vmas[index];
            if (!vma.IsAllocated)
            {
                vma.GiveOut();
                return vma;
            }
        }

        return null;
    }
}
