using System.Text.Json;

namespace Variants.Harness.Engine;

/// <summary>
/// What things cost on a machine, in nanoseconds. The numbers of a machine stand in <c>Machines/*.json</c>, each with its
/// source; none was chosen to meet a measurement of a design.
/// </summary>
public sealed record CostModel
{
    /// <summary>Cache lines of 64 bytes in a page of 4096.</summary>
    internal const int LinesOfPage = 64;

    private static readonly string[] s_names = ["smp-1999", "altix-2008", "epyc-2023", "threads-2026"];

    /// <summary>As the command line calls it: <c>epyc-2023</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the machine is, in one line.</summary>
    public string Title { get; init; } = "";

    /// <summary>How many CPUs it has.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>CPUs that are near each other.</summary>
    public int CpusPerSocket { get; init; } = 1;

    /// <summary>CPUs that have memory of their own, a node: its pages have one LRU list.</summary>
    public int CpusPerNode { get; init; } = 1;

    /// <summary>A plain access to a line that is in the CPU's own cache.</summary>
    public int LocalNs { get; init; }

    /// <summary>Plain words that fit in the first cache of a CPU, those it has touched last; 0 if all do.</summary>
    public int FirstCacheWords { get; init; }

    /// <summary>
    /// A plain access to a word that has left the first cache for the one behind, and that nobody else has had since. The one behind
    /// the last that came is fetched ahead, and costs what is in the cache.
    /// </summary>
    public int SecondCacheNs { get; init; }

    /// <summary>What an atomic access costs more than a plain one.</summary>
    public int AtomicNs { get; init; }

    /// <summary>A line that another CPU of the socket has.</summary>
    public int SameSocketNs { get; init; }

    /// <summary>A line that a CPU of another socket has.</summary>
    public int OtherSocketNs { get; init; }

    /// <summary>A line that nobody has.</summary>
    public int MemoryNs { get; init; }

    /// <summary>The code between two awaits.</summary>
    public int StepNs { get; init; }

    /// <summary>Entry and exit of a page fault.</summary>
    public int TrapNs { get; init; }

    /// <summary>Entry and exit of a system call.</summary>
    public int SyscallNs { get; init; }

    /// <summary>Clearing or copying one page of 4096 bytes.</summary>
    public int PageNs { get; init; }

    /// <summary>A cache line among neighbours that are touched one after the other, which the processor fetches ahead: its share of a page.</summary>
    public int StreamedLineNs => PageNs / LinesOfPage;

    /// <summary>The hardware's walk of the page tables, after a TLB miss.</summary>
    public int WalkNs { get; init; }

    /// <summary>Charging a page to a memory cgroup, and uncharging it.</summary>
    public int ChargeNs { get; init; }

    /// <summary>
    /// Pages that fit in the last cache of a CPU: what is known of a page (struct page) comes from memory again, for
    /// <see cref="MemoryNs"/>, when the CPU has given out or freed more than so many since.
    /// </summary>
    public int CachePages { get; init; } = int.MaxValue;

    /// <summary>From the wake-up of a sleeper until it runs.</summary>
    public int ContextSwitchNs { get; init; }

    /// <summary>What waking a sleeper costs the CPU that does it.</summary>
    public int WakeUpNs { get; init; }

    /// <summary>One cpu_relax().</summary>
    public int PauseNs { get; init; }

    /// <summary>A schedule() or cond_resched() that finds nobody else.</summary>
    public int ScheduleNs { get; init; }

    /// <summary>A TLB flush of the CPU's own.</summary>
    public int TlbFlushNs { get; init; }

    /// <summary>A flush that other CPUs take part in.</summary>
    public int IpiNs { get; init; }

    /// <summary>Each CPU more that takes part.</summary>
    public int IpiPerCpuNs { get; init; }

    /// <summary>Spin locks hand over at a constant cost; otherwise all who spin fetch the line at each release.</summary>
    public bool QueuedSpinlocks { get; init; }

    /// <summary>Whoever waits for a sleeping lock alone spins while its owner runs, and does not sleep.</summary>
    public bool WritersSpin { get; init; }

