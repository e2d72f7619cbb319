using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The clock of virtual time: every CPU has a time of its own, in nanoseconds, and the one with the least goes on. What a
/// CPU does moves its time by what a <see cref="CostModel"/> says. Deterministic.
/// </summary>
/// <remarks>
/// The same CPU goes on, without being suspended, as long as its time is the least. The line of a lock or word is paid for
/// before it is touched, by the CPU with the least time, so lines are touched in the order of time, but for those that a
/// step touches between two awaits. Locks let in who waits in the order in which they came; a try-lock may be faster.
/// No checker watches. Kernels that sleep with the big kernel lock held are not run: see <see cref="Attempt"/>.
/// </remarks>
public sealed class SimulatedClock : Clock
{
    /// <summary>How many CPUs a simulated machine can have: as many as a key of the queue of events has numbers.</summary>
    public const int MaxCpus = 1 << CpuBits;

    private const int CpuBits = 10;

    private readonly Smp _smp;
    private readonly long[] _now;
    private readonly long[] _waited;
    private readonly long[] _charged;
    private readonly bool[] _isWaiting;
    private readonly bool[] _isLetIn;
    private readonly long[] _events;
    private CacheLine[] _lines = [];
    private CacheLine[] _words = [];
    private WaitLine?[] _waitLines = [];
    private int _eventCount;
    private int _alive;
    private bool _isStarting;
    private bool _isStopped;

    internal SimulatedClock(Smp smp, CostModel costs, int cpus)
    {
        _smp = smp;
        Costs = costs;
        _now = new long[cpus];
        _waited = new long[cpus];
        _charged = new long[cpus];
        _isWaiting = new bool[cpus];
        _isLetIn = new bool[cpus];
        _events = new long[cpus + 1];
    }

    /// <summary>What things cost.</summary>
    public CostModel Costs { get; }

    /// <summary>Awaits since the machine was switched on.</summary>
    public long Awaits { get; private set; }

    /// <summary>The time of the CPU that runs, in nanoseconds since the machine was switched on.</summary>
    public long Now => _now[_smp.Current.Id];

    /// <summary>The time of a CPU: what it was charged and what it waited.</summary>
    public long TimeOf(int cpu) => _now[cpu];

    /// <summary>What the CPU has spent doing something, in nanoseconds, fetching lines included.</summary>
    public long ChargedTo(int cpu) => _charged[cpu];

    /// <summary>What the CPU has spent waiting for locks, in nanoseconds.</summary>
    public long WaitedBy(int cpu) => _waited[cpu];

    internal void PowerOn()
    {
        Array.Clear(_now);
        Array.Clear(_waited);
        Array.Clear(_charged);
        Array.Clear(_isWaiting);
        Array.Clear(_isLetIn);
        Array.Clear(_lines);
        Array.Clear(_words);
        Array.Clear(_waitLines);
        Awaits = 0;
        _eventCount = 0;
        _alive = 0;
        _isStopped = false;
        _isStarting = false;
    }

    internal override void Announce(Cpu cpu, SharedObject target, bool ready)
    {
        Awaits++;
        if (!ready && cpu.Pending == OperationKind.Wait && target.IsFree)
        {
            // A sleep on a wait queue begins here, or a wake-up by a CPU whose time is less would be lost.
            LineOf(target).Enqueue(cpu);
            _isWaiting[cpu.Id] = true;
        }
    }

    internal override bool Arrive()
    {
        Cpu cpu = _smp.Current;
        if (_isWaiting[cpu.Id])
        {
            return false;
        }

        long key = KeyOf(cpu.Id);
        if (_isStarting || (_eventCount > 0 && _events[0] < key))
        {
            Push(key);
            return false;
        }

        return Attempt(cpu);
    }

    internal override void Taken(SharedObject target)
    {
    }

    internal override void Freed(SharedObject target)
    {
        int number = target.MeetsAt;
        if (number < _waitLines.Length && _waitLines[number] is { Count: > 0 } line)
        {
            LetIn(line);
        }
    }

    internal override void Charge(int nanoseconds)
    {
        int cpu = _smp.Current.Id;
        _now[cpu] += nanoseconds;
        _charged[cpu] += nanoseconds;
    }

