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
/// Whoever waits with the big kernel lock held drops it, and takes it again when he has what he waited for. What may sleep
/// and has nothing to wait for, as an allocation that finds a page, does not. No checker watches.
/// </remarks>
public sealed partial class SimulatedClock : Clock
{
    /// <summary>How many CPUs a simulated machine can have, devices and kernel threads not counted.</summary>
    public const int MaxCpus = 1024;

    /// <summary>How many CPUs and devices: as many as a key of the queue of events has numbers.</summary>
    internal const int MaxNumbers = 1 << EventQueue.CpuBits;

    private readonly Smp _smp;
    private readonly CpuAccount[] _accounts;
    private readonly WaitBooks _waits = new();
    private readonly EventQueue _events;
    private WaitLine?[] _waitLines = [];
    private int _alive;
    private bool _isStarting;
    private bool _isStopped;

    internal SimulatedClock(Smp smp, CostModel costs, int cpus)
    {
        _smp = smp;
        Costs = costs;
        _accounts = new CpuAccount[cpus];
        _events = new EventQueue(cpus);
        _sharers = new CpuSets(cpus);
    }

    /// <summary>What things cost.</summary>
    public CostModel Costs { get; }

    /// <summary>After how many awaits what is not over is taken for a livelock.</summary>
    public long MostAwaits { get; set; } = long.MaxValue;

    /// <summary>Awaits since the machine was switched on.</summary>
    public long Awaits { get; private set; }

    /// <summary>The time of the CPU that runs, in nanoseconds since the machine was switched on.</summary>
    public long Now => Own.Now;

    /// <summary>The time of a CPU: what it was charged and what it waited.</summary>
    public long TimeOf(int cpu) => _accounts[cpu].Now;

    /// <summary>What is known of a CPU.</summary>
    internal ref CpuAccount AccountOf(int cpu) => ref _accounts[cpu];

    /// <summary>What the CPU has spent doing something, in nanoseconds, fetching lines included.</summary>
    public long ChargedTo(int cpu) => _accounts[cpu].Charged;

    /// <summary>What the CPU has spent waiting for locks and devices, in nanoseconds.</summary>
    public long WaitedBy(int cpu) => _accounts[cpu].Waited;

    /// <summary>
    /// What all CPUs together have waited for each kind of lock, in nanoseconds, as lock_stat has it: kinds that nobody waited
    /// for are left out. Whoever waits now has waited until now. What is no lock, a wait queue or a device, is in none.
    /// </summary>
    public IReadOnlyList<(string Class, long Nanoseconds)> WaitedByClass()
    {
        long[] waited = [.. Enumerable.Range(0, LockDep.MaxClasses).Select(_waits.Waited)];
        foreach ((Cpu cpu, int lockClass) in Waiting())
        {
            waited[lockClass] += Math.Max(0, Now - _accounts[cpu.Id].Now);
        }

        return _smp.LockDep.ByClass(waited);
    }

    /// <summary>
    /// What does not add up, null if all does: each CPU's time is what it was charged and what it waited, and Little's law holds
    /// for each class of lock. An error of the clock's, never of a kernel's.
    /// </summary>
    internal string? Lost()
    {
        for (int cpu = 0; cpu < _accounts.Length; cpu++)
        {
            ref readonly CpuAccount own = ref _accounts[cpu];
            if (own.Now != own.Charged + own.Waited)
            {
                return $"CPU {cpu}: {own.Now} ns have passed, {own.Charged} ns were charged and {own.Waited} ns waited";
            }
        }

        int[] waiting = new int[LockDep.MaxClasses];
        long[] arrivalTimes = new long[LockDep.MaxClasses];
        foreach ((Cpu cpu, int lockClass) in Waiting())
        {
            waiting[lockClass]++;
            arrivalTimes[lockClass] += _accounts[cpu.Id].Now;
        }

        for (int index = 0; index < waiting.Length; index++)
        {
            if (_waits.Wrong(index, waiting[index], arrivalTimes[index]) is { } wrong)
            {
                return $"{_smp.LockDep.NameOf(index)}: {wrong}";
            }
        }

        return null;
    }

