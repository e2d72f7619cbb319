using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Harness.Programs;

/// <summary>
/// A machine on which a program is written down once, and run as often as one likes: its words, what each CPU does, and
/// what must not come of it. Locks and queues are made on <see cref="Smp"/>.
/// </summary>
/// <remarks>
/// What CPUs share is a word, a lock or a cell of this machine. A plain C# variable that several CPUs use is unseen:
/// orders of its accesses are not explored, unless one lock guards them all. Such variables <see cref="Before"/> resets.
/// </remarks>
public sealed class ProgramMachine
{
    private readonly List<(string Name, Func<Cpu, KTask> Body)> _cpus = [];
    private readonly List<(AtomicInt Word, int Initially)> _words = [];
    private readonly List<(Cell<int> Cell, int Initially)> _cells = [];
    private readonly List<(string Name, Func<int> Value)> _shown = [];
    private readonly List<(string What, Func<bool> IsSo)> _forbidden = [];
    private readonly Shared _shared;

    /// <summary>A machine with <paramref name="program"/> on it.</summary>
    public ProgramMachine(ConcurrentProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Program = program;
        Smp = new Smp(program.Checks, program.Cpus);
        _shared = new Shared(Smp);
        program.Write(this);
        if (_cpus.Count > program.Cpus)
        {
            throw new ArgumentException($"{program.Name} says that it uses {program.Cpus} CPUs, and writes down {_cpus.Count}", nameof(program));
        }
    }

    /// <summary>What is on it.</summary>
    public ConcurrentProgram Program { get; }

    /// <summary>Its CPUs.</summary>
    public Smp Smp { get; }

    /// <summary>Is called before each execution, to reset what is no word of this machine.</summary>
    public Action Before { get; set; } = () => { };

    /// <summary>True if reports tell how executions end.</summary>
    public bool ShowsState => _shown.Count > 0;

    /// <summary>How the words that are shown stood when the last execution ended: <c>x=1 y=0</c>; empty if none are.</summary>
    public string State => string.Join(' ', _shown.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name}={one.Value()}")));

    /// <summary>A word whose every access is awaited.</summary>
    public AtomicInt Word(string name, int initially = 0)
    {
        var word = new AtomicInt(_shared, name);
        _words.Add((word, initially));
        return word;
    }

    /// <summary>A word that is read and written like any other: two accesses that no lock orders are reported as a data race.</summary>
    public Cell<int> Plain(string name, int initially = 0)
    {
        var cell = new Cell<int>(_shared, name, initially);
        _cells.Add((cell, initially));
        return cell;
    }

    /// <summary>What the next CPU does.</summary>
    public void On(Func<Cpu, KTask> body) =>
        _cpus.Add((string.Create(CultureInfo.InvariantCulture, $"CPU{_cpus.Count}"), body));

    /// <summary>Reports tell with what value the executions end.</summary>
    public void Shows(string name, Func<int> value) => _shown.Add((name, value));

    /// <summary>An execution that ends so fails, with this message.</summary>
    public void Forbids(string what, Func<bool> isSo) => _forbidden.Add((what, isSo));

    /// <summary>Runs it once, as <paramref name="strategy"/>, which has begun, chooses: what went wrong first, or null.</summary>
    public Failure? Run(Strategy? strategy)
    {
        Smp.PowerOn();
        foreach ((AtomicInt word, int initially) in _words)
        {
            word.Raw = initially;
        }

        foreach ((Cell<int> cell, int initially) in _cells)
        {
            cell.Raw = initially;
        }

        Before();
        foreach ((string name, Func<Cpu, KTask> body) in _cpus)
        {
            Smp.Spawn(name, body);
        }

        Smp.Run(strategy);
        foreach ((string what, Func<bool> isSo) in _forbidden)
        {
            if (Smp.Failure is null && isSo())
            {
                Smp.FailAtRest(FailureKind.WrongResult, what, State.Length == 0 ? what : $"{what}: {State}");
            }
        }

        Smp.Explored.PowerOff();
        return Smp.Failure;
    }

    /// <summary>As <see cref="Run"/>, and writes down what happens.</summary>
    public (Failure? Failure, Recorder Recording) Record(Strategy? strategy)
    {
        var recorder = new Recorder(Smp);
        Smp.Recorder = recorder;
        try
        {
            return (Run(strategy), recorder);
        }
        finally
        {
            Smp.Recorder = null;
        }
    }

    private sealed class Shared(Smp smp) : TrackedObject(smp, "shared", "shared");
}