    internal override void Stop() => _isStopped = true;

    /// <summary>The current CPU touches a plain word, within a step.</summary>
    internal void Touch(Cell cell, bool isWrite) => Fetch(ref LineIn(ref _words, cell.Number), isWrite);

    /// <summary>The current CPU touches a word that is more than plain, within a step.</summary>
    internal void Touch(SharedObject target, bool isWrite)
    {
        if (target is not Lock)
        {
            Fetch(ref LineIn(ref _lines, target.MeetsAt), isWrite);
            Charge(isWrite ? Costs.AtomicNs : 0);
        }
    }

    internal void Started(Cpu cpu, Func<Cpu, KTask> start, Cpu parent)
    {
        _now[cpu.Id] = _now[parent.Id];
        _charged[cpu.Id] = _charged[parent.Id];
        _waited[cpu.Id] = _waited[parent.Id];
        bool isStarting = _isStarting;
        _isStarting = true;
        Frame? root = start(cpu).Frame;
        _isStarting = isStarting;
        cpu.Root = root;
        _alive++;
        if (root is null || root.Completed)
        {
            Returned(cpu);
        }
        else
        {
            root.IsRoot = true;
        }
    }

    internal void Run()
    {
        while (_eventCount > 0 && !_isStopped)
        {
            Cpu cpu = _smp.Cpus[(int)(Pop() & (MaxCpus - 1))];
            _smp.SwitchTo(cpu);
            if (!Attempt(cpu))
            {
                continue;
            }

            Frame leaf = cpu.Leaf!;
            cpu.Leaf = null;
            leaf.Resume();
            if (cpu.Leaf is null)
            {
                Returned(cpu);
            }
        }

        if (_alive > 0 && _smp.Failure is null)
        {
            string stuck = string.Join(", ", _smp.Cpus.Where(cpu => cpu.Leaf is not null).Select(cpu => $"{cpu.Name} ({_smp.PendingText(cpu)})"));
            _smp.FailAtRest(FailureKind.HungTask, "simulated", $"nobody can go on; waiting: {stuck}");
        }

        foreach (Cpu cpu in _smp.Cpus)
        {
            cpu.Leaf?.AbandonChain();
            cpu.Leaf = null;
            cpu.Root = null;
        }
    }

    /// <summary>
    /// The CPU with the least time does what it announced, if it can: true once time has been charged for it. Otherwise
    /// it waits.
    /// </summary>
    private bool Attempt(Cpu cpu)
    {
        SharedObject target = _smp.Objects[cpu.Target];
        OperationKind kind = cpu.Pending;
        if (cpu.Stage != WaitStage.None)
        {
            if (cpu.Stage != WaitStage.Attempt || cpu.KernelLockDepth != 0)
            {
                throw new NotSupportedException("kernels that sleep with the big kernel lock held do not run under the simulated clock yet");
            }

            cpu.Stage = WaitStage.None;
        }

        switch (kind)
        {
            case OperationKind.Acquire or OperationKind.AcquireShared or OperationKind.Wait:
                return Enter(cpu, target, isAlone: kind == OperationKind.Acquire);
            case OperationKind.Yield:
                Charge(Costs.PauseNs);
                return true;
            case OperationKind.Point or OperationKind.Sleep:
                Charge(Costs.StepNs);
                return true;
            default:
                Fetch(ref LineIn(ref _lines, target.MeetsAt), kind != OperationKind.Read);
                Charge(Costs.StepNs + (kind == OperationKind.Read ? 0 : Costs.AtomicNs));
                return true;
        }
    }

    private bool Enter(Cpu cpu, SharedObject target, bool isAlone)
    {
        WaitLine line = LineOf(target);
        if (_isLetIn[cpu.Id])
        {
            _isLetIn[cpu.Id] = false;
            line.Reserved--;
            line.IsReservedAlone &= !isAlone;
            if (target.IsFree)
            {
                return true;
            }

            line.Requeue(cpu);
            _isWaiting[cpu.Id] = true;
            return false;
        }

        Fetch(ref LineIn(ref _lines, target.MeetsAt), isWrite: true);
        Charge(Costs.StepNs + Costs.AtomicNs);
        bool isMine = target is BigKernelLock && cpu.KernelLockDepth > 0;
        bool isOpen = target.IsFree && line.Count == 0 && !line.IsReservedAlone && (!isAlone || line.Reserved == 0);
        if (isMine || isOpen)
        {
            return true;
        }

        line.Enqueue(cpu);
        _isWaiting[cpu.Id] = true;
        return false;
    }

