using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The clock under which a strategy chooses who goes on at every await. An execution is deterministic from the
/// history and the choices.
/// </summary>
/// <remarks>
/// A choice is written as its place in an order that begins with the CPU that runs and goes round from there, so
/// that 0 means "stay on this CPU", and a schedule that has run out is all zeros. A CPU that waits or is finished is
/// not in the order; one that gave way (it spins, retries or calls schedule) comes last.
/// </remarks>
public sealed class ExploredClock : Clock
{
    /// <summary>How long one CPU runs at a stretch once scheduling is fair, in steps.</summary>
    private const int FairTurn = 32;

    private const int Nobody = -1;

    /// <summary>Nobody can go on, and all that wait on the stack must come off it.</summary>
    private const int TheEnd = -2;

    private readonly Smp _smp;
    private uint _enabled;
    private uint _runnable;
    private uint _alive;
    private uint _daemons;

    /// <summary>CPUs that wait for their turn in the middle of what runs, those below first: see <see cref="MakeWayFor"/>.</summary>
    private uint _onStack;
    private Cpu? _ranLast;
    private ExceptionDispatchInfo? _thrown;
    private int _next;
    private Strategy? _strategy;
    private TracingStrategy? _tracing;
    private bool _alwaysSuspends;
    private int _limit;
    private int _fairTurnEnds;

    internal ExploredClock(Smp smp)
    {
        _smp = smp;
        _limit = smp.Checks.FairAfter;
    }

    /// <summary>Steps taken since the machine was switched on.</summary>
    public int Steps { get; private set; }

    /// <summary>True while CPUs take steps; before and after, whoever uses the machine stands outside it.</summary>
    internal bool IsRunning { get; private set; }

    /// <summary>True if the strategy ended the last run in the middle: what the machine has come to says nothing.</summary>
    internal bool HasGivenUp { get; private set; }

    /// <summary>CPUs that can go on now, a bit for each.</summary>
    internal uint Enabled => _enabled & _runnable;

    /// <summary>True if nothing keeps <paramref name="cpu"/> from going on, or nothing did when the execution failed.</summary>
    internal bool CouldGoOn(Cpu cpu) => (_enabled & cpu.Bit) != 0;

    /// <summary>What <paramref name="cpu"/> will do when it goes on.</summary>
    public OperationKind PendingOf(int cpu) => _smp.Cpus[cpu].Pending;

    /// <summary>The number of the object to which <paramref name="cpu"/> will do it; 0 if it meets nobody.</summary>
    public int TargetOf(int cpu) => _smp.Cpus[cpu].MeetsAt;

    /// <summary>
    /// Those of <paramref name="cpus"/> that will do something to the object of number <paramref name="target"/>, which may
    /// be to read it only unless <paramref name="exceptToRead"/>.
    /// </summary>
    internal uint ThoseWhoMeet(int target, uint cpus, bool exceptToRead)
    {
        uint meeting = 0;
        for (uint left = cpus; left != 0; left &= left - 1)
        {
            Cpu cpu = _smp.Cpus[BitOperations.TrailingZeroCount(left)];
            if (cpu.MeetsAt == target && !(exceptToRead && cpu.Pending == OperationKind.Read))
            {
                meeting |= cpu.Bit;
            }
        }

        return meeting;
    }

    /// <summary>The CPU that ran last.</summary>
    public int CurrentCpu => _smp.Current.Id;

    /// <summary>
    /// The CPU at <paramref name="choice"/> in the order of <paramref name="enabled"/>; the last one if there are
    /// not so many.
    /// </summary>
    public int Decode(uint enabled, int choice)
    {
        int cpu = First(enabled);
        uint left = enabled;
        while (choice-- > 0)
        {
            left &= ~(1u << cpu);
            if (left == 0)
            {
                break;
            }

            cpu = After(left, cpu);
        }

        return cpu;
    }

    /// <summary>The place of <paramref name="cpu"/> in the order of <paramref name="enabled"/>.</summary>
    public int Encode(uint enabled, int cpu)
    {
        int choice = 0;
        uint left = enabled;
        for (int at = First(enabled); at != cpu; at = After(left, at))
        {
            left &= ~(1u << at);
            choice++;
        }

        return choice;
    }

