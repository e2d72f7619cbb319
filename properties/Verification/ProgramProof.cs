using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Programs;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Verification;

/// <summary>
/// Every interleaving of a program that is no kernel, explored on as many threads as one likes. What comes of it does not
/// depend on how many there are, or on where it was put down and gone on with.
/// </summary>
public sealed class ProgramProof
{
    private readonly ConcurrentProgram _program;
    private readonly SharedSearch _search;
    private readonly Part?[] _parts = new Part?[SharedSearch.MostParts];
    private readonly SortedDictionary<string, long> _states = new(StringComparer.Ordinal);
    private readonly List<FoundInProgram> _failures = [];
    private ImmutableArray<int> _working = [];
    private int _taken;

    /// <summary>To begin with <paramref name="program"/>.</summary>
    public ProgramProof(ConcurrentProgram program)
        : this(program, new SharedSearch())
    {
    }

    private ProgramProof(ConcurrentProgram program, SharedSearch search)
    {
        ArgumentNullException.ThrowIfNull(program);
        _program = program;
        _search = search;
    }

    /// <summary>To go on with what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is of another program, or not what was written.</exception>
    public static ProgramProof Read(ConcurrentProgram program, TextReader text)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(text);
        var notes = ProofNotes.Parse(text.ReadLine());
        if (notes.Program != program.Name)
        {
            throw new InvalidDataException($"it is of {notes.Program}, and not of {program.Name}");
        }

        var proof = new ProgramProof(program, SharedSearch.Read(text));
        proof._failures.AddRange(notes.Failures);
        foreach ((string state, long traces) in notes.States)
        {
            proof._states[state] = traces;
        }

        return proof;
    }

    /// <summary>Executions so far, those that deadlocked included.</summary>
    public long Executions => _search.Executions + _search.Deadlocks;

    /// <summary>Writes down how far it is. Not while it runs.</summary>
    public void Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Write($"{new ProofNotes(_program.Name, [.. _failures], _states.ToImmutableSortedDictionary(StringComparer.Ordinal)).Line}\n");
        _search.Write(text);
    }

    /// <summary>
    /// Explores until all is done, or there have been <paramref name="most"/> executions, or it is cancelled: then the turn
    /// that has begun is finished first. <paramref name="met"/> is called after every turn.
    /// </summary>
    public ProgramOutcome Run(int jobs, long most, Action met, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(met);
        int threads = Math.Min(jobs, SharedSearch.MostParts);
        bool goesOn = GoesOn();
        var meeting = new Meeting(threads, Meet);
        Workers.Run(threads, Work, CancellationToken.None);

        return new ProgramOutcome(
            _search.Executions,
            _search.Deadlocks,
            _search.Redundant,
            _search.Cut,
            _search.IsDone && _search.Cut == 0,
            _states.ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. _failures.Select(found => ProgramFailure.Of(_program, found.Failure, machine => StepByStep.ScheduleOf(machine, found.Cpus)))]);

        // Threads stay until the end: frames are pooled by thread, and a new one would have to make its own.
        void Work(CancellationToken stop)
        {
            while (Volatile.Read(ref goesOn))
            {
                TakeTurns(stop);
                meeting.Wait(stop);
            }
        }

        void Meet()
        {
            _search.Meet();
            Collect();
            met();
            Volatile.Write(ref goesOn, GoesOn());
        }

        bool GoesOn()
        {
            _working = _search.Working;
            _taken = -1;
            return !_search.IsDone && Executions < most && !cancel.IsCancellationRequested;
        }
    }

    /// <summary>Takes turns of parts for as long as one is left that nobody has taken.</summary>
    private void TakeTurns(CancellationToken stop)
    {
        for (int next = Interlocked.Increment(ref _taken); next < _working.Length && !stop.IsCancellationRequested; next = Interlocked.Increment(ref _taken))
        {
            Part part = _parts[_working[next]] ??= new Part(_program);
            _search.TakeTurn(_working[next], part.Run);
        }
    }

    /// <summary>In the order of the parts, whoever was faster.</summary>
    private void Collect()
    {
        foreach (Part part in _parts.OfType<Part>())
        {
            foreach ((string state, long traces) in part.States)
            {
                _states[state] = _states.GetValueOrDefault(state) + traces;
            }

            foreach (FoundInProgram found in part.Failures.Where(found => !_failures.Exists(known => known.Failure.Signature == found.Failure.Signature)))
            {
                _failures.Add(found);
            }

            part.States.Clear();
            part.Failures.Clear();
        }
    }

    /// <summary>A machine of the program, and what its last turn came to.</summary>
    private sealed class Part(ConcurrentProgram program)
    {
        private readonly ProgramMachine _machine = new(program);

        internal Dictionary<string, long> States { get; } = new(StringComparer.Ordinal);

        internal List<FoundInProgram> Failures { get; } = [];

        internal void Run(OptimalDpor search)
        {
            Failure? failure = _machine.Run(search);
            if (search.HasStrayed)
            {
                throw new VariantException(
                    program.Name, "took a step once and not when the same schedule was run again; nothing in it may depend on time, chance or threads");
            }

            if (search.LastWasRedundant)
            {
                return;
            }

            if (_machine.ShowsState && (failure is null || failure.Kind == FailureKind.WrongResult))
            {
                string state = _machine.State;
                States[state] = States.GetValueOrDefault(state) + 1;
            }

            if (failure is not null && !Failures.Exists(known => known.Failure.Signature == failure.Signature))
            {
                Failures.Add(new FoundInProgram(failure, search.Cpus));
            }
        }
    }
}

/// <summary>What exploring a program came to.</summary>
/// <param name="Executions">Executions that came to an end, each of another trace.</param>
/// <param name="Deadlocks">Executions in which somebody waited for ever.</param>
/// <param name="Redundant">Executions given up as equivalent to others.</param>
/// <param name="Cut">Executions of which not every order was explored.</param>
/// <param name="IsComplete">True if they were all that there are.</param>
/// <param name="States">How the words that are shown ended, and in how many traces.</param>
/// <param name="Failures">Each way to fail.</param>
public sealed record ProgramOutcome(
    long Executions,
    long Deadlocks,
    long Redundant,
    long Cut,
    bool IsComplete,
    ImmutableSortedDictionary<string, long> States,
    ImmutableArray<ProgramFailure> Failures);
