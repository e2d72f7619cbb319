using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>
/// Something that CPUs do again and again while it is measured. To write one: say how big a machine it needs, what is there
/// before it begins, and what each CPU does until <see cref="WorkloadRun.IsOver"/>, with <see cref="WorkloadRun.Begin"/> before
/// and <see cref="WorkloadRun.Did"/> after each operation. A workload has no state: one object serves many runs, on many threads.
/// </summary>
/// <param name="Id">As files name it: <c>threads</c>.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Unit">What is counted: <c>page faults</c>.</param>
public abstract record Workload(string Id, string Title, string Unit)
{
    /// <summary>What it is measured against: CPUs, or the size of something.</summary>
    public virtual string Axis => "CPUs";

    /// <summary>The sizes at which it is measured; null if that is for the command line to say, in CPUs.</summary>
    public virtual IReadOnlyList<int>? Sizes => null;

    /// <summary>Fewer CPUs say nothing about it.</summary>
    public virtual int LeastCpus => 1;

    /// <summary>How many CPUs work, at a size.</summary>
    public virtual int CpusAt(int size) => size;

    /// <summary>True if nothing must be done before the CPUs begin: see <see cref="SetUp"/>.</summary>
    public virtual bool BeginsAtOnce => false;

    /// <summary>True if it is about memory running short, so that a machine with more of it would run another workload.</summary>
    public virtual bool IsShortOfMemory => false;

    /// <summary>
    /// True if it runs on real threads too, where what no await divides is not one moment: the kernels of its family must have
    /// been gone through for what it calls. See ../README.md.
    /// </summary>
    public bool RunsOnThreads { get; init; }

    /// <summary>Designs, by short name, that may be stuck in it for good where CPUs are threads, which nothing stops: they do not run so.</summary>
    public IReadOnlyList<string> StuckOnThreads { get; init; } = [];

    /// <summary>True if whoever asks its disk for a page copies it there and then, so that what is left is the kernel's.</summary>
    public virtual bool IsOnRamDisk => false;

    /// <summary>True if the kernel can do what it needs.</summary>
    public virtual bool CanRun(IKernel kernel) => true;

    /// <summary>What the machine is built with, apart from its CPUs.</summary>
    public abstract MachineCapacity Capacity(int size);

    /// <summary>Memory, watermarks and slots of the machine.</summary>
    public virtual MachineSize Machine(int size)
    {
        MachineCapacity capacity = Capacity(size);
        return new MachineSize(Pages: capacity.Pages, Slots: capacity.Slots);
    }

    /// <summary>
    /// After how many operations of all CPUs together it is over, under the simulated clock: there neither the caches nor the
    /// compiler need to warm up. On real threads it goes on until its time is up or its workers have come to their end.
    /// </summary>
    public abstract long Operations(int size);

    /// <summary>
    /// True if it is over after as many operations on real threads too, and begins anew until its time is up: where how it begins, as
    /// with files that have no blocks yet, is part of what is measured.
    /// </summary>
    public virtual bool BeginsAnew => false;

    /// <summary>
    /// For how long it goes on at the least, under the simulated clock, in nanoseconds: where something happens once in a while
    /// that is to be seen more than once.
    /// </summary>
    public virtual long LeastNs(CostModel costs) => 0;

    /// <summary>
    /// On real threads, for each worker, objects of each kind that may wait for readers under RCU: those of a thread that lost its
    /// core among them keep all that others free meanwhile.
    /// </summary>
    public virtual int WaitingForReaders => 128;

    /// <summary>True if the worker does operations that are counted; false if it is there to be in their way.</summary>
    public virtual bool Counts(int worker) => true;

    /// <summary>The processes that boot started.</summary>
    public abstract void Boot(WorkloadRun run);

    /// <summary>What the first CPU does before time is measured.</summary>
    public virtual KTask SetUp(WorkloadRun run) => KTask.Completed;

    /// <summary>
    /// What a CPU does, from 0, until the run is over: it returns once <see cref="WorkloadRun.IsOver"/>, with nothing held, as the
    /// machine's books are audited then.
    /// </summary>
    public abstract KTask Work(WorkloadRun run, int worker);
}