    internal void PowerOn()
    {
        PowerOff();
        _enabled = 0;
        _runnable = ~0u;
        _alive = 0;
        _daemons = 0;
        _onStack = 0;
        _thrown = null;
        _next = Nobody;
        _strategy = null;
        _tracing = null;
        HasGivenUp = false;
        Steps = 0;
        _limit = _smp.Checks.FairAfter;
        _fairTurnEnds = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AnnounceInline(Cpu cpu, SharedObject target, bool ready)
    {
        if (ready)
        {
            _enabled |= cpu.Bit;
        }
        else
        {
            Blocked(cpu, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool ArriveInline()
    {
        if (_alwaysSuspends)
        {
            return false;
        }

        int next = Pick();
        Cpu current = _smp.Current;
        return (next == current.Id && current.Stage == WaitStage.None) || MakeWayFor(next, current);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TakenInline(SharedObject target) => _enabled &= ~target.Waiters;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FreedInline(SharedObject target) => _enabled |= target.Waiters;

    internal override void Announce(Cpu cpu, SharedObject target, bool ready) => AnnounceInline(cpu, target, ready);

    internal override bool Arrive() => ArriveInline();

    internal override void Taken(SharedObject target) => TakenInline(target);

    internal override void Freed(SharedObject target) => FreedInline(target);

    /// <summary>Costs nothing here: an explored execution has an order, not a duration.</summary>
    internal override void Charge(int nanoseconds)
    {
    }

    internal override void Stop() => _runnable = 0;

    /// <summary><paramref name="cpu"/> is about to be put to work, within the step that runs if one does.</summary>
    internal void Spawning(Cpu cpu) => _tracing?.Spawning(cpu.Id);

    internal void Slept(Cpu cpu) => _strategy?.Slept(cpu.Id);

    internal void GaveWay(Cpu cpu)
    {
        _strategy?.GaveWay(cpu.Id);
        if (_tracing is not null)
        {
            // So that what its loop has come to can be looked at.
            _alwaysSuspends = true;
        }
    }

    /// <summary>Runs the first stretch of a new CPU, to its first await.</summary>
    internal void Started(Cpu cpu, Func<Cpu, KTask> start)
    {
        bool alwaysSuspends = _alwaysSuspends;
        int next = _next;
        _alwaysSuspends = true;
        Frame? root = start(cpu).Frame;
        cpu.Root = root;
        if (root is null || root.Completed)
        {
            Returned(cpu);
        }
        else
        {
            root.IsRoot = true;
            _alive |= cpu.Bit;
            if (cpu.Daemon)
            {
                _daemons |= cpu.Bit;
            }
        }

        _alwaysSuspends = alwaysSuspends;
        _next = next;
    }

    internal void Run(Strategy? strategy)
    {
        _strategy = strategy;
        IsRunning = true;
        _tracing = strategy as TracingStrategy;
        if (_tracing is not null)
        {
            // So that every step, those without a choice too, takes the way on which it is asked.
            _limit = 0;
            _tracing.Started(_smp);
        }

        // While recording, so that frames tell where a CPU is. Who goes on is then picked below, and is the same one.
        _alwaysSuspends = _smp.Recorder is not null;
        _next = Nobody;
        RunUntilTurnOf(null, Nobody);
        _thrown?.Throw();

        // Not whoever came off the stack last: choices are counted from it, when there are more.
        _smp.SwitchTo(_ranLast!);
        HasGivenUp = _tracing is { HasGivenUp: true };
        bool failed = _smp.Failure is not null;
        _tracing?.Ended(_alive);
        if (!failed && !HasGivenUp)
        {
            Ended();
            _smp.HeedWarning();
        }

        _smp.WriteFootprintsTo(null);
        _tracing = null;
        _limit = _smp.Checks.FairAfter;

        if (_smp.Failure is not null)
        {
            PowerOff();
        }

        _alwaysSuspends = false;
        IsRunning = false;
    }

    /// <summary>Ends an execution that is over: devices and all that is suspended are recycled.</summary>
    internal void PowerOff()
    {
        for (uint left = _alive; left != 0; left &= left - 1)
        {
            Cpu cpu = _smp.Cpus[BitOperations.TrailingZeroCount(left)];
            cpu.Leaf?.AbandonChain();
            cpu.Leaf = null;
            cpu.Root = null;
        }

        _alive = 0;
        _enabled = 0;
    }

    /// <summary>
    /// <paramref name="current"/> has arrived, and <paramref name="next"/> is to go on. True once it is the turn of
    /// <paramref name="current"/>; false if it is to be suspended.
    /// </summary>
    /// <remarks>
    /// Others go on upon its stack, as if it had called them: often its turn comes again before that of any whose stack
    /// lies further below, and then it was never suspended, which costs more than all else at an await.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MakeWayFor(int next, Cpu current)
    {
        _onStack |= current.Bit;
        bool isItsTurn = false;
        try
        {
            isItsTurn = RunUntilTurnOf(current, next);
        }
        catch (Exception error)
        {
            // No kernel function threw it but the strategy, and none is to catch it.
            _thrown = ExceptionDispatchInfo.Capture(error);
            Stop();
            _ranLast = _smp.Current;
            _next = TheEnd;
            _smp.SwitchTo(current);
        }

        _onStack &= ~current.Bit;
        return isItsTurn;
    }

    /// <summary>
    /// Lets CPUs go on, first <paramref name="next"/> if it is somebody, until it is the turn of <paramref name="waiting"/>:
    /// true then. False if nobody can go on, or it is the turn of one whose stack lies further below, and
    /// <paramref name="waiting"/> must come off it.
    /// </summary>
    private bool RunUntilTurnOf(Cpu? waiting, int next)
    {
        while (true)
        {
            if (_tracing is not null)
            {
                _alwaysSuspends = _smp.Recorder is not null;
            }

            if (next == Nobody)
            {
                next = Pick();
                if (next == Nobody)
                {
                    _ranLast = _smp.Current;
                    next = TheEnd;
                }
            }

            if (next == TheEnd || (next != waiting?.Id && (_onStack & (1u << next)) != 0))
            {
                _next = next;
                break;
            }

            Cpu cpu = _smp.Cpus[next];
            _smp.SwitchTo(cpu);
            next = Nobody;
            if (cpu.Stage != WaitStage.None && !WakeUp(cpu))
            {
                continue;
            }

            if (cpu == waiting)
            {
                return true;
            }

            Frame leaf = cpu.Leaf!;
            cpu.Leaf = null;
            _smp.Recorder?.Resumes(cpu, leaf);
            leaf.Resume();
            if (cpu.Leaf is null)
            {
                Returned(cpu);
            }

            next = _next;
            _next = Nobody;
        }

        if (waiting is not null)
        {
            _smp.SwitchTo(waiting);
        }

        return false;
    }

    /// <summary>Chooses who goes on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Pick()
    {
        uint enabled = _enabled & _runnable;
        if (enabled == 0)
        {
            return Nobody;
        }

        if (++Steps >= _limit)
        {
            return PickFairly(enabled);
        }

        int chosen = (enabled & (enabled - 1)) == 0
            ? BitOperations.TrailingZeroCount(enabled)
            : _strategy is null ? First(enabled) : _strategy.Choose(enabled, this);
        _smp.Cpus[chosen].GaveWay = false;
        return chosen;
    }

    /// <summary>
    /// An execution that lasts so long may only be the victim of its strategy. From here everybody gets turns, and
    /// only what does not end then is a livelock.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PickFairly(uint enabled)
    {
        if (Steps >= _smp.Checks.StepBound)
        {
            ReportLivelock();
            return Nobody;
        }

        if (_tracing is not null)
        {
            if (Steps < _smp.Checks.FairAfter)
            {
                return Math.Max(_tracing.Next(enabled), Nobody);
            }

            _tracing.Outlasted();
        }

        Cpu cpu = _smp.Current;
        if (Steps >= _fairTurnEnds || cpu.GaveWay || (enabled & cpu.Bit) == 0)
        {
            _fairTurnEnds = Steps + FairTurn;
            cpu = _smp.Cpus[After(enabled, cpu.Id)];
        }

        cpu.GaveWay = false;
        return cpu.Id;
    }

    private int First(uint enabled)
    {
        Cpu current = _smp.Current;
        return (enabled & current.Bit) != 0 && !current.GaveWay ? current.Id : After(enabled, current.Id);
    }

    /// <summary>The next one round from <paramref name="cpu"/>, which itself comes last.</summary>
    private static int After(uint enabled, int cpu)
    {
        uint above = enabled & (~0u << 1 << cpu);
        return BitOperations.TrailingZeroCount(above != 0 ? above : enabled);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Blocked(Cpu cpu, SharedObject target)
    {
        _enabled &= ~cpu.Bit;
        _smp.Recorder?.Blocked(cpu, target);

        // A search of all schedules finds the circle when nothing moves any more. Seen as it closes, it would end
        // executions in the middle, and each in as many ways as the CPUs outside the circle have steps.
        if (_smp.Checks.WaitFor && _tracing is null && Deadlock.CircleThrough(_smp, cpu, target, _enabled) is var circle and not 0)
        {
            _smp.ReportDeadlock(circle);
        }
    }

    /// <summary>
    /// Takes a CPU one stage further through a wait that drops the big kernel lock. True once it has all it waited
    /// for and its code can go on.
    /// </summary>
    private bool WakeUp(Cpu cpu)
    {
        SharedObject target = _smp.Objects[cpu.Target];
        _smp.Looked(target);
        switch (cpu.Stage)
        {
            case WaitStage.Attempt when target.IsFree:
                cpu.Stage = WaitStage.None;
                return true;

            case WaitStage.Attempt:
                cpu.Stage = WaitStage.None;
                if (cpu.KernelLockDepth != 0)
                {
                    _smp.KernelLock!.DropToSleep(cpu);
                    cpu.Stage = WaitStage.Asleep;
                }

                target.Enqueue(cpu);
                Blocked(cpu, target);
                return false;

            case WaitStage.Asleep:
                target.Grant(cpu);
                cpu.Granted = true;
                cpu.Stage = WaitStage.Relock;
                BigKernelLock kernelLock = _smp.KernelLock!;
                _smp.Looked(kernelLock);
                kernelLock.Waiters |= cpu.Bit;
                cpu.Target = cpu.MeetsAt = kernelLock.Number;
                if (kernelLock.IsFree)
                {
                    kernelLock.Retake(cpu);
                    cpu.Stage = WaitStage.None;
                    return true;
                }

                Blocked(cpu, kernelLock);
                return false;

            default:
                _smp.KernelLock!.Retake(cpu);
                cpu.Stage = WaitStage.None;
                return true;
        }
    }

    /// <summary>Nothing of <paramref name="cpu"/> is suspended any more: it has returned, or lost its way.</summary>
    private void Returned(Cpu cpu)
    {
        Frame? root = cpu.Root;
        if (root is { Completed: false })
        {
            _smp.Fail(FailureKind.ForgottenAwait, cpu.Name, $"{cpu.Name} stopped in the middle: a call was started and never awaited");
            return;
        }

        if (cpu.Pending != OperationKind.None && _smp.Failure is null)
        {
            _smp.Fail(
                FailureKind.ForgottenAwait,
                cpu.Name,
                $"{cpu.Name} returned while an operation ({_smp.PendingText(cpu)}) was never awaited");
        }

        _alive &= ~cpu.Bit;
        _enabled &= ~cpu.Bit;
        cpu.Finished = true;
        _next = Nobody;
        Exception? error = root?.Error;
        root?.Recycle();
        cpu.Root = null;
        if (error is not null)
        {
            Threw(cpu, error);
        }
    }

    private void Threw(Cpu cpu, Exception error)
    {
        switch (error)
        {
            case RunawayStepException:
                _smp.Fail(
                    FailureKind.RunawayStep,
                    "step",
                    $"{cpu.Name} made {_smp.Checks.StepBudget} accesses without an await: a loop that nobody can interrupt");
                break;
            case NullReferenceException:
                _smp.Fail(FailureKind.Oops, "NULL pointer", $"unable to handle kernel NULL pointer dereference{Place(error)}");
                break;
            default:
                _smp.Fail(FailureKind.Oops, error.GetType().Name, $"{error.GetType().Name}: {error.Message}{Place(error)}");
                break;
        }
    }

    /// <summary>The function that threw, without addresses or paths.</summary>
    private static string Place(Exception error)
    {
        string? type = error.TargetSite?.DeclaringType?.Name;
        if (type is null)
        {
            return "";
        }

        // An async function lives in a nested type called <Name>d__1.
        int close = type.IndexOf('>', StringComparison.Ordinal);
        string name = type.StartsWith('<') && close > 1 ? type[1..close] : error.TargetSite!.Name;
        return $" in {name}";
    }

    private void Ended()
    {
        if (Frame.TakeNeverAwaited() != 0)
        {
            _smp.FailAtRest(FailureKind.ForgottenAwait, "call", "a call was started and never awaited; it ran beside its caller");
        }
        else if (_enabled == 0 && (_alive & ~DaemonsAtRest()) is var stuck and not 0)
        {
            ReportCircle(stuck);
            Deadlock.ReportHung(_smp, stuck);
        }
    }

    private uint DaemonsAtRest()
    {
        uint resting = 0;
        for (uint left = _alive & _daemons; left != 0; left &= left - 1)
        {
            Cpu cpu = _smp.Cpus[BitOperations.TrailingZeroCount(left)];
            resting |= _smp.Objects[cpu.Target].IsPlaceOfRest ? cpu.Bit : 0;
        }

        return resting;
    }

    /// <summary>Those who are stuck may be so in a circle, if nobody looked for it when it closed.</summary>
    private void ReportCircle(uint stuck)
    {
        for (uint left = _smp.Checks.WaitFor ? stuck : 0; left != 0 && _smp.Failure is null; left &= left - 1)
        {
            Cpu cpu = _smp.Cpus[BitOperations.TrailingZeroCount(left)];
            if (Deadlock.CircleThrough(_smp, cpu, _smp.Objects[cpu.Target], _enabled) is var circle and not 0)
            {
                _smp.ReportDeadlock(circle);
            }
        }
    }

    private void ReportLivelock()
    {
        Cpu cpu = _smp.Current;
        string running = _smp.NamesOf(_enabled & _alive & ~_daemons);
        _smp.Fail(
            FailureKind.Livelock,
            "scheduler",
            $"{cpu.Name} still runs after {Steps} steps, the last {Steps - _smp.Checks.FairAfter} of them fairly scheduled (runnable: {running})");
    }
}
