using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Exploration;
using Variants.Harness.Native;

namespace Variants.Harness.Engine;

/// <summary>
/// The simulated multiprocessor: its CPUs, which of them runs, what each has announced, and the first failure.
/// Every primitive belongs to one, and all of an execution happens on the thread that runs it.
/// </summary>
public sealed partial class Smp
{
    /// <summary>How many CPUs an execution can use: as many as one vector clock has lanes.</summary>
    public const int MaxCpus = 8;

    /// <summary>How many CPUs a machine can have that does not look for races: as many as a mask has bits.</summary>
    public const int MaxCpusUnchecked = 32;

    private const int ClockWrap = 1 << 30;

    internal readonly Cpu[] Cpus;
    internal readonly LockDep LockDep = new();
    internal readonly bool ChecksRaces;
    internal readonly bool ChecksMemory;

    /// <summary>
    /// The epoch of the running CPU, as cells compare it; <see cref="Epoch.Never"/> while recording. Under the simulated clock it says
    /// whose cache a cell is in.
    /// </summary>
    internal long CellEpoch;

    /// <summary>What marked cells compare with: <see cref="Epoch.Marked"/>, or <see cref="Epoch.Never"/> while recording.</summary>
    internal long MarkedEpoch = Epoch.Marked;

    /// <summary>False while every access must be looked at in full: to record it, or because races are not looked for.</summary>
    internal bool TrustsEpochs;

    /// <summary>Plain accesses that the current step may still make.</summary>
    internal int Budget;

    /// <summary>Frames of calls that are over.</summary>
    internal readonly FramePools Frames = new();

    /// <summary>Where what happens is written down; null unless somebody wants to know.</summary>
    internal Recorder? Recorder
    {
        get => _recorder;
        set
        {
            _recorder = value;
            _beginsOtherwise = IsNative || value is not null;
        }
    }

    /// <summary>Where the steps of an explored execution write down what they touch; null at all other times.</summary>
    internal Footprints? Footprints;

    internal BigKernelLock? KernelLock;

    private SharedObject[] _objects = new SharedObject[64];
    private int _objectCount;
    private int[] _used = new int[64];
    private int _usedCount;
    private readonly ExploredClock? _explored;
    private readonly Clock _clock;

    /// <summary>An operation begins in another way than it mostly does: one field to look at, for the most frequent question.</summary>
    private bool _beginsOtherwise;
    private Recorder? _recorder;
    private readonly int _stepBudget;
    private Failure? _warning;
    private int _startOfTime;
    private readonly int _spawnWord;
    private bool _spawnsTogether;
    private Vector256<int> _beforeSpawns;

    /// <summary>
    /// A machine without anything on it yet, of <paramref name="cpus"/> CPUs. More than <see cref="MaxCpus"/> it can
    /// have only if it does not look for races, as vector clocks have no more lanes.
    /// </summary>
    public Smp(Checks checks, int cpus = MaxCpus)
        : this(checks, cpus, costs: null)
    {
    }

    private Smp(Checks checks, int cpus, CostModel? costs, bool onThreads = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cpus, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cpus, costs is not null ? SimulatedClock.MaxNumbers : onThreads ? SimulatedClock.MaxCpus : checks.Races ? MaxCpus : MaxCpusUnchecked);
        Cpus = new Cpu[cpus];
        Checks = checks;
        ChecksRaces = checks.Races;
        ChecksMemory = checks.Memory;
        _stepBudget = checks.StepBudget;
        for (int id = 0; id < cpus; id++)
        {
            // Under the other clocks nobody waits in a mask, which would have too few bits.
            Cpus[id] = new Cpu(id, costs is null && !onThreads ? 1u << id : 0);
        }

        Current = Cpus[0];
        if (onThreads)
        {
            // No CPU is the one that runs. Nobody ever writes to this one, or all threads would share its cache line.
            Current = new Cpu(cpus, 0);
            Native = new NativeClock(this);
            IsNative = true;
            _beginsOtherwise = true;
            _clock = Native;
        }
        else if (costs is null)
        {
            _explored = new ExploredClock(this);
            _clock = _explored;
        }
        else
        {
            Simulated = new SimulatedClock(this, costs, cpus);
            _clock = Simulated;
        }