    internal void PowerOn()
    {
        Array.Clear(_accounts);
        _waits.Clear();
        Array.Clear(_waitLines);
        Awaits = 0;
        _events.Clear();
        _alive = 0;
        _isStopped = false;
        _isStarting = false;
        EmptyCaches();
    }

    internal override void Announce(Cpu cpu, SharedObject target, bool ready)
    {
        Awaits++;
        EndStep(cpu);
        if (!ready && cpu.Pending == OperationKind.Wait && target.IsFree)
        {
            // A sleep on a wait queue begins here, or a wake-up by a CPU whose time is less would be lost.
            LineOf(target).Enqueue(cpu);
            _accounts[cpu.Id].IsWaiting = true;
        }
    }

    internal override bool Arrive()
    {
        Cpu cpu = _smp.Current;
        if (_accounts[cpu.Id].IsWaiting)
        {
            return false;
        }

        // A CPU that runs alone gives way once in a while too, so that one which never ends is noticed.
        long key = KeyOf(cpu.Id);
        if (_isStarting || _events.IsBefore(key) || Awaits > MostAwaits)
        {
            _events.Push(key);
            return false;
        }

        return Attempt(cpu);
    }

    internal override void Taken(SharedObject target)
    {
    }

    internal override void Freed(SharedObject target)
    {
        if (KnownLineOf(target) is { Count: > 0 } line)
        {
            LetIn(line);
        }
    }

    internal override void Charge(int nanoseconds)
    {
        ref CpuAccount own = ref Own;
        own.Now += nanoseconds;
        own.Charged += nanoseconds;
    }

    internal override void Stop() => _isStopped = true;

    /// <summary>What is measured is over: nobody goes on.</summary>
    internal void Halt() => _isStopped = true;

    /// <summary>What has been waited so far is not measured, but by those who wait still.</summary>
    internal void ForgetWaits()
    {
        _waits.Clear();
        Fetching = 0;
        foreach ((Cpu cpu, int lockClass) in Waiting())
        {
            _waits.Arrived(lockClass, _accounts[cpu.Id].Now);
        }
    }

    /// <summary>The current CPU, a device, is busy until then.</summary>
    internal void BusyUntil(long time)
    {
        ref CpuAccount own = ref Own;
        own.Charged += Math.Max(0, time - own.Now);
        own.Now = Math.Max(own.Now, time);
    }

    /// <summary>True if somebody waits for <paramref name="target"/>.</summary>
    internal bool IsAwaited(SharedObject target) => KnownLineOf(target) is { Count: > 0 };

