using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// Optimal dynamic partial order reduction (Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic partial order
/// reduction", POPL'14, and "Source sets: a foundation for optimal dynamic partial order reduction", JACM'17): of all
/// schedules that differ only in the order of steps that do not depend on each other, one is run.
/// </summary>
/// <remarks>
/// Used as <see cref="Strategies.Exhaustive"/> is: begin, run the program anew, until there is nothing to begin.
/// <para>Two steps of different CPUs depend on each other if they touched one object and one of them changed it. A
/// step that failed depends on all: nobody goes on after it, so whatever is left out before it is lost.</para>
/// <para>A CPU that gave way (it spins) goes on only when somebody has changed something that it touched since it
/// gave way before: another round without that would see what the last one saw. When nobody else can go on it goes
/// on all the same, so that a loop which counts its rounds ends, and one that does not is a livelock at the
/// machine's step bound. A loop that touches nothing shared waits for nothing, and is explored round by round.</para>
/// <para>Memory grows with the length of executions, not with their number.</para>
/// </remarks>
public sealed class OptimalDpor : TracingStrategy
{
    private readonly WakeupNodes _nodes = new();
    private readonly WakeupNode _root = new();
    private readonly List<(int Earlier, int Later, bool ByStop)> _races = [];
    private Branch[] _path = new Branch[128];
    private WakeupNode[] _asleepAt = new WakeupNode[128 * 8];
    private readonly int[] _firstInSequence = new int[Smp.MaxCpusUnchecked];
    private int[] _sequence = new int[128];
    private uint _sequenceCpus;
    private ulong _sequenceMask;
    private ulong _sequenceWriteMask;
    private StepFlags _sequenceFlags;
    private Smp? _smp;
    private int _cpus = 8;
    private int _depth;
    private int _replayed;
    private bool _begun;
    private bool _redundant;
    private bool _spins;

    /// <inheritdoc/>
    public override string Name => "dpor";

    /// <summary>Executions that came to an end: every CPU returned, or something failed that is no deadlock.</summary>
    public long Executions { get; private set; }

    /// <summary>Executions in which somebody was left waiting for ever.</summary>
    public long Deadlocks { get; private set; }

    /// <summary>
    /// Executions that were given up as equivalent to an earlier one: none, unless what a step touches depends on
    /// what another one wrote, in which case a race is sometimes reversed on a guess.
    /// </summary>
    public long Redundant { get; private set; }

    /// <summary>Steps taken, those that only lead back to where a search goes on included.</summary>
    public long StepsTaken { get; private set; }

    /// <summary>True if the last execution was given up as equivalent to an earlier one: its end says nothing.</summary>
    public bool LastWasRedundant => _redundant;

    /// <summary>The last execution's trace, the same for every equivalent execution.</summary>
    internal ulong Signature => Steps.Signature();

    /// <summary>Turns to the next trace. False, and ready to begin anew, when every one has been explored.</summary>
    public override bool Begin(ulong seed, int expectedSteps)
    {
        if (_begun && !Advance())
        {
            _begun = false;
            return false;
        }

        if (!_begun)
        {
            _begun = true;
            _replayed = 0;
            Steps.TruncateTo(0);
        }

        _depth = 0;
        _redundant = false;
        return true;
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu) => _spins = true;

    internal override void Started(Smp smp)
    {
        if (!ReferenceEquals(_smp, smp))
        {
            _smp = smp;
            _cpus = smp.Cpus.Length;
            _asleepAt = new WakeupNode[_path.Length * _cpus];
        }

        Steps.Use(smp);
        if (_replayed == 0)
        {
            smp.WriteFootprintsTo(Steps);
        }
    }

    internal override int Next(uint enabled)
    {
        if (_redundant)
        {
            // Asked once more, to make sure that nobody can go on.
            return -1;
        }

        int step = _depth++;
        StepsTaken++;
        if (step < _replayed)
        {
            return Steps[step].Cpu;
        }

        if (_smp!.Footprints is null)
        {
            _smp.WriteFootprintsTo(Steps);
        }

        int cpu = Explore(step, enabled);
        if (cpu < 0)
        {
            _depth--;
            _redundant = true;
        }

        return cpu;
    }

