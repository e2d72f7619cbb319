using System.Diagnostics;
using System.Runtime.InteropServices;
using Variants.Harness.Histories;

namespace Variants.Harness.Engine;

/// <summary>A stretch of one CPU from an operation to its next await, or a wait that began.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="Actor">What runs on it: <c>A</c>, <c>disk</c>.</param>
/// <param name="Kind">What it had announced, and now performs; <see cref="OperationKind.None"/> for its first stretch.</param>
/// <param name="Target">To what.</param>
/// <param name="Function">The function that announced it, as C# writes it.</param>
/// <param name="Line">The line in that function's file.</param>
/// <param name="WaitsFor">
/// Null if it went on. Otherwise it could not, and waits from here for these CPUs; empty if for no CPU in particular.
/// </param>
/// <param name="Spins">It waits for a spin lock, and so does not sleep.</param>
public sealed record RecordedStep(
    int Cpu,
    string Actor,
    OperationKind Kind,
    string Target,
    string Function,
    int Line,
    string? WaitsFor = null,
    bool Spins = false)
{
    private readonly List<RecordedEvent> _events = [];

    /// <summary>What happened in this stretch, in order.</summary>
    public IReadOnlyList<RecordedEvent> Events => _events;

    /// <summary>True if it began to wait.</summary>
    public bool IsBlocked => WaitsFor is not null;

    internal void Add(RecordedEvent happened) => _events.Add(happened);

    internal void ForgetFailure() => _events.RemoveAll(happened => happened is FailureSeen);
}

/// <summary>One thing that happened within a step.</summary>
/// <param name="Function">The innermost async function that ran, as C# writes it; empty outside of any.</param>
public abstract record RecordedEvent(string Function);

/// <summary>A word changed.</summary>
/// <param name="Function">Where.</param>
/// <param name="Name">Which: <c>mm1.pte[0]</c>.</param>
/// <param name="Subject">Which kind of word: <c>mm.pte[0]</c>, the same for every mm.</param>
/// <param name="From">What it was.</param>
/// <param name="To">What it is.</param>
public sealed record WordChanged(string Function, string Name, string Subject, string From, string To) : RecordedEvent(Function);

/// <summary>An object was freed.</summary>
public sealed record ObjectFreed(string Function, string Name) : RecordedEvent(Function);

/// <summary>A lock came into being locked: nobody waited for it, but whoever wants it will.</summary>
public sealed record LockBornLocked(string Function, string Name) : RecordedEvent(Function);

/// <summary>Somebody holds a lock from here.</summary>
/// <param name="Function">Where the CPU last announced anything, which is where it asked for the lock.</param>
/// <param name="Name">Which.</param>
/// <param name="Holder">Who: <c>A</c>; <see cref="Device"/> while a transfer of the page is under way.</param>
/// <param name="IsShared">For reading, beside others.</param>
public sealed record LockTaken(string Function, string Name, string Holder, bool IsShared) : RecordedEvent(Function)
{
    /// <summary>The holder of a page lock during I/O.</summary>
    public const string Device = "I/O";
}

/// <summary>Somebody gave a lock back, to sleep without it or for good.</summary>
public sealed record LockReleased(string Function, string Name, string Holder) : RecordedEvent(Function);

/// <summary>The first thing that went wrong was seen here. What follows in the same step happened after it.</summary>
public sealed record FailureSeen(string Function) : RecordedEvent(Function);

/// <summary>A program's access ended, or was refused: <c>read 0 -> 1</c>.</summary>
public sealed record AccessEnded(string Function, string Text) : RecordedEvent(Function);

/// <summary>An operation of the history begins.</summary>
public sealed record OperationBegan(string Function, object Operation) : RecordedEvent(Function);

/// <summary>An operation of the history is over.</summary>
public sealed record OperationEnded(string Function, object Operation, int Result) : RecordedEvent(Function);

/// <summary>A lock that a CPU held when the execution failed, and where it took it.</summary>
public sealed record RecordedHold(string Lock, string Function, int Line);

/// <summary>How a CPU stood when the execution failed.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="Actor">What ran on it.</param>
/// <param name="IsWaiting">It could not go on, and was no daemon that waits for work.</param>
/// <param name="Kind">What it had announced; <see cref="OperationKind.None"/> if it was in the middle of a step.</param>
/// <param name="Target">To what.</param>
/// <param name="WaitsFor">For which CPUs it waited; empty if for none in particular.</param>
/// <param name="Line">The line of the innermost function, 0 if it is not known.</param>
/// <param name="Trace">The functions it was in, the innermost first.</param>
/// <param name="Held">The locks it held, in the order in which it took them.</param>
public sealed record RecordedCpu(
    int Cpu,
    string Actor,
    bool IsWaiting,
    OperationKind Kind,
    string Target,
    string WaitsFor,
    int Line,
    IReadOnlyList<string> Trace,
    IReadOnlyList<RecordedHold> Held);

