using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// One run of a workload on a kernel: what it may use, and where it says what it has done. The same under the simulated
/// clock (<see cref="SimulatedRun"/>) and on real threads (<see cref="NativeRun"/>), which differ in what time is.
/// </summary>
public abstract class WorkloadRun
{
    /// <summary>The disk and a kernel's own threads have CPUs too, as nobody else runs on theirs meanwhile.</summary>
    private protected const int Daemons = 4;

    private const int NapNs = 100_000;

    private protected readonly Workload Workload;
    private readonly TaskStruct?[] _woken;
    private volatile bool _isOver;

    private protected WorkloadRun(Workload workload, Machine machine, int size, ulong seed)
    {
        Workload = workload;
        Machine = machine;
        Size = size;
        Workers = workload.CpusAt(size);
        Seed = seed;
        _woken = new TaskStruct?[Workers + Daemons];
        Machine.ProcessWoken = Wake;
    }

    /// <summary>The machine it runs on.</summary>
    public Machine Machine { get; }

    /// <summary>Its size, in what the workload is measured against.</summary>
    public int Size { get; }

    /// <summary>How many CPUs work.</summary>
    public int Workers { get; }

    /// <summary>The processes that the workload booted, in its order.</summary>
    public List<TaskStruct> Tasks { get; } = [];

    /// <summary>The child that the last fork of the CPU that runs has made. It runs on none until somebody calls for it.</summary>
    public TaskStruct? Woken => _woken[Machine.Smp.ProcessorId];

    /// <summary>True once nothing more is counted.</summary>
    public bool IsOver
    {
        get => _isOver;
        private protected set => _isOver = value;
    }

    /// <summary>The time, in nanoseconds since some beginning.</summary>
    public abstract long Now { get; }

    private protected ulong Seed { get; set; }

    /// <summary>
    /// Runs the workload once under the simulated clock: deterministic from all that is given. With an <paramref name="audit"/>,
    /// which says what is wrong with a machine at rest, the CPUs go on until each has returned, unmeasured, and the books are
    /// audited then.
    /// </summary>
    /// <exception cref="InvalidOperationException">Simulated time does not add up, which is an error of the clock's.</exception>
    public static WorkloadResult Measure(
        Workload workload, CostModel costs, Func<Machine, IKernel> kernel, int size, ulong seed, Func<Machine, Failure?>? audit = null)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return new SimulatedRun(workload, costs, kernel, size, seed, audit).Measure();
    }

    /// <summary>
    /// The worker begins an operation: what <see cref="Did"/> is to be told. It is the time, or a mark that this operation is
    /// one of those that are counted and not timed.
    /// </summary>
    public abstract long Begin(int worker);

    /// <summary>
    /// The worker has done an operation, or several at once, begun at <paramref name="began"/>: see <see cref="Begin"/>. Nothing
    /// comes of it where <see cref="Workload.Counts"/> says so.
    /// </summary>
    public abstract void Did(int worker, long began, int operations = 1);

    /// <summary>Nothing more is counted.</summary>
    public abstract void End();

    /// <summary>Entry and exit of a system call, which the caller makes next.</summary>
    public abstract void EnterKernel();

    /// <summary>Sleeps for so long.</summary>
    public abstract KTask Nap(int nanoseconds);

    /// <summary>A load or store by a user program: the page tables are asked, and the kernel until they say yes.</summary>
    public async KTask<Fault> Access(TaskStruct task, int address, bool write)
    {
        while (true)
        {
            Cell<Pte>? cell = task.RawMm!.Walk(address);
            Pte pte = cell is null ? default : cell.LookByHardware();
            if (pte.IsPresent && (!write || pte.IsWritable))
            {
                Walked();
                bool isMarked = pte.IsYoung && (!write || pte.IsDirty);
                if (isMarked || Pte.SetByHardware(cell!, seen: pte, write ? pte.MakeYoung().MakeDirty() : pte.MakeYoung()))
                {
                    return Fault.Handled;
                }

                continue;
            }

            Trapped();
            Fault fault = await Machine.Kernel.PageFault(task, address, write);
            if (fault != Fault.Handled)
            {
                return fault;
            }
        }
    }

    /// <summary>Waits until the disk has done all that it was asked to.</summary>
    public async KTask SyncDisk()
    {
        while (Machine.Disk.InFlight > 0)
        {
            await Nap(NapNs);
        }
    }

    /// <summary>
    /// True if the kernel has answered with an error, with which the run fails: what was not done is not to be counted, however
    /// fast it was not done.
    /// </summary>
    public bool IsRefused(string call, int answer)
    {
        if (answer >= 0)
        {
            return false;
        }

        Fail($"{call} answered {Errno.Name(answer)}");
        return true;
    }

    /// <summary>The workload cannot go on, for a reason that is the kernel's.</summary>
    public void Fail(string message) => Machine.Smp.Bug("workload", message);

    /// <summary>A number that follows from the seed, the worker and how much it has done: 0 or more, below <paramref name="limit"/>.</summary>
    public int Draw(int worker, int limit) =>
        (int)(FromSeed(((ulong)worker << 32) + (ulong)DoneBy(worker)) % (ulong)limit);

    /// <summary>
    /// What number to sort something by, so that its order is chance and follows from the seed: which list a kernel keeps in the
    /// order in which its things were made says nothing about the kernel.
    /// </summary>
    public ulong Shuffle(int number) => FromSeed(~(ulong)number);

    /// <summary>True if the worker has done more than another of those that count.</summary>
    public bool IsAhead(int worker)
    {
        long done = DoneBy(worker);
        for (int other = 0; other < Workers; other++)
        {
            if (Workload.Counts(other) && DoneBy(other) < done)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What was waited for each class of lock, as shares of all CPUs' time, the greatest first.</summary>
    private protected static ImmutableArray<LockWait> Shares(IEnumerable<(string Class, long Nanoseconds)> waits, long time) =>
    [
        .. waits.Select(one => new LockWait(one.Class, (double)one.Nanoseconds / time))
            .OrderByDescending(one => one.Share).ThenBy(one => one.Class, StringComparer.Ordinal),
    ];

    /// <summary>Operations that the worker has done.</summary>
    private protected abstract long DoneBy(int worker);

    /// <summary>The hardware has found what it needs in the page tables.</summary>
    private protected abstract void Walked();

    /// <summary>The hardware has not, and calls the kernel.</summary>
    private protected abstract void Trapped();

    /// <summary>Jain, Chiu and Hawe, 1984: the square of the sum over n times the sum of squares.</summary>
    private protected double Jain(long[] done)
    {
        // Those that do no operations of their own are there to be in the way.
        long[] counts = [.. done.Where((_, worker) => Workload.Counts(worker))];
        double squares = counts.Sum(count => (double)count * count);
        double sum = counts.Sum();
        return squares == 0 ? 1 : sum * sum / (counts.Length * squares);
    }

    private protected double SlotsPerRun() =>
        Machine.VmStat is { RunsWritten: > 0 } stat ? (double)stat.SlotsWritten / stat.RunsWritten : 0;

    private void Wake(TaskStruct child) => _woken[Machine.Smp.ProcessorId] = child;

    /// <summary>Another number for each seed and each <paramref name="what"/>.</summary>
    private ulong FromSeed(ulong what) => Mix(Seed ^ Mix(what));

    /// <summary>SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