    internal override void Ended(uint alive)
    {
        Steps.CloseLast();
        bool failed = _smp!.Failure is not null;
        if (_redundant)
        {
            Redundant++;
        }
        else if (failed || HasReturned(alive))
        {
            Executions++;
        }
        else
        {
            Deadlocks++;
        }

        if (_depth == 0)
        {
            return;
        }

        if (failed)
        {
            Steps[_depth - 1].Flags |= StepFlags.DependsOnAll;
        }

        for (int step = _replayed; step < _depth; step++)
        {
            FindRaces(step);
        }

        foreach ((int earlier, int later, bool byStop) in _races)
        {
            Reverse(earlier, later, byStop);
        }

        _races.Clear();
        RaceThoseLeft(alive, failed);
    }

    private bool HasReturned(uint alive)
    {
        for (uint left = alive; left != 0; left &= left - 1)
        {
            if (!_smp!.Cpus[BitOperations.TrailingZeroCount(left)].Daemon)
            {
                return false;
            }
        }

        return true;
    }

    // ---- going on

    private int Explore(int step, uint enabled)
    {
        Steps.CloseLast();
        if (step == _path.Length)
        {
            Array.Resize(ref _path, 2 * step);
            Array.Resize(ref _asleepAt, 2 * step * _cpus);
            Array.Resize(ref _sequence, 2 * step + 1);
        }

        ref Branch branch = ref _path[step];
        if (branch.Tree is null)
        {
            branch.Tree = step == 0 ? _root : _path[step - 1].Tree!.First!;
            branch.Asleep = step == 0 ? 0 : StillAsleep(step);
        }

        uint able = _spins ? Unspun(enabled) : enabled;
        bool unchanged = able == 0;
        if (unchanged)
        {
            able = LongestSpinning(enabled);
        }

        uint awake = able & ~branch.Asleep;
        WakeupNode tree = branch.Tree;
        while (tree.First is { } guess && (awake >> guess.Cpu & 1) == 0)
        {
            // The race was reversed on a guess at what the step would touch, and now it cannot be taken.
            tree.First = guess.Next;
            _nodes.Give(guess);
        }

        if (tree.First is null)
        {
            if (awake == 0)
            {
                branch.Tree = null;
                return -1;
            }

            // Any will do; staying on the same CPU saves suspending it.
            uint current = awake & _smp!.Current.Bit;
            tree.First = _nodes.Take(BitOperations.TrailingZeroCount(current != 0 ? current : awake));
        }

        int chosen = tree.First.Cpu;
        Cpu cpu = _smp!.Cpus[chosen];
        Steps.Begin(cpu, able);
        if (_spins && cpu.Pending == OperationKind.Yield)
        {
            TouchRoundAgain(step, unchanged);
        }

        return chosen;
    }

    /// <summary>Of those asleep at the step before, those whose next step does not depend on what that one did.</summary>
    private uint StillAsleep(int step)
    {
        uint asleep = 0;
        for (uint left = _path[step - 1].Asleep; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            WakeupNode sleeper = _asleepAt[((step - 1) * _cpus) + cpu];
            if (cpu != Steps[step - 1].Cpu && !sleeper.DependsOn(Steps, step - 1))
            {
                asleep |= 1u << cpu;
                _asleepAt[(step * _cpus) + cpu] = sleeper;
            }
        }

        return asleep;
    }

    // ---- going back

    /// <summary>Goes back to the last step at which another CPU is still to be tried. False if there is none.</summary>
    private bool Advance()
    {
        for (int step = _depth - 1; step >= 0; step--)
        {
            // What was tried here sleeps until a step that depends on it: all that begins with it has been explored.
            ref Branch branch = ref _path[step];
            WakeupNode tried = branch.Tree!.First!;
            tried.TakeTouches(Steps, step);
            branch.Tree.First = tried.Next;
            tried.Next = branch.Done;
            branch.Done = tried;
            branch.Asleep |= 1u << tried.Cpu;
            _asleepAt[(step * _cpus) + tried.Cpu] = tried;

            // A race reversed on a guess can lead to what, as it turned out, has been explored.
            while (branch.Tree.First is { } child && (branch.Asleep >> child.Cpu & 1) != 0)
            {
                branch.Tree.First = child.Next;
                _nodes.Give(child);
            }

            if (branch.Tree.First is not null)
            {
                _replayed = step;
                Steps.TruncateTo(step);
                return true;
            }

            Forget(ref branch);
        }

        return false;
    }

    private void Forget(ref Branch branch)
    {
        while (branch.Done is { } done)
        {
            branch.Done = done.Next;
            _nodes.Give(done);
        }

        branch.Tree = null;
    }

    // ---- races