    /// <summary>The lock is free: its first waiter may have it, or all readers at the head of the line.</summary>
    private void LetIn(WaitLine line)
    {
        while (line.Count > 0 && !line.IsReservedAlone)
        {
            Cpu next = line.First;
            SharedObject target = _smp.Objects[next.Target];
            bool isAlone = next.Pending == OperationKind.Acquire;
            if (!target.IsFree || (isAlone && line.Reserved > 0))
            {
                return;
            }

            line.RemoveFirst();
            line.Reserved++;
            line.IsReservedAlone = isAlone;
            _isWaiting[next.Id] = false;
            _isLetIn[next.Id] = true;
            HandOver(next, target, isAlone, line.Count);
        }
    }

    private void HandOver(Cpu next, SharedObject target, bool isAlone, int others)
    {
        int from = _smp.Current.Id;
        int transfer = Costs.Transfer(from, next.Id);
        long at;
        if (target is Lock { Class.IsSpinning: true } || (isAlone && Costs.WritersSpin && target is Lock))
        {
            // Every CPU that spins on the one line fetches it after a release, and the next owner is, on average, in the middle.
            int storm = Costs.QueuedSpinlocks ? 0 : transfer * others / 2;
            at = Math.Max(_now[from] + transfer + storm, _now[next.Id]);
        }
        else
        {
            Charge(Costs.WakeUpNs);
            at = Math.Max(_now[from], _now[next.Id]) + Costs.ContextSwitchNs;
        }

        LineIn(ref _lines, target.MeetsAt).HandTo(next.Id, at);
        _waited[next.Id] += at - _now[next.Id];
        _now[next.Id] = at;
        Push(KeyOf(next.Id));
    }

    private void Returned(Cpu cpu)
    {
        _alive--;
        cpu.Finished = true;
        Exception? error = cpu.Root?.Error;
        cpu.Root?.Recycle();
        cpu.Root = null;
        if (error is not null)
        {
            _smp.Fail(FailureKind.Oops, error.GetType().Name, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private void Fetch(ref CacheLine line, bool isWrite)
    {
        int cpu = _smp.Current.Id;
        long there = line.Fetch(Costs, cpu, _now[cpu], isWrite);
        _charged[cpu] += there - _now[cpu];
        _now[cpu] = there;
    }

    private WaitLine LineOf(SharedObject target)
    {
        int number = target.MeetsAt;
        if (number >= _waitLines.Length)
        {
            Array.Resize(ref _waitLines, Math.Max(_smp.Objects.Count, number + 1));
        }

        return _waitLines[number] ??= new WaitLine();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref CacheLine LineIn(ref CacheLine[] lines, int number)
    {
        if (number >= lines.Length)
        {
            Array.Resize(ref lines, Math.Max(2 * lines.Length, number + 256));
        }

        return ref lines[number];
    }

    /// <summary>Events in the order of time; at one time, of the CPUs' numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long KeyOf(int cpu) => (_now[cpu] << CpuBits) | (uint)cpu;

    private void Push(long key)
    {
        int at = _eventCount++;
        while (at > 0)
        {
            int above = (at - 1) >> 2;
            if (_events[above] <= key)
            {
                break;
            }

            _events[at] = _events[above];
            at = above;
        }

        _events[at] = key;
    }

    private long Pop()
    {
        long first = _events[0];
        long key = _events[--_eventCount];
        int at = 0;
        while (true)
        {
            int child = (4 * at) + 1;
            if (child >= _eventCount)
            {
                break;
            }

            int least = child;
            for (int other = child + 1; other < Math.Min(child + 4, _eventCount); other++)
            {
                least = _events[other] < _events[least] ? other : least;
            }

            if (_events[least] >= key)
            {
                break;
            }

            _events[at] = _events[least];
            at = least;
        }

        _events[at] = key;
        return first;
    }
}