/// <summary>An access to a word, by whom and where.</summary>
public sealed record RecordedAccess(int Step, int Cpu, string Actor, string Function, bool IsWrite);

/// <summary>
/// Writes down what an execution did, for diagrams and reports. Only executions that are shown are recorded; all
/// others pay one test for it. A recorded CPU is suspended at every await, so that its frames tell where it is; who
/// goes on is chosen as ever.
/// </summary>
public sealed class Recorder
{
    private const int None = -1;

    private readonly Smp _smp;
    private readonly List<RecordedStep> _steps = [];
    private readonly List<RecordedCpu> _cpusAtFailure = [];
    private readonly List<(string Name, RecordedAccess Freeing)> _freed = [];

    // Looked up, never enumerated: the order of its keys is nobody's business.
    private readonly Dictionary<Cell, List<RecordedAccess>> _accesses = [];
    private readonly Announcement[] _announced = new Announcement[Smp.MaxCpusUnchecked];
    private readonly RecordedStep?[] _current = new RecordedStep?[Smp.MaxCpusUnchecked];
    private readonly string[][] _resumed = new string[Smp.MaxCpusUnchecked][];
    private Cell? _lastTouched;

    /// <summary>Records the next executions of <paramref name="smp"/>.</summary>
    public Recorder(Smp smp)
    {
        _smp = smp;
        Clear();
    }

    /// <summary>The steps so far, in the order in which they happened.</summary>
    public IReadOnlyList<RecordedStep> Steps => _steps;

    /// <summary>How many of the steps were the setup's.</summary>
    public int SetupSteps { get; private set; }

    /// <summary>What went wrong, null if nothing did.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>The step in which the execution failed, -1 if it did not or all was quiet.</summary>
    public int FailedStep { get; private set; } = None;

    /// <summary>The function in which it failed; empty if all was quiet.</summary>
    public string FailedFunction { get; private set; } = "";

    /// <summary>How each CPU stood that had not finished when the execution failed.</summary>
    public IReadOnlyList<RecordedCpu> CpusAtFailure => _cpusAtFailure;

    /// <summary>The other access of a data race; null if that was not the failure.</summary>
    public RecordedAccess? OtherAccess { get; private set; }

    /// <summary>Who freed what was then used; null if that was not the failure.</summary>
    public RecordedAccess? Freeing { get; private set; }

    /// <summary>Begins a new recording.</summary>
    internal void Clear()
    {
        _steps.Clear();
        _cpusAtFailure.Clear();
        _freed.Clear();
        _accesses.Clear();
        SetupSteps = 0;
        Failure = null;
        FailedStep = None;
        FailedFunction = "";
        OtherAccess = null;
        Freeing = null;
        _lastTouched = null;
        Array.Clear(_announced);
        Array.Clear(_current);
        Array.Fill(_resumed, []);
    }

    /// <summary>The setup is over; CPUs are put to other work from here.</summary>
    internal void SetupEnded()
    {
        SetupSteps = _steps.Count;
        Array.Clear(_current);
        Array.Clear(_announced, _smp.CpuCount, Smp.MaxCpusUnchecked - _smp.CpuCount);
    }

    /// <summary>A program's access ended, as the history's driver words it.</summary>
    internal void Note(string text) => Happened(new AccessEnded("", text));

    internal void Began(Cpu cpu, object operation) => StepOf(cpu).Add(new OperationBegan("", operation));

    internal void Ended(Cpu cpu, object operation, int result) => StepOf(cpu).Add(new OperationEnded("", operation, result));

    internal void Announced(Cpu cpu, SharedObject target, OperationKind kind, string where, int line)
    {
        _announced[cpu.Id] = new Announcement(kind, target.Name, where, line);
        _current[cpu.Id] = null;
    }

    /// <summary>The CPU goes on where <paramref name="leaf"/> is suspended.</summary>
    internal void Resumes(Cpu cpu, Frame leaf) => _resumed[cpu.Id] = TraceOf(leaf);

    internal void Performed(Cpu cpu) => _ = StepOf(cpu);

