using System.Collections.Immutable;
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
/// <para>A CPU that spins (cpu_relax) goes on only when somebody has changed something that it touched since it gave way
/// before: another round without that would see what the last one saw. One that calls schedule() does so once two of its
/// rounds have come to the same. When nobody else can go on it goes on all the same, so that a loop which counts its
/// rounds ends, and one that does not is a livelock at the machine's step bound. A loop that tries again too often is
/// held up, and beyond <see cref="Checks.FairAfter"/> steps nothing is explored: see <see cref="Cut"/>.</para>
/// <para>Memory grows with the length of executions, not with their number.</para>
/// <para>It can be one of several that share a search: see <see cref="SharedSearch"/>. Then it explores what begins with
/// one step of the trunk, and of races with steps of the trunk it says what is to be explored elsewhere.</para>
/// </remarks>
public sealed partial class OptimalDpor : TracingStrategy
{
    private readonly WakeupNodes _nodes = new();
    private readonly WakeupNode _root = new();
    private readonly Races _races;
    private readonly Spins _spinning;
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

    /// <summary>True if somebody has given way in this execution: whether one did in another must make no difference.</summary>
    private bool _spins;
    private bool _outlasted;
    private bool _isImpossible;
    private int _possibleInstead;
    private bool _isTooEarly;
    private bool _hasStrayed;
    private uint _mustWake;
    private int[] _lead = [];
    private Trunk? _trunk;
    private Entry? _entry;

    /// <summary>
    /// How often a CPU may usually call schedule() before it goes on only when nobody else can. A loop that tries again and
    /// again, and changes something each time, could otherwise do so beside every step of the others, until scheduling
    /// becomes fair.
    /// </summary>
    public const int UsualRounds = 12;

    /// <summary>
    /// A search that has not begun. With fewer rounds than usual it ends where a loop that tries again is in the way, but it
    /// leaves out more: see <see cref="Cut"/>.
    /// </summary>
    public OptimalDpor(int mostRounds = UsualRounds)
    {
        _races = new Races(Steps);
        MostRounds = mostRounds;
        _spinning = new Spins(Steps, mostRounds);
    }

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

    /// <summary>
    /// Executions that lasted longer than <see cref="Checks.FairAfter"/> steps, or in which a loop that tries again went
    /// round too often and had to let others go first. They were run to their end, but not all orders of their steps were:
    /// where there is one, what was explored is no proof.
    /// </summary>
    public long Cut { get; private set; }

    /// <summary>Steps taken, those that only lead back to where a search goes on included.</summary>
    public long StepsTaken { get; private set; }

    /// <summary>How often a loop may try again.</summary>
    internal int MostRounds { get; }

    /// <summary>True if the last execution was given up as equivalent to an earlier one: its end says nothing.</summary>
    public bool LastWasRedundant => _redundant;

    /// <inheritdoc/>
    public override bool HasStrayed => _hasStrayed;

    internal override bool HasGivenUp => _redundant;

