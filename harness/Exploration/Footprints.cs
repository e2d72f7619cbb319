using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// What each step of an execution touched: the object of its announced operation, every cell that its code read or
/// wrote up to its next await, and every lock, queue or word that it took, freed or looked at on the way. From this
/// follows which steps depend on each other, and the partial order of the steps: the execution's Mazurkiewicz trace.
/// </summary>
/// <remarks>
/// Steps are kept on a stack, and so are touches; every touch knows the one before it at the same object. An
/// exploration that goes back to an earlier step pops what came after, and keeps everything known of what came before.
/// </remarks>
internal sealed class Footprints
{
    private readonly int[] _lastStepOf = new int[Smp.MaxCpusUnchecked];
    private readonly int[] _spawnedAt = new int[Smp.MaxCpusUnchecked];
    private int[] _before = new int[64];
    private StepTaken[] _steps = new StepTaken[128];
    private Touch[] _touches = new Touch[512];
    private ushort[] _clocks = new ushort[128 * 8];
    private int[] _lastTouchAt = [];
    private int[] _sideOf = [];
    private int _touchCount;
    private int _lanes = 8;
    private Smp? _smp;

    internal Footprints()
    {
        Array.Fill(_lastStepOf, -1);
        Array.Fill(_spawnedAt, -1);
    }

    /// <summary>Steps on the stack.</summary>
    internal int Count { get; private set; }

    /// <summary>The step at a position, from 0.</summary>
    internal ref StepTaken this[int step] => ref _steps[step];

    /// <summary>The last step of <paramref name="cpu"/>, -1 if there is none.</summary>
    internal int LastStepOf(int cpu) => _lastStepOf[cpu];

    /// <summary>The last touch of an object, -1 if there is none.</summary>
    internal int LastTouchAt(int id) => id < _lastTouchAt.Length ? _lastTouchAt[id] : -1;

    internal ref Touch TouchAt(int touch) => ref _touches[touch];

    /// <summary>What a step touched, each as <see cref="Touch.What"/>.</summary>
    internal ReadOnlySpan<Touch> TouchesOf(int step) =>
        _touches.AsSpan(_steps[step].FirstTouch, _steps[step].TouchCount);

    internal void Use(Smp smp)
    {
        if (!ReferenceEquals(_smp, smp))
        {
            _smp = smp;
            TruncateTo(0);
            _lanes = (smp.Cpus.Length + 7) & ~7;
            _clocks = new ushort[_steps.Length * _lanes];
        }
    }

    /// <summary><paramref name="cpu"/> is put to work in a step, -1 if in none.</summary>
    internal void Spawning(int cpu, int step) => _spawnedAt[cpu] = step;

    /// <summary><paramref name="cpu"/>, one of those that could, takes the next step.</summary>
    internal void Begin(Cpu cpu, uint enabled)
    {
        CloseLast();
        int step = Count++;
        if (step == _steps.Length)
        {
            Array.Resize(ref _steps, 2 * step);
            Array.Resize(ref _clocks, 2 * step * _lanes);
        }

        int previous = _lastStepOf[cpu.Id];
        _lastStepOf[cpu.Id] = step;
        ref StepTaken taken = ref _steps[step];
        taken.Cpu = cpu.Id;
        taken.Previous = previous;
        taken.ParentStep = previous >= 0 ? previous : _spawnedAt[cpu.Id];
        taken.Local = (ushort)(previous < 0 ? 1 : _steps[previous].Local + 1);
        taken.Kind = cpu.Pending;
        taken.Target = cpu.Target;
        taken.Enabled = enabled;
        taken.FirstTouch = _touchCount;
        taken.TouchCount = 0;
        taken.Mask = 0;
        taken.WriteMask = 0;
        taken.Flags = StepFlags.None;
        taken.WaitsAt = -1;
        if (cpu.Target != 0)
        {
            TouchAnnounced(cpu, ref taken);
        }
    }