        _ = new Nowhere(this);
        _spawnWord = NumberOfWord();
    }

    /// <summary>Which checkers watch.</summary>
    public Checks Checks { get; }

    /// <summary>The CPU that runs. Under the native clock many do, and this is none of them: see <see cref="ProcessorId"/>.</summary>
    public Cpu Current { get; internal set; }

    /// <summary>What went wrong first, or null.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>The clock under which strategies choose; every other clock leaves this null.</summary>
    public ExploredClock Explored => _explored ?? throw new InvalidOperationException("this machine runs on another clock");

    /// <summary>Another number whenever a CPU has taken a step or looked at a word: for another thread, which watches whether it gets on.</summary>
    public long Progress => ((long)(_explored?.Steps ?? 0) << 32) ^ (Simulated?.Awaits ?? 0) ^ (uint)Budget;

    /// <summary>How many CPUs are in use.</summary>
    public int CpuCount { get; private set; }

    /// <summary>The objects at which operations meet, by number.</summary>
    internal SharedObject[] Objects => _objects;

    /// <summary>All of them.</summary>
    internal ReadOnlySpan<SharedObject> AllObjects => _objects.AsSpan(0, _objectCount);

    /// <summary>Makes ready for another execution: no CPU runs anything, no lock is held, nothing has failed.</summary>
    public void PowerOn()
    {
        Failure = null;
        _warning = null;
        _explored?.PowerOn();
        Simulated?.PowerOn();
        Native?.PowerOn();
        int latest = _startOfTime;
        foreach (Cpu cpu in Cpus)
        {
            latest = Math.Max(latest, cpu.Time);
        }

        if (latest > ClockWrap)
        {
            ForgetAllTimes();
            latest = 0;
        }

        // All clocks start above the last execution's: whatever happened then is ordered before everything now,
        // so that no cell and no lock need be reset.
        _startOfTime = latest + 1;
        Footprints = null;
        LookAtEveryAccess(Recorder is not null || Simulated is not null);
        Vector256<int> start = Vector256.Create(_startOfTime);
        foreach (Cpu cpu in Cpus)
        {
            cpu.PowerOn(start, _startOfTime);
        }

        foreach (int number in _used.AsSpan(0, _usedCount))
        {
            SharedObject shared = _objects[number];
            shared.Waiters = 0;
            shared.IsUsed = IsNative;
            shared.PowerOn();
        }

        if (!IsNative)
        {
            // Threads do not write down what they use: all of it is reset each time.
            _usedCount = 0;
        }

        LockDep.Forget();
        CpuCount = 0;
        _spawnsTogether = false;
        Budget = Checks.StepBudget;
        if (!IsNative)
        {
            SwitchTo(Cpus[0]);
        }

        _ = Frame.TakeNeverAwaited();
    }

    /// <summary>True if another CPU can be put to work.</summary>
    public bool HasIdleCpu
    {
        get
        {
            Looked(_spawnWord);
            return CpuCount < Cpus.Length;
        }
    }

    /// <summary>The number of the CPU that is put to work next.</summary>
    public int NextCpu => CpuCount;

    /// <summary>
    /// Puts a CPU to work on <paramref name="start"/>, which runs to its first await at once, within the current
    /// step. A daemon (a device) need not come to an end.
    /// </summary>
    public Cpu Spawn(string name, Func<Cpu, KTask> start, bool daemon = false)
    {
        if (Native is { } native)
        {
            return native.Spawn(name, start, daemon);
        }

        // Which CPU it is depends on how many have been put to work before.
        Changed(_spawnWord);
        if (CpuCount == Cpus.Length)
        {
            throw new InvalidOperationException($"all {Cpus.Length} CPUs are in use");
        }

        Cpu parent = Current;
        Vector256<int> before = OrderedBeforeSpawned(parent);
        Cpu cpu = Cpus[CpuCount++];
        cpu.Name = name;
        cpu.Daemon = daemon;
        cpu.VectorClock = Vector256.Max(cpu.VectorClock, before);
        SwitchTo(cpu);
        _explored?.Spawning(cpu);
        _explored?.Started(cpu, start);
        Simulated?.Started(cpu, start, parent);
        SwitchTo(parent);
        return cpu;
    }

    /// <summary>The last CPUs put to work, as far as they have finished, may be put to work again.</summary>
    public void RetireFinished()
    {
        while (CpuCount > 0 && Cpus[CpuCount - 1].Finished)
        {
            Cpus[--CpuCount].Finished = false;
        }
    }

    /// <summary>
    /// Runs until nobody can go on: every CPU that is no daemon has finished and the daemons wait for work, or
    /// something has failed. Who goes on is chosen by <paramref name="strategy"/>; without one, each CPU runs until
    /// it waits or gives way.
    /// </summary>
    public void Run(Strategy? strategy)
    {
        if (Simulated is { } simulated)
        {
            simulated.Run();
            return;
        }

        if (Native is { } native)
        {
            native.Run();
            return;
        }

        _explored!.Run(strategy);

        // Whoever looks at the machine from outside, or sets more CPUs to work, comes after all that has happened.
        for (int id = 0; id < CpuCount; id++)
        {
            Current.VectorClock = Vector256.Max(Current.VectorClock, Cpus[id].VectorClock);
        }

        _spawnsTogether = false;
    }

    /// <summary>Reports a failure, if it is the first. Nobody runs after the current step.</summary>
    public void Fail(FailureKind kind, string subject, string message)
    {
        if (Native is { } native)
        {
            native.Fail(new Failure(kind, subject, message, ProcessorId, Step: 0));
        }

        if (Failure is not null)
        {
            return;
        }

        Failure = new Failure(kind, subject, message, Current.Id, _explored?.Steps ?? 0);
        Recorder?.Failed(Failure);
        _clock.Stop();
    }

    /// <summary>
    /// Reports what has not gone wrong this time, but can. Everybody runs on: it is what the execution failed with only
    /// if nothing worse follows.
    /// </summary>
    public void Warn(FailureKind kind, string subject, string message)
    {
        if (Failure is null && _warning is null)
        {
            _warning = new Failure(kind, subject, message, Current.Id, _explored?.Steps ?? 0);
            Recorder?.Failed(_warning);
        }
    }

    /// <summary>Nothing worse than the warning, if there was one, has come.</summary>
    internal void HeedWarning() => Failure ??= _warning;

    /// <summary>Reports a failure found when all is quiet: no CPU in particular is to blame.</summary>
    public void FailAtRest(FailureKind kind, string subject, string message)
    {
        if (Failure is null)
        {
            Failure = new Failure(kind, subject, message, -1, _explored?.Steps ?? 0);
            Recorder?.Failed(Failure);
        }
    }

    /// <summary>A promise that a user brought is broken: for its witness, while CPUs run and when all is quiet.</summary>
    public void Broken(string promise, string message)
    {
        if (_explored is { IsRunning: true })
        {
            Fail(FailureKind.OwnProperty, promise, message);
        }
        else
        {
            FailAtRest(FailureKind.OwnProperty, promise, message);
        }
    }

    /// <summary>BUG(): the variant found its own state impossible.</summary>
    public void Bug(string subject, string message) => Fail(FailureKind.Bug, subject, message);

    /// <summary>A point at which another CPU may run. Holding the big kernel lock is no obstacle to going on.</summary>
    public Step<Going> Point([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Announce(_objects[0], OperationKind.Point, ready: true, where, line);
        return new(new Going(this));
    }

    /// <summary>
    /// Sleeps, ready to run again at any time: what an allocation, a copy from user space or a wait for nothing in
    /// particular may do. Drops the big kernel lock for as long as it sleeps. Not allowed in atomic context.
    /// </summary>
    public Step<Going> Sleep([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        MightSleep("sleep");
        AnnounceSleep(OperationKind.Sleep, where, line);

        // The strategy only: nobody waits for a change here.
        _explored?.Slept(Current);
        return new(new Going(this));
    }

    /// <summary>
    /// schedule() or cond_resched(): like <see cref="Sleep"/>, and every other CPU that can run goes before this one
    /// under a strategy that would otherwise let it go on for ever.
    /// </summary>
    public Step<Going> Schedule([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        MightSleep("schedule");
        AnnounceSleep(OperationKind.Yield, where, line);
        GiveWay(waitsForChange: false);
        return new(new Going(this));
    }

    /// <summary>
    /// cpu_relax(): spins once more. Allowed in atomic context; keeps the big kernel lock. For loops that only wait for a
    /// change: an exploration goes round again when there is one.
    /// </summary>
    public Step<Going> Relax([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Announce(_objects[0], OperationKind.Yield, ready: true, where, line);
        GiveWay(waitsForChange: true);
        return new(new Going(this));
    }

    /// <summary>Reports a sleep in atomic context: might_sleep().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MightSleep(string what)
    {
        if (Current.AtomicDepth != 0)
        {
            SleptInAtomic(what);
        }
    }

    internal int Register(SharedObject shared)
    {
        if (_objectCount == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _objectCount);
        }

        _objects[_objectCount] = shared;
        NoteUsed(shared, _objectCount);
        return _objectCount++;
    }

    /// <summary>The current step looked at the word of this number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Looked(int word) => Footprints?.TouchWord(word, isWrite: false);

    /// <summary>The current step changed the word of this number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Changed(int word) => Footprints?.TouchWord(word, isWrite: true);

    /// <summary>From here until the machine is switched on, or told otherwise, steps write down what they touch.</summary>
    internal void WriteFootprintsTo(Footprints? footprints)
    {
        Footprints = footprints;
        LookAtEveryAccess(footprints is not null || Recorder is not null);
        SetCellEpoch(Current);
    }

    /// <summary>The current step looked at <paramref name="target"/> without announcing it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Looked(SharedObject target)
    {
        if (Footprints is { } footprints)
        {
            footprints.Touch(target, isWrite: false);
        }
    }

    /// <summary>The current step changed <paramref name="target"/> without announcing it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Changed(SharedObject target)
    {
        if (Footprints is { } footprints)
        {
            footprints.Touch(target, isWrite: true);
        }
    }

    private void LookAtEveryAccess(bool every)
    {
        TrustsEpochs = ChecksRaces && !every;
        MarkedEpoch = every ? Epoch.Never : Epoch.Marked;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Taken(SharedObject target)
    {
        Use(target);
        Changed(target);
        if (_explored is { } explored)
        {
            explored.TakenInline(target);
        }
        else
        {
            _clock.Taken(target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Freed(SharedObject target)
    {
        Use(target);
        Changed(target);
        if (_explored is { } explored)
        {
            explored.FreedInline(target);
        }
        else
        {
            _clock.Freed(target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SwitchTo(Cpu cpu)
    {
        Current = cpu;
        SetCellEpoch(cpu);
    }

    /// <summary>The epoch of the running CPU has changed.</summary>
    internal void RenewCellEpoch() => SetCellEpoch(Current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetCellEpoch(Cpu cpu)
    {
        if (TrustsEpochs)
        {
            CellEpoch = cpu.Epoch;
        }
        else
        {
            SetOtherCellEpoch(cpu);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetOtherCellEpoch(Cpu cpu)
    {
        if (Recorder is not null || Footprints is not null)
        {
            CellEpoch = Epoch.Never;
        }
        else if (ChecksRaces | ChecksMemory)
        {
            CellEpoch = cpu.Epoch;
        }
        else
        {
            CellEpoch = Simulated is null ? Epoch.None : Simulated.EpochOf(cpu.Id);
        }
    }

    /// <summary>What the current CPU has done so far is ordered before whatever acquires <paramref name="clock"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ReleaseTo(ref Vector256<int> clock)
    {
        if (ChecksRaces)
        {
            Cpu cpu = Current;
            clock = cpu.VectorClock;
            cpu.Tick();
            SetCellEpoch(cpu);
        }
    }

    /// <summary>As <see cref="ReleaseTo"/>, where several CPUs may release before one acquires.</summary>
    internal void ReleaseJoining(ref Vector256<int> clock)
    {
        if (ChecksRaces)
        {
            Cpu cpu = Current;
            clock = Vector256.Max(clock, cpu.VectorClock);
            cpu.Tick();
            SetCellEpoch(cpu);
        }
    }

    /// <summary>Everything released to <paramref name="clock"/> is ordered before what the current CPU does next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AcquireFrom(Vector256<int> clock)
    {
        if (ChecksRaces)
        {
            Cpu cpu = Current;
            cpu.VectorClock = Vector256.Max(cpu.VectorClock, clock);
        }
    }

    /// <summary>True if something at <paramref name="epoch"/> is ordered before what <paramref name="cpu"/> does now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool HappensBefore(long epoch, Cpu cpu) =>
        Epoch.Time(epoch) <= Unsafe.Add(ref Unsafe.As<Vector256<int>, int>(ref cpu.VectorClock), Epoch.Cpu(epoch));

    /// <summary>The CPUs of a mask, for messages: <c>A, B</c>.</summary>
    internal string NamesOf(uint mask)
    {
        var names = new List<string>();
        for (; mask != 0; mask &= mask - 1)
        {
            names.Add(Cpus[BitOperations.TrailingZeroCount(mask)].Name);
        }

        return string.Join(", ", names);
    }

    /// <summary>What a CPU has announced, for messages: <c>Acquire of mmlist_lock</c>.</summary>
    internal string PendingText(Cpu cpu) => cpu.Target == 0 ? $"{cpu.Pending}" : $"{cpu.Pending} of {_objects[cpu.Target]}";

    /// <summary>
    /// A function that is no kernel function awaits a primitive. It is not resumed: throwing here would end the
    /// process, as nobody can catch what an awaiter throws while it suspends.
    /// </summary>
    internal void AwaitedByForeigner() => Fail(FailureKind.Oops, nameof(NotSupportedException), KTaskBuilder.ForeignCaller);

    /// <summary>Reports the circle of waits that closed when the current CPU began to wait.</summary>
    internal void ReportDeadlock(uint circle) => Deadlock.Report(this, circle);

    /// <summary>
    /// What happened before a CPU that is being put to work. CPUs put to work together, from outside, begin side by
    /// side: one does not come after the first stretch of another, although that has run already.
    /// </summary>
    private Vector256<int> OrderedBeforeSpawned(Cpu parent)
    {
        if (_explored is { IsRunning: true })
        {
            Vector256<int> before = parent.VectorClock;
            parent.Tick();
            return before;
        }

        if (!_spawnsTogether)
        {
            _spawnsTogether = true;
            _beforeSpawns = parent.VectorClock;
            parent.Tick();
        }

        return _beforeSpawns;
    }

    private void GiveWay(bool waitsForChange)
    {
        if (Native is not null)
        {
            NativeClock.GiveWay(this, spins: waitsForChange);
            return;
        }

        Current.GaveWay = true;
        Current.WaitsForChange = waitsForChange;
        _explored?.GaveWay(Current);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SleptInAtomic(string what)
    {
        if (!Checks.Context)
        {
            return;
        }

        Cpu cpu = Current;
        string held = "";
        for (int i = cpu.HeldCount - 1; i >= 0; i--)
        {
            if (_objects[cpu.Held[i].Number] is Lock { Class.IsSpinning: true } spinning)
            {
                held = spinning.Name;
                break;
            }
        }

        Fail(FailureKind.SleepInAtomic, what, $"{cpu.Name} may sleep in {what} while it holds {held}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ForgotAwait(Cpu cpu, string where, int line) => Fail(
        FailureKind.ForgottenAwait,
        where,
        $"{where}:{line} begins an operation while an earlier one ({PendingText(cpu)}) was never awaited");

    /// <summary>Once in a thousand million epochs the clocks would wrap: every cell and lock forgets its own.</summary>
    private void ForgetAllTimes()
    {
        foreach (Cell? cell in _words)
        {
            cell?.ForgetTimes();
        }

        foreach (SharedObject shared in AllObjects)
        {
            (shared as ISynchronizes)?.ForgetTimes();
        }

        foreach (Cpu cpu in Cpus)
        {
            cpu.Time = 0;
        }
    }

    /// <summary>The CPU goes on; nothing else happens.</summary>
    public readonly struct Going : IOperation
    {
        internal Going(Smp smp) => Smp = smp;

        /// <inheritdoc/>
        public Smp Smp { get; }

        /// <inheritdoc/>
        public void Perform()
        {
        }

        /// <inheritdoc/>
        public void PerformNatively()
        {
        }
    }
}
