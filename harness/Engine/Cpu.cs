using System.Runtime.Intrinsics;

namespace Variants.Harness.Engine;

/// <summary>
/// One simulated CPU: a thread of control that runs kernel functions, with what the checkers know about it. Every
/// actor of a history, every child it forks and every device has a CPU of its own.
/// </summary>
public sealed class Cpu
{
    internal readonly uint Bit;
    internal readonly Vector256<int> Unit;
    internal Frame? Leaf;
    internal Frame? Root;
    internal OperationKind Pending;
    internal int Target;

    /// <summary>The number of the object at which it meets others there: that of the lock, whichever side of it is its target.</summary>
    internal int MeetsAt;
    internal WaitStage Stage;
    internal bool Granted;
    internal bool GaveWay;

    /// <summary>It gave way by cpu_relax().</summary>
    internal bool WaitsForChange;
    internal bool Daemon;

    internal Vector256<int> VectorClock;
    internal int Time;
    internal long Epoch;

    /// <summary>The locks it holds, in the order in which it took them: the first <see cref="HeldCount"/>.</summary>
    internal HeldLock[] Held = new HeldLock[32];

    /// <summary>Where it took each of them, while somebody records.</summary>
    internal (string? Function, int Line)[] HeldAt = new (string?, int)[32];

    /// <summary>Who waits behind it for the same lock, under the simulated clock.</summary>
    internal Cpu? Behind;

    /// <summary>How often it has given way, under the native clock.</summary>
    internal uint Relaxed;

    internal ulong HeldClasses;
    internal int HeldCount;
    internal int AtomicDepth;

    internal Cpu(int id, uint bit)
    {
        Id = id;
        Bit = bit;

        // A machine with more CPUs than a clock has lanes looks for no races, and nobody reads its clocks.
        Unit = id < Smp.MaxCpus ? Vector256<int>.Zero.WithElement(id, 1) : Vector256<int>.Zero;
    }

    /// <summary>Position among the CPUs of the machine, from 0.</summary>
    public int Id { get; }

    /// <summary>What runs on it: the name of an actor or a device.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>True once what was started on it has returned.</summary>
    public bool Finished { get; internal set; }

    /// <summary>How often this CPU holds the big kernel lock.</summary>
    public int KernelLockDepth { get; internal set; }

    /// <summary>True while it holds a lock under which nobody may sleep.</summary>
    public bool InAtomic => AtomicDepth != 0;

    /// <summary>Begins a new epoch: what this CPU does from now on is not ordered before what it did so far.</summary>
    internal void Tick()
    {
        VectorClock += Unit;
        Time++;
        Epoch = Engine.Epoch.Of(Time, Id);
    }

    internal void PowerOn(Vector256<int> start, int time)
    {
        VectorClock = start;
        Time = time;
        Tick();
        Leaf = null;
        Root = null;
        Pending = OperationKind.None;
        Stage = WaitStage.None;
        Granted = false;
        GaveWay = false;
        Daemon = false;
        HeldClasses = 0;
        HeldCount = 0;
        AtomicDepth = 0;
        KernelLockDepth = 0;
        Finished = false;
    }
}

/// <summary>
/// A lock that a CPU holds, by number, as a <see cref="LockOwner"/> is, and the classes of those that it held before it.
/// </summary>
internal readonly record struct HeldLock(int Number, ulong Before);

/// <summary>How far a CPU is in an operation that takes more than one choice: it drops the big kernel lock, or queues.</summary>
internal enum WaitStage : byte
{
    /// <summary>The operation is performed when the CPU is chosen.</summary>
    None,

    /// <summary>It will look whether the lock is free, and wait if not.</summary>
    Attempt,

    /// <summary>It sleeps; the big kernel lock is dropped.</summary>
    Asleep,

    /// <summary>It is awake and waits for the big kernel lock.</summary>
    Relock,
}

/// <summary>What an announced operation will do to its object.</summary>
public enum OperationKind : byte
{
    /// <summary>Nothing is announced.</summary>
    None,

    /// <summary>Take a lock, waiting until it is free.</summary>
    Acquire,

    /// <summary>Take a lock shared with other readers.</summary>
    AcquireShared,

    /// <summary>Take a lock if it is free.</summary>
    TryAcquire,

    /// <summary>Give a lock back.</summary>
    Release,

    /// <summary>Wait until something is so, without taking it.</summary>
    Wait,

    /// <summary>Go to sleep, ready to run again at any time.</summary>
    Sleep,

    /// <summary>Give way to the other CPUs: cpu_relax, schedule, a retry.</summary>
    Yield,

    /// <summary>Read a shared word, as with READ_ONCE.</summary>
    Read,

    /// <summary>Write a shared word, as with WRITE_ONCE.</summary>
    Write,

    /// <summary>Change a shared word atomically.</summary>
    Atomic,

    /// <summary>Go on: a point at which another CPU may run, and nothing else.</summary>
    Point,
}

/// <summary>A time of one CPU, packed: the CPU's own clock and, in the low bits, its number.</summary>
internal static class Epoch
{
    internal const int CpuBits = 3;

    /// <summary>No access yet: ordered before everything.</summary>
    internal const long None = 0;

    /// <summary>Several CPUs have read: when, <see cref="Smp.ReadsOf"/> knows.</summary>
    internal const long Shared = -1;

    /// <summary>The object is freed: any access is a use after free.</summary>
    internal const long Freed = -2;

    /// <summary>Equal to no epoch of a cell, so that every access takes the slow path.</summary>
    internal const long Never = -3;

    /// <summary>The cell is marked: it takes part in no race.</summary>
    internal const long Marked = -4;

    /// <summary>The cell belongs to threads: nobody checks who touches it.</summary>
    internal const long Native = -5;

    internal static long Of(int time, int cpu) => ((long)time << CpuBits) | (uint)cpu;

    internal static int Time(long epoch) => (int)(epoch >> CpuBits);

    internal static int Cpu(long epoch) => (int)(epoch & ((1 << CpuBits) - 1));
}