    /// <summary>
    /// What <paramref name="cpu"/> waits for in vain, as if it were one step more, not counted: it ends with
    /// <see cref="ForgetPending"/>.
    /// </summary>
    internal int BeginPending(Cpu cpu, uint enabled)
    {
        Begin(cpu, enabled);
        return Count - 1;
    }

    internal void ForgetPending() => Pop();

    internal void Touch(Cell cell, bool isWrite) => TouchWord(cell.Number, isWrite);

    internal void TouchWord(int word, bool isWrite) => Touch((word << 1) | 1, isWrite);

    internal void Touch(SharedObject target, bool isWrite)
    {
        int meetsAt = target.MeetsAt;
        if (meetsAt != target.Number)
        {
            NoteSide(meetsAt, target.Number);
        }

        Touch(meetsAt << 1, isWrite);
    }

    /// <summary>The step that runs touches the object of this number. Outside of any step nothing is noted.</summary>
    internal void Touch(int id, bool isWrite)
    {
        if (Count == 0)
        {
            return;
        }

        if (id >= _lastTouchAt.Length)
        {
            int known = _lastTouchAt.Length;
            Array.Resize(ref _lastTouchAt, Math.Max(id + 1, 2 * known));
            Array.Fill(_lastTouchAt, -1, known, _lastTouchAt.Length - known);
        }

        ref StepTaken step = ref _steps[Count - 1];
        int what = (id << 1) | (isWrite ? 1 : 0);
        int last = _lastTouchAt[id];
        if (last >= step.FirstTouch)
        {
            _touches[last].What |= what;
            _touches[last].IsLook = true;
            step.WriteMask |= isWrite ? 1ul << id : 0;
            return;
        }

        if (_touchCount == _touches.Length)
        {
            Array.Resize(ref _touches, 2 * _touchCount);
        }

        ref Touch touch = ref _touches[_touchCount];
        touch.What = what;
        touch.Previous = last;
        touch.PreviousWrite = last < 0 || _touches[last].IsWrite ? last : _touches[last].PreviousWrite;
        touch.Step = Count - 1;
        touch.IsLook = true;
        _lastTouchAt[id] = _touchCount++;
        step.TouchCount++;
        step.Mask |= 1ul << id;
        step.WriteMask |= isWrite ? 1ul << id : 0;
    }

    /// <summary>
    /// The step that runs depends on what happened to the object of this number, which it has not looked at so far.
    /// </summary>
    internal void TouchWithoutLooking(int id)
    {
        int before = _touchCount;
        Touch(id, isWrite: false);
        if (_touchCount != before)
        {
            _touches[before].IsLook = false;
        }
    }

    /// <summary>Forgets all steps: another program follows.</summary>
    internal void Restart()
    {
        TruncateTo(0);
        Array.Fill(_spawnedAt, -1);
    }

    /// <summary>Forgets the steps from <paramref name="step"/> on.</summary>
    internal void TruncateTo(int step)
    {
        while (Count > step)
        {
            Pop();
        }
    }

    /// <summary>The last step is over: which of the locks that it touched are free from here?</summary>
    internal void CloseLast()
    {
        if (Count == 0)
        {
            return;
        }

        ref StepTaken step = ref _steps[Count - 1];
        foreach (ref Touch touch in _touches.AsSpan(step.FirstTouch, step.TouchCount))
        {
            if (!touch.IsCell)
            {
                int number = touch.What >> 2;
                touch.LeavesFree = _smp!.Objects[number].IsFree;
                touch.LeavesSideFree = SideOf(number) is var side and not 0 && _smp.Objects[side].IsFree;
            }
        }
    }

    /// <summary>True if step <paramref name="earlier"/> happens before step <paramref name="later"/>, or is it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool HappensBefore(int earlier, int later)
    {
        ref StepTaken step = ref _steps[earlier];
        return later >= 0 && _clocks[(later * _lanes) + step.Cpu] >= step.Local;
    }