    internal void Blocked(Cpu cpu, SharedObject target)
    {
        Announcement announced = _announced[cpu.Id];
        _steps.Add(new RecordedStep(
            cpu.Id, cpu.Name, announced.Kind, target.Name, announced.Function ?? "", announced.Line, _smp.NamesOf(target.Owners),
            target is Lock { Class.IsSpinning: true }));
    }

    internal void WasRead(Cell cell) => Touched(cell, isWrite: false);

    internal void WasWritten(Cell cell) => Touched(cell, isWrite: true);

    internal void Changed<T>(Cell cell, T from, T to)
    {
        if (!EqualityComparer<T>.Default.Equals(from, to))
        {
            Happened(new WordChanged(FunctionNow(), cell.Name, cell.Subject, Text(from), Text(to)));
        }
    }

    /// <summary>What a page holds changed: no word of the kernel's.</summary>
    internal void Set(string name, int from, int to)
    {
        if (from != to)
        {
            Happened(new WordChanged(FunctionNow(), name, "page.data", Values.Text(from), Values.Text(to)));
        }
    }

    internal void BornLocked(SharedObject born)
    {
        Happened(new LockBornLocked(FunctionNow(), born.Name));
        Taken(born, _smp.Current.Name, isShared: false);
    }

    internal void Taken(SharedObject taken, string holder, bool isShared) =>
        HappenedToLock(new LockTaken(_announced[_smp.Current.Id].Function ?? "", taken.Name, holder, isShared));

    internal void Released(SharedObject released, string holder) =>
        HappenedToLock(new LockReleased(_announced[_smp.Current.Id].Function ?? "", released.Name, holder));

    internal void Freed(TrackedObject freed)
    {
        string function = FunctionNow();
        Happened(new ObjectFreed(function, freed.Name));
        _freed.Add((freed.Name, AccessNow(function, isWrite: true)));
    }

    /// <summary>What is worse may follow a warning, and is then what the recording is about.</summary>
    internal void Failed(Failure failure)
    {
        _cpusAtFailure.Clear();
        if (FailedStep != None)
        {
            _steps[FailedStep].ForgetFailure();
        }

        Failure = failure;
        string[] now = RunningTrace();
        if (failure.Cpu >= 0)
        {
            FailedFunction = now.Length > 0 ? now[0] : _announced[failure.Cpu].Function ?? "";
            RecordedStep step = _current[failure.Cpu] ?? BetweenSteps(_smp.Current);
            step.Add(new FailureSeen(FailedFunction));
            FailedStep = _steps.LastIndexOf(step);
        }

        if (failure.Kind == FailureKind.DataRace && _lastTouched is not null)
        {
            OtherAccess = _accesses[_lastTouched].FindLast(access => access.Cpu != _smp.Current.Id);
        }
        else if (failure.Kind is FailureKind.UseAfterFree or FailureKind.DoubleFree)
        {
            Freeing = _freed.FindLast(freed => Mentions(failure.Message, freed.Name)).Freeing;
        }

        for (int id = 0; id < _smp.CpuCount; id++)
        {
            if (!_smp.Cpus[id].Finished)
            {
                _cpusAtFailure.Add(StandingOf(_smp.Cpus[id], now));
            }
        }
    }

    /// <summary>Where <paramref name="cpu"/> announced what it performs.</summary>
    internal (string Function, int Line) LastPlace(Cpu cpu) => (_announced[cpu.Id].Function ?? "", _announced[cpu.Id].Line);

    private RecordedCpu StandingOf(Cpu cpu, string[] now)
    {
        bool isRunning = cpu == _smp.Current && cpu.Leaf is null;
        bool announced = cpu.Pending != OperationKind.None;
        SharedObject target = _smp.Objects[announced ? cpu.Target : 0];
        List<RecordedHold> held = [];
        for (int i = 0; i < cpu.HeldCount && i < cpu.Held.Length; i++)
        {
            (string? function, int line) = cpu.HeldAt[i];
            held.Add(new RecordedHold(_smp.Objects[cpu.Held[i].Number].Name, function ?? "", line));
        }

        return new RecordedCpu(
            cpu.Id,
            cpu.Name,
            announced && !_smp.Explored.CouldGoOn(cpu) && !(cpu.Daemon && target.IsPlaceOfRest),
            cpu.Pending,
            target.Name,
            announced ? _smp.NamesOf(target.Owners) : "",
            _announced[cpu.Id].Line,
            isRunning ? now : cpu.Leaf is { } leaf ? TraceOf(leaf) : [],
            held);
    }