    /// <summary>The CPUs of the last execution in the order of their steps: with them it can be had again.</summary>
    public ImmutableArray<int> Cpus
    {
        get
        {
            ImmutableArray<int>.Builder cpus = ImmutableArray.CreateBuilder<int>(_depth);
            for (int step = 0; step < _depth; step++)
            {
                cpus.Add(Steps[step].Cpu);
            }

            return cpus.ToImmutable();
        }
    }

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
            Steps.Restart();
        }

        _depth = 0;
        _spins = false;
        _spinning.Forget();
        _redundant = false;
        _isImpossible = false;
        _isTooEarly = false;
        _outlasted = false;
        return true;
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu)
    {
        _spins = true;
        _spinning.GaveWay(cpu);
    }

    /// <inheritdoc/>
    public override void Slept(int cpu) => _spinning.Slept(cpu);

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

        if (_entry is not null)
        {
            Enter(_entry);
            _entry = null;
        }
    }

    internal override int Next(uint enabled)
    {
        if (_redundant)
        {
            // Asked once more, to make sure that nobody can go on.
            return -1;
        }

        if (_spinning.IsToldSomething)
        {
            _spinning.Note(_smp!, _depth - 1, isKnown: _depth <= _replayed);
        }

        int step = _depth++;
        StepsTaken++;
        if (step >= _replayed && _smp!.Footprints is null)
        {
            _smp.WriteFootprintsTo(Steps);
        }

        int cpu = step < _replayed ? Replay(step, enabled) : step < _lead.Length ? Follow(step, enabled) : Explore(step, enabled);
        if (cpu < 0)
        {
            _depth--;
            _redundant = true;
        }

        return cpu;
    }

    /// <summary>While an execution is led back to where the search goes on, steps that are still to come are known.</summary>
    internal override void Spawning(int cpu) => Steps.Spawning(cpu, _depth - 1);

    internal override void Outlasted()
    {
        if (!_outlasted)
        {
            _outlasted = true;
            Cut++;
            Steps.CloseLast();
            _smp!.WriteFootprintsTo(null);
        }
    }

    internal override void Ended(uint alive)
    {
        if (!_outlasted)
        {
            Steps.CloseLast();
        }

        if (_spinning.HasHeldUp && !_outlasted && !_redundant)
        {
            Cut++;
        }

        _hasStrayed |= !_outlasted && _depth < Math.Max(_replayed, _lead.Length);
        if (_hasStrayed)
        {
            return;
        }

        bool failed = _smp!.Failure is not null && !_outlasted;
        if (_isImpossible || _isTooEarly)
        {
            _lead = [];
            return;
        }

        if (_redundant)
        {
            Redundant++;
        }
        else if (_smp.Failure is not null || HasReturned(alive))
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

        // Races among the steps that lead to where this part of a search begins are known to whoever shares it.
        for (int step = 0; step < _lead.Length; step++)
        {
            Steps.Order(step);
        }

        for (int step = Math.Max(_replayed, _lead.Length); step < _depth; step++)
        {
            _races.FindWith(_smp, step);
        }

        _lead = [];
        ReverseAll();
        if (!_redundant && !_outlasted)
        {
            RaceThoseLeft(alive, failed);
        }
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
        MakeRoomFor(step);
        ref Branch branch = ref _path[step];
        if (branch.Tree is null)
        {
            branch.Tree = step == 0 ? _root : _path[step - 1].Tree!.First!;
            branch.Asleep = step == 0 ? 0 : StillAsleep(step);
            if (_mustWake != 0)
            {
                _isTooEarly = (branch.Asleep & _mustWake) != 0;
                _mustWake = 0;
                if (_isTooEarly)
                {
                    branch.Tree = null;
                    return -1;
                }
            }
        }

        uint able = Able(enabled, out bool unchanged);
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
            // What begins with another step at the end of the trunk is not for this part of the search.
            _isImpossible = step == _trunk?.Depth;
            if (awake == 0 || _isImpossible)
            {
                _possibleInstead = awake == 0 ? -1 : Any(awake);
                branch.Tree = null;
                return -1;
            }

            tree.First = _nodes.Take(Any(awake));
        }

        Take(step, tree.First.Cpu, able, unchanged);
        return tree.First.Cpu;
    }

    private void MakeRoomFor(int step)
    {
        if (step >= _path.Length)
        {
            int length = Math.Max(2 * _path.Length, step + 1);
            Array.Resize(ref _path, length);
            Array.Resize(ref _asleepAt, length * _cpus);
            Array.Resize(ref _sequence, length + 1);
        }
    }

    /// <summary>The CPUs that could go on, without those that spin in vain unless there are only such.</summary>
    private uint Able(uint enabled, out bool unchanged)
    {
        uint able = _spins ? _spinning.Without(_smp!, enabled) : enabled;
        unchanged = able == 0;
        return unchanged ? _spinning.Longest(enabled) : able;
    }

    private void Take(int step, int chosen, uint able, bool unchanged)
    {
        Cpu cpu = _smp!.Cpus[chosen];
        Steps.Begin(cpu, able);
        if (_spins && cpu.Pending == OperationKind.Yield && _spinning.GoesInCircles(chosen))
        {
            _spinning.GoRoundAgain(step, unchanged);
        }
    }

    /// <summary>On the way back to where the search goes on: the step that was taken there, if it is still what it was.</summary>
    private int Replay(int step, uint enabled)
    {
        ref StepTaken known = ref Steps[step];
        Cpu cpu = _smp!.Cpus[known.Cpu];
        _hasStrayed |= (enabled >> known.Cpu & 1) == 0 || cpu.Pending != known.Kind || cpu.Target != known.Target;
        return _hasStrayed ? -1 : known.Cpu;
    }

    /// <summary>On the way to where this part of a search begins, or goes on after it was read back.</summary>
    private int Follow(int step, uint enabled)
    {
        _hasStrayed |= (enabled >> _lead[step] & 1) == 0;
        if (_hasStrayed)
        {
            return -1;
        }

        MakeRoomFor(step);
        Take(step, _lead[step], Able(enabled, out bool unchanged), unchanged);
        return _lead[step];
    }

    /// <summary>
    /// Any CPU will do. Staying on the same one saves suspending it; one that gave way comes last, or it would spin
    /// until scheduling becomes fair.
    /// </summary>
    private int Any(uint awake)
    {
        if (_spins)
        {
            uint rest = _spinning.Without(_smp!, awake, evenIfChanged: true);
            if (rest == 0)
            {
                return BitOperations.TrailingZeroCount(_spinning.Longest(awake));
            }

            awake = rest;
        }

        uint current = awake & _smp!.Current.Bit;
        return BitOperations.TrailingZeroCount(current != 0 ? current : awake);
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
        int first = _trunk is null ? 0 : _trunk.Depth + 1;
        for (int step = _depth - 1; step >= first; step--)
        {
            ref Branch branch = ref _path[step];
            WakeupNode tried = branch.Tree!.First!;
            branch.Tree.First = tried.Next;
            if (tried.Next is null)
            {
                _nodes.Give(tried);
                Forget(ref branch);
                continue;
            }

            // What was tried here sleeps until a step that depends on it: all that begins with it has been explored.
            tried.TakeTouches(Steps, step);
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