    /// <summary>How long whoever waits for a sleeping lock spins before it sleeps, whoever has it.</summary>
    public int SpinNs { get; init; }

    /// <summary>Pages have LRU lists, rss and counts beside being mapped: see <see cref="Memory.PageAccounting"/>.</summary>
    public bool HasPageAccounting { get; init; } = true;

    /// <summary>What the disk needs for any request, of whatever size.</summary>
    public int DiskLatencyNs { get; init; }

    /// <summary>Moving the head to another place; on average.</summary>
    public int DiskSeekNs { get; init; }

    /// <summary>Moving the head to a place nearby.</summary>
    public int DiskTrackNs { get; init; }

    /// <summary>How many pages away is nearby.</summary>
    public int DiskNearPages { get; init; }

    /// <summary>Half a turn of the disk: how long its head waits, on average, once it has moved.</summary>
    public int DiskHalfTurnNs { get; init; }

    /// <summary>The transfer of one page of 4096 bytes.</summary>
    public int DiskPageNs { get; init; }

    /// <summary>Requests that it serves at a time.</summary>
    public int DiskChannels { get; init; } = 1;

    /// <summary>It serves them in turns: what comes during one waits for the next.</summary>
    public bool DiskInTurns { get; init; }

    /// <summary>The machines that come with Variants.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>The machine of this name; null if there is none.</summary>
    public static CostModel? Named(string name)
    {
        if (!s_names.Contains(name, StringComparer.Ordinal))
        {
            return null;
        }

        using Stream stream = typeof(CostModel).Assembly.GetManifestResourceStream($"Machines.{name}.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement root = document.RootElement;
        return new CostModel
        {
            Name = name,
            Title = root.GetProperty("title").GetString()!,
            Cpus = Int("cpus"),
            CpusPerSocket = Int("cpusPerSocket"),
            CpusPerNode = Int("cpusPerNode"),
            LocalNs = Int("localNs"),
            FirstCacheWords = Int("firstCacheWords"),
            SecondCacheNs = Int("secondCacheNs"),
            AtomicNs = Int("atomicNs"),
            SameSocketNs = Int("sameSocketNs"),
            OtherSocketNs = Int("otherSocketNs"),
            MemoryNs = Int("memoryNs"),
            StepNs = Int("stepNs"),
            TrapNs = Int("trapNs"),
            SyscallNs = Int("syscallNs"),
            PageNs = (int)(4096 / Value("bytesPerNs")),
            WalkNs = Int("walkNs"),
            ChargeNs = Int("chargeNs"),
            CachePages = Int("cachePages"),
            ContextSwitchNs = Int("contextSwitchNs"),
            WakeUpNs = Int("wakeUpNs"),
            PauseNs = Int("pauseNs"),
            ScheduleNs = Int("scheduleNs"),
            TlbFlushNs = Int("tlbFlushNs"),
            IpiNs = Int("ipiNs"),
            IpiPerCpuNs = Int("ipiPerCpuNs"),
            QueuedSpinlocks = Int("queuedSpinlocks") != 0,
            WritersSpin = Int("writersSpin") != 0,
            SpinNs = Int("spinNs"),
            HasPageAccounting = Int("pageAccounting") != 0,
            DiskLatencyNs = Int("diskLatencyNs"),
            DiskSeekNs = Int("diskSeekNs"),
            DiskTrackNs = Int("diskTrackNs"),
            DiskNearPages = Int("diskNearPages"),
            DiskHalfTurnNs = Int("diskHalfTurnNs"),
            DiskPageNs = (int)(4096 / Value("diskBytesPerNs")),
            DiskChannels = Int("diskChannels"),
            DiskInTurns = Int("diskInTurns") != 0,
        };

        double Value(string number) => root.GetProperty(number).GetProperty("value").GetDouble();

        int Int(string number) => (int)Value(number);
    }

    /// <summary>What a line costs that the other CPU has.</summary>
    internal int Transfer(int from, int to) => from / CpusPerSocket == to / CpusPerSocket ? SameSocketNs : OtherSocketNs;
}