    private void Touched(Cell cell, bool isWrite)
    {
        _lastTouched = cell;
        ref List<RecordedAccess>? accesses =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_accesses, cell, out _);
        (accesses ??= []).Add(AccessNow(FunctionNow(), isWrite));
    }

    private RecordedAccess AccessNow(string function, bool isWrite) =>
        new(_steps.Count - 1, _smp.Current.Id, _smp.Current.Name, function, isWrite);

    private void Happened(RecordedEvent happened) => StepOf(_smp.Current).Add(happened);

    /// <summary>
    /// Who falls asleep drops the big kernel lock, and is given what it slept for, before it performs what it announced.
    /// </summary>
    private void HappenedToLock(RecordedEvent happened) =>
        (_current[_smp.Current.Id] ?? BetweenSteps(_smp.Current)).Add(happened);

    /// <summary>What is seen at an announcement is seen before the operation is performed.</summary>
    private RecordedStep BetweenSteps(Cpu cpu)
    {
        var step = new RecordedStep(cpu.Id, cpu.Name, OperationKind.None, "", "", 0);
        _steps.Add(step);
        return step;
    }

    private RecordedStep StepOf(Cpu cpu)
    {
        RecordedStep? step = _current[cpu.Id];
        if (step is null)
        {
            Announcement announced = _announced[cpu.Id];
            step = new RecordedStep(
                cpu.Id, cpu.Name, announced.Kind, announced.Target ?? "", announced.Function ?? "", announced.Line);
            _current[cpu.Id] = step;
            _steps.Add(step);
        }

        return step;
    }

    /// <summary>The innermost async function that runs: the call stack knows, as nobody inlines a state machine.</summary>
    private static string FunctionNow() => OnStack().FirstOrDefault() ?? "";

    /// <summary>
    /// The functions that the running CPU is in, the innermost first: those it was in when it was resumed, less what
    /// has returned since, plus what was called since.
    /// </summary>
    private string[] RunningTrace()
    {
        List<string> trace = [.. _resumed[_smp.Current.Id]];
        foreach (string function in Enumerable.Reverse(OnStack()))
        {
            if (trace.Count > 0 && trace[0] == function)
            {
                continue;
            }

            if (trace.Count > 1 && trace[1] == function)
            {
                trace.RemoveAt(0);
            }
            else
            {
                trace.Insert(0, function);
            }
        }

        return [.. trace];
    }

    /// <summary>Functions on this thread's stack, the innermost first.</summary>
    private static List<string> OnStack()
    {
        List<string> functions = [];
        var stack = new StackTrace(fNeedFileInfo: false);
        for (int i = 0; i < stack.FrameCount; i++)
        {
            if (stack.GetFrame(i)!.GetMethod() is { Name: "MoveNext", DeclaringType: { } type } && FunctionOf(type) is { } function)
            {
                functions.Add(function);
            }
        }

        return functions;
    }

    private static string[] TraceOf(Frame leaf)
    {
        List<string> trace = [];
        for (Frame? frame = leaf; frame is not null; frame = frame.Parent)
        {
            Type[] arguments = frame.GetType().GetGenericArguments();
            if (arguments.Length > 0 && FunctionOf(arguments[0]) is { } function)
            {
                trace.Add(function);
            }
        }

        return [.. trace];
    }

    /// <summary>
    /// The kernel function of a state machine, which the compiler calls <c>&lt;DoFork&gt;d__7</c>; null for a state
    /// machine of the driver, or of no <see cref="KTask"/> at all.
    /// </summary>
    private static string? FunctionOf(Type stateMachine)
    {
        string name = stateMachine.Name;
        int close = name.IndexOf('>', StringComparison.Ordinal);
        bool isKernels = stateMachine.DeclaringType != typeof(Runner)
            && stateMachine.GetField("<>t__builder")?.FieldType.Namespace == typeof(KTaskBuilder).Namespace;
        return isKernels && name[0] == '<' && close > 1 ? name[1..close] : null;
    }

    private static bool Mentions(string message, string name)
    {
        int at = message.IndexOf(name, StringComparison.Ordinal);
        return at >= 0 && (at + name.Length == message.Length || !char.IsLetterOrDigit(message[at + name.Length]));
    }

    private static string Text<T>(T value) => value switch
    {
        bool flag => flag ? "1" : "0",
        null => "none",
        _ => value.ToString() ?? "",
    };

    private readonly record struct Announcement(OperationKind Kind, string? Target, string? Function, int Line);
}