    /// <summary>
    /// Computes the clock of <paramref name="step"/> from those of the steps it depends on directly, which it returns:
    /// the touches by other CPUs after which its own come.
    /// </summary>
    internal ReadOnlySpan<int> Order(int step)
    {
        int found = 0;
        ref StepTaken taken = ref _steps[step];
        Span<ushort> clock = Clock(step);
        if (taken.ParentStep >= 0)
        {
            Clock(taken.ParentStep).CopyTo(clock);
        }
        else
        {
            clock.Clear();
        }

        Touch[] touches = _touches;
        int end = taken.FirstTouch + taken.TouchCount;
        for (int t = taken.FirstTouch; t < end; t++)
        {
            // Who changes the object comes after whoever looked at it since the last change; who looks, after that alone.
            ref Touch own = ref touches[t];
            int change = own.PreviousWrite;
            int earlier = own.IsWrite ? own.Previous : change;
            while (earlier >= change && earlier >= 0)
            {
                ref Touch touch = ref touches[earlier];
                if (_steps[touch.Step].Cpu != taken.Cpu)
                {
                    Join(clock, touch.Step);
                    if (found == _before.Length)
                    {
                        Array.Resize(ref _before, 2 * found);
                    }

                    _before[found++] = earlier;
                }

                earlier = touch.Previous;
            }
        }

        if ((taken.Flags & StepFlags.DependsOnAll) != 0)
        {
            foreach (int last in _lastStepOf)
            {
                if (last >= 0 && last < step)
                {
                    Join(clock, last);
                }
            }
        }

        clock[taken.Cpu] = taken.Local;
        return _before.AsSpan(0, found);
    }

    /// <summary>
    /// The trace in one number: for every CPU the clocks of its steps. Two executions of one program have the same
    /// one if they are equivalent, and (but for a chance of 2^-64) only then.
    /// </summary>
    internal ulong Signature()
    {
        ulong hash = 0xCBF29CE484222325;
        for (int cpu = 0; cpu < _lastStepOf.Length; cpu++)
        {
            for (int step = 0; step < Count; step++)
            {
                if (_steps[step].Cpu == cpu)
                {
                    foreach (ushort lane in Clock(step))
                    {
                        hash = BitOperations.RotateLeft((hash ^ lane) * 0x9E3779B97F4A7C15, 29);
                    }
                }
            }

            hash = (hash ^ 0xFFFF) * 0xBF58476D1CE4E5B9;
        }

        return hash ^ (hash >> 32);
    }

    /// <summary>
    /// True if the object was free, for who waits at it as <paramref name="waitsAt"/> does, before
    /// <paramref name="touch"/> of it.
    /// </summary>
    internal bool WasFreeBefore(int touch, int waitsAt)
    {
        int earlier = _touches[touch].Previous;
        if (earlier < 0)
        {
            return true;
        }

        return waitsAt == _touches[touch].What >> 2 ? _touches[earlier].LeavesFree : _touches[earlier].LeavesSideFree;
    }

    private void Pop()
    {
        ref StepTaken step = ref _steps[--Count];
        for (int t = step.FirstTouch + step.TouchCount - 1; t >= step.FirstTouch; t--)
        {
            _lastTouchAt[_touches[t].What >> 1] = _touches[t].Previous;
        }

        _touchCount = step.FirstTouch;
        _lastStepOf[step.Cpu] = step.Previous;
    }

    /// <summary>
    /// What is known of a step as it begins. Acquisitions of one lock depend on each other, as on releases: each
    /// changes who can have it. An attempt that may fail only looks, until it succeeds and so takes the lock: two that
    /// fail may change places. Whoever waits for a condition looks at it.
    /// </summary>
    private void TouchAnnounced(Cpu cpu, ref StepTaken step)
    {
        SharedObject target = _smp!.Objects[cpu.Target];
        if (cpu.Stage is WaitStage.None or WaitStage.Relock)
        {
            bool looks = cpu.Stage == WaitStage.None
                && cpu.Pending is OperationKind.TryAcquire or OperationKind.Read or OperationKind.Wait;
            Touch(target, !looks);
        }
        else
        {
            Touch(target, isWrite: false);
        }

        // An attempt is always possible; what it comes to is found in its step.
        bool mayWait = cpu.Stage is WaitStage.Asleep or WaitStage.Relock
            || (cpu.Stage == WaitStage.None && cpu.Pending is OperationKind.Acquire or OperationKind.AcquireShared
                or OperationKind.Wait or OperationKind.Sleep or OperationKind.Yield);
        if (mayWait)
        {
            step.WaitsAt = target.Number;
        }
    }

