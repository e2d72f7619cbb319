using System.Numerics;
using Variants.Harness.Engine;

namespace Variants.Properties.Shrinking;

/// <summary>
/// Plays a schedule, or lets another strategy choose, and writes down every choice and what else could have been
/// chosen: how many CPUs could go on, and whether leaving the one that ran was a preemption.
/// </summary>
/// <remarks>
/// A preemption leaves a CPU that could have gone on and had not given way. One that waits, has finished, spins,
/// retries or sleeps is left by its own will, and nobody has begun before the first choice.
/// </remarks>
internal sealed class Tape : Strategy
{
    private readonly ExploredClock _clock;
    private Strategy? _inner;
    private int[] _plan = new int[256];
    private int _planned;
    private bool _plansCpus;
    private int _played;
    private int[] _choices = new int[256];
    private Decision[] _decisions = new Decision[256];
    private bool _beginsWithChoice;
    private int _gaveWay;
    private int _gaveWayAt;

    internal Tape(ExploredClock clock) => _clock = clock;

    /// <inheritdoc/>
    public override string Name => "tape";

    /// <summary>How many times the last execution asked.</summary>
    internal int Count { get; private set; }

    /// <summary>Preemptions of the last execution.</summary>
    internal int Preemptions { get; private set; }

    /// <summary>Other choices of the last execution that were not 0.</summary>
    internal int Switches { get; private set; }

    /// <summary>What could have been chosen in the last execution, each time that it asked.</summary>
    internal ReadOnlySpan<Decision> Decisions => _decisions.AsSpan(0, Count);

    /// <summary>The choices of the last execution, without the zeros at the end, which go without saying.</summary>
    internal ReadOnlySpan<int> Choices => WithoutZerosAtEnd(_choices.AsSpan(0, Count));

    /// <summary>The next execution plays <paramref name="choices"/>, and then zeros.</summary>
    internal void Play(ReadOnlySpan<int> choices, bool beginsWithChoice)
    {
        Plan(choices, beginsWithChoice);
        _plansCpus = false;
    }

    /// <summary>
    /// In the next execution these CPUs go on in turn, but for those that cannot when their turn has come; then zeros.
    /// </summary>
    internal void PlayCpus(ReadOnlySpan<int> cpus, bool beginsWithChoice)
    {
        Plan(cpus, beginsWithChoice);
        _plansCpus = true;
    }

    /// <summary>In the next execution <paramref name="strategy"/>, which has begun, chooses.</summary>
    internal void Record(Strategy strategy, bool beginsWithChoice)
    {
        _inner = strategy;
        Rewind(beginsWithChoice);
    }

    internal static ReadOnlySpan<int> WithoutZerosAtEnd(ReadOnlySpan<int> choices) => choices.TrimEnd(0);

    /// <inheritdoc/>
    public override bool Begin(ulong seed, int expectedSteps) => true;

    /// <inheritdoc/>
    public override int Choose(uint enabled, ExploredClock clock)
    {
        int at = Count++;
        if (at == _choices.Length)
        {
            Array.Resize(ref _choices, at * 2);
            Array.Resize(ref _decisions, at * 2);
        }

        int cpu = _inner is not null ? _inner.Choose(enabled, clock) : Planned(enabled, clock);
        int choice = clock.Encode(enabled, cpu);
        bool preemptive = LeavingPreempts(enabled, clock);
        _choices[at] = choice;
        _decisions[at] = new Decision((byte)BitOperations.PopCount(enabled), (byte)cpu, preemptive);
        if (choice != 0)
        {
            if (preemptive)
            {
                Preemptions++;
            }
            else
            {
                Switches++;
            }
        }

        return cpu;
    }

    /// <inheritdoc/>
    public override void GaveWay(int cpu)
    {
        NeedNotBePreempted(cpu);
        _inner?.GaveWay(cpu);
    }

    /// <inheritdoc/>
    public override void Slept(int cpu)
    {
        NeedNotBePreempted(cpu);
        _inner?.Slept(cpu);
    }

    private void NeedNotBePreempted(int cpu)
    {
        _gaveWay = cpu;
        _gaveWayAt = _clock.Steps;
    }

    private void Plan(ReadOnlySpan<int> plan, bool beginsWithChoice)
    {
        if (plan.Length > _plan.Length)
        {
            _plan = new int[plan.Length * 2];
        }

        plan.CopyTo(_plan);
        _planned = plan.Length;
        _played = 0;
        _inner = null;
        Rewind(beginsWithChoice);
    }

    private int Planned(uint enabled, ExploredClock clock)
    {
        if (!_plansCpus)
        {
            return clock.Decode(enabled, _played < _planned ? _plan[_played++] : 0);
        }

        while (_played < _planned)
        {
            int cpu = _plan[_played++];
            if ((enabled >> cpu & 1) != 0)
            {
                return cpu;
            }
        }

        return clock.Decode(enabled, 0);
    }

    private void Rewind(bool beginsWithChoice)
    {
        _beginsWithChoice = beginsWithChoice;
        _gaveWayAt = -1;
        Count = 0;
        Preemptions = 0;
        Switches = 0;
    }

    private bool LeavingPreempts(uint enabled, ExploredClock clock)
    {
        int current = clock.CurrentCpu;
        bool begins = Count == 1 && _beginsWithChoice;

        // The clock has counted the step that is being chosen.
        bool gaveWay = _gaveWay == current && _gaveWayAt == clock.Steps - 1;
        return !begins && !gaveWay && (enabled >> current & 1) != 0;
    }
}

/// <summary>A point at which there was a choice.</summary>
/// <param name="Among">How many CPUs could go on.</param>
/// <param name="Chosen">The one that did.</param>
/// <param name="Preempts">True if any choice but 0 would have been a preemption.</param>
internal readonly record struct Decision(byte Among, byte Chosen, bool Preempts);