    internal void Started(Cpu cpu, Func<Cpu, KTask> start, Cpu parent)
    {
        EndStep(parent);
        _accounts[cpu.Id].BeginAs(_accounts[parent.Id]);
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
        while (!_events.IsEmpty && !_isStopped)
        {
            Cpu cpu = _smp.Cpus[EventQueue.CpuOf(_events.Pop())];
            _smp.SwitchTo(cpu);
            if (Awaits > MostAwaits)
            {
                string others = Waiting(running: cpu);
                _smp.Fail(
                    FailureKind.Livelock, "simulated", $"{cpu.Name} still runs after {MostAwaits} awaits of all CPUs{(others.Length == 0 ? "" : $"; waiting: {others}")}");
                break;
            }

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

        if (_alive > 0 && _smp.Failure is null && !_isStopped && Waiting(running: null) is { Length: > 0 } waiting)
        {
            _smp.FailAtRest(FailureKind.HungTask, "simulated", $"nobody can go on; waiting: {waiting}");
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
            return AttemptInStages(cpu, target, kind);
        }

        switch (kind)
        {
            case OperationKind.Acquire or OperationKind.AcquireShared or OperationKind.Wait:
                return Enter(cpu, target, isAlone: kind == OperationKind.Acquire);
            case OperationKind.Yield:
                Charge(cpu.WaitsForChange ? Costs.PauseNs : Costs.ScheduleNs);
                return true;
            case OperationKind.Point or OperationKind.Sleep:
                Charge(Costs.StepNs);
                return true;
            default:
                Fetch(target, kind != OperationKind.Read);
                Charge(Costs.StepNs + (kind == OperationKind.Read ? 0 : Costs.AtomicNs));
                return true;
        }
    }

    /// <summary>As <see cref="Attempt"/>, of one that may have to wait without the big kernel lock.</summary>
    private bool AttemptInStages(Cpu cpu, SharedObject target, OperationKind kind)
    {
        if (cpu.Stage == WaitStage.Attempt)
        {
            cpu.Stage = WaitStage.None;
            if (Enter(cpu, target, isAlone: kind == OperationKind.Acquire))
            {
                return true;
            }

            if (cpu.KernelLockDepth != 0)
            {
                _smp.KernelLock!.DropToSleep(cpu);
                cpu.Stage = WaitStage.Asleep;
            }

            return false;
        }

        BigKernelLock kernelLock = _smp.KernelLock!;
        if (cpu.Stage == WaitStage.Asleep)
        {
            if (!Enter(cpu, target, isAlone: kind == OperationKind.Acquire))
            {
                return false;
            }

            target.Grant(cpu);
            cpu.Granted = true;
            cpu.Stage = WaitStage.Relock;
            cpu.Target = kernelLock.Number;
        }

        if (!Enter(cpu, kernelLock, isAlone: true))
        {
            return false;
        }

        Charge(kind == OperationKind.Yield ? Costs.ScheduleNs : 0);
        kernelLock.Retake(cpu);
        cpu.Stage = WaitStage.None;
        return true;
    }

    private bool Enter(Cpu cpu, SharedObject target, bool isAlone)
    {
        ref CpuAccount own = ref _accounts[cpu.Id];
        if (own.IsLetIn)
        {
            own.IsLetIn = false;
            WaitLine line = LineOf(target);
            line.Reserved--;
            line.IsReservedAlone &= !isAlone;
            if (target.IsFree)
            {
                return true;
            }

            line.Requeue(cpu);
            BeginsToWait(cpu, target);
            return false;
        }

        Fetch(target, isWrite: true);
        Charge(Costs.StepNs + Costs.AtomicNs);
        bool isMine = target is BigKernelLock && cpu.KernelLockDepth > 0;
        if (isMine || (target.IsFree && IsOpen(target, isAlone)))
        {
            return true;
        }

        LineOf(target).Enqueue(cpu);
        BeginsToWait(cpu, target);
        return false;
    }

    /// <summary>True if nobody has come before.</summary>
    private bool IsOpen(SharedObject target, bool isAlone) =>
        KnownLineOf(target) is not { } line || (line.Count == 0 && !line.IsReservedAlone && (!isAlone || line.Reserved == 0));

    /// <summary>The lock is free: its first waiter may have it, or all readers at the head of the line.</summary>
    private void LetIn(WaitLine line)
    {
        while (line.Count > 0 && !line.IsReservedAlone)
        {
            Cpu next = line.First;
            SharedObject target = _smp.Objects[next.Target];
            bool isAlone = next.Pending == OperationKind.Acquire || next.Stage == WaitStage.Relock;
            if (!target.IsFree || (isAlone && line.Reserved > 0))
            {
                return;
            }

            line.RemoveFirst();
            line.Reserved++;
            line.IsReservedAlone = isAlone;
            ref CpuAccount account = ref _accounts[next.Id];
            account.IsWaiting = false;
            account.IsLetIn = true;
            HandOver(next, target, isAlone, line.Count);
        }
    }

    private void HandOver(Cpu next, SharedObject target, bool isAlone, int others)
    {
        int from = _smp.Current.Id;
        ref readonly CpuAccount mine = ref Own;
        ref CpuAccount theirs = ref _accounts[next.Id];
        int transfer = Costs.Transfer(from, next.Id);

        // The writers' side of a lock is no lock, but meets the others at one.
        var met = _smp.Objects[target.MeetsAt] as Lock;
        long at;
        bool spins = met is BigKernelLock or { Class.IsSpinning: true }
            || (isAlone && Costs.WritersSpin && met is { SpinsOnOwner: true })
            || (met is not null && mine.Now - theirs.Now < Costs.SpinNs);
        if (spins)
        {
            // Every CPU that spins on the one line fetches it after a release, and the next owner is, on average, in the middle.
            int storm = Costs.QueuedSpinlocks ? 0 : transfer * others / 2;
            at = Math.Max(mine.Now + transfer + storm, theirs.Now);
        }
        else
        {
            Charge(Costs.WakeUpNs);
            at = Math.Max(mine.Now, theirs.Now) + Costs.ContextSwitchNs;
        }

        CacheLineOf(target).HandTo(next.Id, at);
        Keep(ref theirs, target.MeetsAt, at);
        Waited(next, target, at);
        theirs.Now = at;
        _events.Push(KeyOf(next.Id));
    }

    private void BeginsToWait(Cpu cpu, SharedObject target)
    {
        ref CpuAccount own = ref _accounts[cpu.Id];
        own.IsWaiting = true;
        if (ClassOf(cpu, target) is >= 0 and var lockClass)
        {
            _waits.Arrived(lockClass, own.Now);
        }
    }

    private void Waited(Cpu cpu, SharedObject target, long until)
    {
        ref CpuAccount own = ref _accounts[cpu.Id];
        long time = until - own.Now;
        own.Waited += time;
        if (ClassOf(cpu, target) is >= 0 and var lockClass)
        {
            _waits.Left(lockClass, until, time);
        }
    }

    /// <summary>The class of lock for which a wait counts; -1 for what is no lock, and for waits of devices and kernel threads.</summary>
    private int ClassOf(Cpu cpu, SharedObject target) =>
        !cpu.Daemon && _smp.Objects[target.MeetsAt] is Lock met ? met.Class.Index : -1;

    /// <summary>Who waits for a lock now, and of which class.</summary>
    private IEnumerable<(Cpu Cpu, int LockClass)> Waiting() =>
        from cpu in _smp.Cpus
        where _accounts[cpu.Id].IsWaiting
        let lockClass = ClassOf(cpu, _smp.Objects[cpu.Target])
        where lockClass >= 0
        select (cpu, lockClass);

    /// <summary>Who waits for somebody else, and for what: CPUs that have not come to their end and of whom no event is pending.</summary>
    private string Waiting(Cpu? running)
    {
        HashSet<int> runnable = [.. _events.Cpus];
        return string.Join(
            ", ",
            _smp.Cpus.Where(cpu => cpu.Leaf is not null && cpu != running && !runnable.Contains(cpu.Id) && !IsAtRest(cpu))
                .Select(cpu => $"{cpu.Name} ({_smp.PendingText(cpu)})"));
    }

    /// <summary>A device or kernel thread that waits for work.</summary>
    private bool IsAtRest(Cpu cpu) => cpu.Daemon && _smp.Objects[cpu.Target].IsPlaceOfRest;

    private void Returned(Cpu cpu)
    {
        EndStep(cpu);
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

    /// <summary>
    /// The step of this CPU is over, and its budget is whole again, as whoever takes the next step is to find it. In between nobody
    /// touches a plain word: what lets a CPU have what it waited for does not.
    /// </summary>
    private void EndStep(Cpu cpu)
    {
        Pay(cpu.Id);
        _smp.Budget = _paid = _smp.Checks.StepBudget;
    }

    /// <summary>The line of what somebody has had to wait for; most locks never have one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WaitLine? KnownLineOf(SharedObject target) => target.MeetsAt < _waitLines.Length ? _waitLines[target.MeetsAt] : null;

    private WaitLine LineOf(SharedObject target)
    {
        int number = target.MeetsAt;
        if (number >= _waitLines.Length)
        {
            Array.Resize(ref _waitLines, Math.Max(_smp.AllObjects.Length, number + 1));
        }

        return _waitLines[number] ??= new WaitLine();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long KeyOf(int cpu) => EventQueue.KeyOf(_accounts[cpu].Now, cpu);
}