    private void NoteSide(int number, int side)
    {
        if (number >= _sideOf.Length)
        {
            Array.Resize(ref _sideOf, Math.Max(number + 1, 2 * _sideOf.Length));
        }

        _sideOf[number] = side;
    }

    private int SideOf(int number) => number < _sideOf.Length ? _sideOf[number] : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<ushort> Clock(int step) => _clocks.AsSpan(step * _lanes, _lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(Span<ushort> clock, int step)
    {
        ref ushort into = ref clock[0];
        ref ushort from = ref _clocks[step * _lanes];
        for (nuint lane = 0; lane < (nuint)_lanes; lane += 8)
        {
            Vector128.Max(Vector128.LoadUnsafe(ref into, lane), Vector128.LoadUnsafe(ref from, lane)).StoreUnsafe(ref into, lane);
        }
    }
}

/// <summary>A step of an execution.</summary>
internal struct StepTaken
{
    /// <summary>Who took it.</summary>
    internal int Cpu;

    /// <summary>The number of the object that it announced.</summary>
    internal int Target;

    /// <summary>The step of the same CPU before it, -1 if there is none.</summary>
    internal int Previous;

    /// <summary>The step before it in program order: the one that put the CPU to work if it is its first.</summary>
    internal int ParentStep;

    /// <summary>Touches, in the common array.</summary>
    internal int FirstTouch;

    /// <summary>How many.</summary>
    internal int TouchCount;

    /// <summary>The number of the object for which it had to wait, if that was not free; -1 if for nothing.</summary>
    internal int WaitsAt;

    /// <summary>CPUs that could go on before it.</summary>
    internal uint Enabled;

    /// <summary>A bit for each object touched, of 64: two steps whose bits differ touched different objects.</summary>
    internal ulong Mask;

    /// <summary>As <see cref="Mask"/>, of the objects changed.</summary>
    internal ulong WriteMask;

    /// <summary>Which step of its CPU it is, from 1.</summary>
    internal ushort Local;

    internal OperationKind Kind;

    internal StepFlags Flags;
}

/// <summary>What a step is besides its touches.</summary>
[Flags]
internal enum StepFlags : byte
{
    None = 0,

    /// <summary>It must keep its place among all others: it failed, and nobody goes on after a failure.</summary>
    DependsOnAll = 1,

    /// <summary>It gave way before, and went on although nothing had changed, because nobody else could.</summary>
    WentOnUnchanged = 2,
}

/// <summary>One object touched by one step.</summary>
internal struct Touch
{
    /// <summary>The number of the object, cells and others apart (bit 1), and whether it was changed (bit 0).</summary>
    internal int What;

    /// <summary>The touch before it at the same object, by an earlier step; -1 if there is none.</summary>
    internal int Previous;

    /// <summary>The last one before it that changed the object; -1 if there is none.</summary>
    internal int PreviousWrite;

    /// <summary>Whose it is.</summary>
    internal int Step;

    /// <summary>Whether somebody who waits could go on after the step.</summary>
    internal bool LeavesFree;

    /// <summary>As <see cref="LeavesFree"/>, for those who wait at the other side: writers of a readers-writer lock.</summary>
    internal bool LeavesSideFree;

    /// <summary>False if the step only depends on the object, because of an earlier one's look.</summary>
    internal bool IsLook;

    internal readonly bool IsWrite => (What & 1) != 0;

    internal readonly bool IsCell => (What & 2) != 0;
}