    /// <summary>
    /// Finds the earlier steps with which <paramref name="later"/> races: they depend on each other, nothing orders
    /// them otherwise, and the later one could have been taken without the earlier one.
    /// </summary>
    private void FindRaces(int later)
    {
        List<int> before = Steps.Order(later);
        ref StepTaken step = ref Steps[later];
        if ((step.Flags & StepFlags.DependsOnAll) != 0)
        {
            FindRacesWithStop(later, before);
        }

        if ((step.Flags & StepFlags.WentOnUnchanged) != 0)
        {
            return;
        }

        for (int i = 0; i < before.Count; i++)
        {
            int touch = before[i];
            int earlier = Steps.TouchAt(touch).Step;
            if (Steps.HappensBefore(earlier, step.ParentStep) || IsOrderedByAnother(earlier, before))
            {
                continue;
            }

            if (!MustWaitAt(touch, ref step))
            {
                AddRace(earlier, later);
            }
            else if (step.Kind == OperationKind.Yield && step.WaitsAt < 0)
            {
                if (AnotherChange(earlier, before))
                {
                    AddRace(earlier, later);
                }
            }
            else
            {
                RaceWithTaker(touch, later);
            }
        }
    }

    private bool IsOrderedByAnother(int earlier, List<int> before)
    {
        foreach (int touch in before)
        {
            int other = Steps.TouchAt(touch).Step;
            if (other != earlier && Steps.HappensBefore(earlier, other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A release that lets the step in cannot come after it. Whoever took the lock before can: the step races with
    /// the last touch before which it would have found the lock free.
    /// </summary>
    private void RaceWithTaker(int touch, int later)
    {
        ref StepTaken step = ref Steps[later];
        bool writes = WritesAt(later, Steps.TouchAt(touch).What >> 1);
        for (; touch >= 0; touch = Steps.TouchAt(touch).Previous)
        {
            if (!writes && !Steps.TouchAt(touch).IsWrite)
            {
                continue;
            }

            int earlier = Steps.TouchAt(touch).Step;
            if (Steps[earlier].Cpu == step.Cpu || Steps.HappensBefore(earlier, step.ParentStep))
            {
                return;
            }

            if (!MustWaitAt(touch, ref step))
            {
                AddRace(earlier, later);
                return;
            }
        }
    }

    private bool WritesAt(int step, int id)
    {
        foreach (ref readonly Touch touch in Steps.TouchesOf(step))
        {
            if (touch.What >> 1 == id)
            {
                return touch.IsWrite;
            }
        }

        return false;
    }

    /// <summary>True if the step waits for the object of <paramref name="touch"/>, and would have had to before it.</summary>
    private bool MustWaitAt(int touch, ref StepTaken step)
    {
        ref Touch earlier = ref Steps.TouchAt(touch);
        if (step.Kind == OperationKind.Yield && step.WaitsAt < 0)
        {
            return _spins && (Steps[earlier.Step].Enabled >> step.Cpu & 1) == 0;
        }

        if (step.WaitsAt < 0 || earlier.IsCell || earlier.What >> 2 != _smp!.Objects[step.WaitsAt].MeetsAt)
        {
            return false;
        }

        // Since it has been announced, the step could be taken or not. What was before concerns the object alone.
        return earlier.Step > step.Previous
            ? (Steps[earlier.Step].Enabled >> step.Cpu & 1) == 0
            : !Steps.WasFreeBefore(touch, step.WaitsAt);
    }

    /// <summary>
    /// True if whoever spins would have gone on without <paramref name="earlier"/>: something else that it looks at
    /// was changed.
    /// </summary>
    private bool AnotherChange(int earlier, List<int> before)
    {
        foreach (int touch in before)
        {
            if (Steps.TouchAt(touch).IsWrite && !Steps.HappensBefore(earlier, Steps.TouchAt(touch).Step))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A step that failed comes after all others, and races with the last one of every other CPU: it could have
    /// failed before that.
    /// </summary>
    private void FindRacesWithStop(int later, List<int> before)
    {
        for (int cpu = 0; cpu < _cpus; cpu++)
        {
            int last = Steps.LastStepOf(cpu);
            if (last < 0 || last == later || Steps.HappensBefore(last, Steps[later].ParentStep))
            {
                continue;
            }

            bool ordered = IsOrderedByAnother(last, before);
            for (int other = 0; other < _cpus && !ordered; other++)
            {
                int otherLast = Steps.LastStepOf(other);
                ordered = otherLast >= 0 && otherLast != later && otherLast != last && Steps.HappensBefore(last, otherLast);
            }

            bool meets = false;
            foreach (int touch in before)
            {
                meets |= Steps.TouchAt(touch).Step == last;
            }

            if (!ordered && !meets)
            {
                _races.Add((last, later, true));
            }
        }
    }

    private void AddRace(int earlier, int later)
    {
        (int, int, bool) race = (earlier, later, false);
        if (_races.Count == 0 || _races[^1] != race)
        {
            _races.Add(race);
        }
    }

    /// <summary>
    /// What is announced when an execution ends takes part in races too, or the executions are lost in which it came
    /// in time: of CPUs that wait in vain, and after a failure of everybody.
    /// </summary>
    private void RaceThoseLeft(uint alive, bool failed)
    {
        for (uint left = _redundant ? 0 : alive; left != 0; left &= left - 1)
        {
            Cpu cpu = _smp!.Cpus[BitOperations.TrailingZeroCount(left)];
            if (cpu.Pending == OperationKind.None || (failed && cpu.Id == Steps[_depth - 1].Cpu))
            {
                continue;
            }

            int stop = _depth - 1;
            bool couldGoOn = failed && (Steps[stop].Enabled >> cpu.Id & 1) != 0;
            if (couldGoOn)
            {
                // What its step would touch besides is not known, so that nothing can stand for it but itself.
                int pending = Steps.BeginPending(cpu, 0);
                Steps[pending].Flags |= StepFlags.DependsOnAll;
                _sequence[0] = pending;
                Insert(stop, 1);
                Steps.ForgetPending();
            }
            else
            {
                int pending = Steps.BeginPending(cpu, 0);
                FindRaces(pending);
                foreach ((int earlier, int later, bool byStop) in _races)
                {
                    Reverse(earlier, later, byStop);
                }

                _races.Clear();
                Steps.ForgetPending();
            }
        }
    }

    /// <summary>
    /// Has the search run, at the point before <paramref name="earlier"/>, what does not come after it, and then the
    /// later step of the race.
    /// </summary>
    private void Reverse(int earlier, int later, bool byStop)
    {
        int length = 0;
        for (int step = earlier + 1; step < _depth; step++)
        {
            if (step != later && !Steps.HappensBefore(earlier, step))
            {
                _sequence[length++] = step;
            }
        }

        _sequence[length++] = later;

        StepFlags flags = Steps[later].Flags;
        if (!byStop && later < _depth)
        {
            // Whether it would fail without the earlier step, on which it depends, is open.
            Steps[later].Flags &= ~StepFlags.DependsOnAll;
        }

        Insert(earlier, length);
        Steps[later].Flags = flags;
    }

    /// <summary>
    /// Inserts a sequence into the wakeup tree at <paramref name="at"/>, unless what it leads to has been explored
    /// (a sleeper could as well begin it) or will be (a branch of the tree could).
    /// </summary>
    private void Insert(int at, int length)
    {
        PrepareSequence(length);
        ref Branch branch = ref _path[at];
        for (uint left = branch.Asleep; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (CanBegin(_asleepAt[(at * _cpus) + cpu], length, out _))
            {
                return;
            }
        }

        // The first child is the one that is being explored: the race is with it.
        WakeupNode node = branch.Tree!;
        WakeupNode? child = node.First!.Next;
        WakeupNode last = node.First;
        int first = 0;
        while (true)
        {
            while (child is not null && !CanBegin(child, length, out first))
            {
                last = child;
                child = child.Next;
            }

            if (child is null)
            {
                break;
            }

            if (child.First is null)
            {
                return;
            }

            if (first >= 0)
            {
                _sequence.AsSpan(first + 1, length - first - 1).CopyTo(_sequence.AsSpan(first));
                length--;
                if (length == 0)
                {
                    return;
                }

                PrepareSequence(length);
            }

            node = child;
            child = node.First;
            last = null!;
        }

        for (int i = 0; i < length; i++)
        {
            WakeupNode added = _nodes.Take(Steps[_sequence[i]].Cpu);
            added.TakeTouches(Steps, _sequence[i]);
            if (i == 0 && last is not null)
            {
                last.Next = added;
            }
            else
            {
                node.First = added;
            }

            node = added;
        }
    }

    /// <summary>
    /// True if the sequence is equivalent to one that begins with this step, or to a part of one (the step is a weak
    /// initial of it). It stands at <paramref name="first"/>, or nowhere in the sequence: -1.
    /// </summary>
    private bool CanBegin(WakeupNode node, int length, out int first)
    {
        first = (_sequenceCpus >> node.Cpu & 1) != 0 ? _firstInSequence[node.Cpu] : -1;
        if (((node.Mask & _sequenceWriteMask) | (node.WriteMask & _sequenceMask)) == 0
            && ((node.Flags | _sequenceFlags) & StepFlags.DependsOnAll) == 0)
        {
            return true;
        }

        int end = first < 0 ? length : first;
        for (int i = 0; i < end; i++)
        {
            if (node.DependsOn(Steps, _sequence[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Collects what is asked of a sequence again and again.</summary>
    private void PrepareSequence(int length)
    {
        _sequenceCpus = 0;
        _sequenceMask = 0;
        _sequenceWriteMask = 0;
        _sequenceFlags = StepFlags.None;
        for (int i = 0; i < length; i++)
        {
            ref StepTaken step = ref Steps[_sequence[i]];
            _sequenceMask |= step.Mask;
            _sequenceWriteMask |= step.WriteMask;
            _sequenceFlags |= step.Flags;
            if ((_sequenceCpus >> step.Cpu & 1) == 0)
            {
                _sequenceCpus |= 1u << step.Cpu;
                _firstInSequence[step.Cpu] = i;
            }
        }
    }

    // ---- spinning

    /// <summary>Of the CPUs that could go on, those that do not spin in vain.</summary>
    private uint Unspun(uint enabled)
    {
        uint able = enabled;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (_smp!.Cpus[cpu].Pending == OperationKind.Yield && SeesNoChange(cpu))
            {
                able &= ~(1u << cpu);
            }
        }

        return able;
    }

    private bool SeesNoChange(int cpu)
    {
        bool touched = false;
        int step = Steps.LastStepOf(cpu);
        while (step >= 0)
        {
            ref StepTaken taken = ref Steps[step];
            for (int t = taken.FirstTouch; t < taken.FirstTouch + taken.TouchCount; t++)
            {
                if (!Steps.TouchAt(t).IsLook)
                {
                    continue;
                }

                touched = true;
                if (ChangedSince(t, cpu))
                {
                    return false;
                }
            }

            if (taken.Kind == OperationKind.Yield)
            {
                break;
            }

            step = taken.Previous;
        }

        return touched;
    }

    private bool ChangedSince(int touch, int cpu)
    {
        for (int at = Steps.LastTouchAt(Steps.TouchAt(touch).What >> 1); at > touch; at = Steps.TouchAt(at).Previous)
        {
            if (Steps.TouchAt(at).IsWrite && Steps[Steps.TouchAt(at).Step].Cpu != cpu)
            {
                return true;
            }
        }

        return false;
    }

    private uint LongestSpinning(uint enabled)
    {
        int longest = -1;
        for (uint left = enabled; left != 0; left &= left - 1)
        {
            int cpu = BitOperations.TrailingZeroCount(left);
            if (longest < 0 || Steps.LastStepOf(cpu) < Steps.LastStepOf(longest))
            {
                longest = cpu;
            }
        }

        return 1u << longest;
    }

    /// <summary>Whoever goes round once more does so because of what it looked at in the last round.</summary>
    private void TouchRoundAgain(int step, bool unchanged)
    {
        if (unchanged)
        {
            Steps[step].Flags |= StepFlags.DependsOnAll | StepFlags.WentOnUnchanged;
        }

        int earlier = Steps[step].Previous;
        while (earlier >= 0)
        {
            int first = Steps[earlier].FirstTouch;
            int count = Steps[earlier].TouchCount;
            for (int t = first; t < first + count; t++)
            {
                if (Steps.TouchAt(t).IsLook)
                {
                    Steps.TouchWithoutLooking(Steps.TouchAt(t).What >> 1);
                }
            }

            if (Steps[earlier].Kind == OperationKind.Yield)
            {
                break;
            }

            earlier = Steps[earlier].Previous;
        }
    }

    /// <summary>A step of the execution, as the search sees it.</summary>
    private struct Branch
    {
        /// <summary>What is to be explored from here: the first child is being explored.</summary>
        internal WakeupNode? Tree;

        /// <summary>What has been explored from here.</summary>
        internal WakeupNode? Done;

        /// <summary>CPUs that sleep: executions that go on with their step have been explored.</summary>
        internal uint Asleep;
    }
}
