namespace Variants.Harness.Engine;

/// <summary>One line of a recording: what a CPU did in one step.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="Kind">What it announced, and now performs.</param>
/// <param name="Target">To what.</param>
/// <param name="Where">The kernel function that did it.</param>
/// <param name="Line">The line in that function's file.</param>
/// <param name="Blocked">True if it could not go on and waits.</param>
public sealed record RecordedStep(int Cpu, OperationKind Kind, string Target, string Where, int Line, bool Blocked)
{
    /// <summary>Words that changed in this step, in order.</summary>
    public List<RecordedChange> Changes { get; } = [];

    /// <summary>What the history said here: the beginning or the end of an operation, a value read.</summary>
    public List<string> Notes { get; } = [];
}

/// <summary>A word that changed.</summary>
public sealed record RecordedChange(string Name, string From, string To);

/// <summary>
/// Writes down what an execution did, for the diagram. Only executions that are shown are recorded; all others pay
/// one test for it.
/// </summary>
public sealed class Recorder
{
    private readonly Smp _smp;
    private readonly (OperationKind Kind, string Target, string Where, int Line)[] _announced =
        new (OperationKind, string, string, int)[Smp.MaxCpus];

    private readonly RecordedStep?[] _current = new RecordedStep?[Smp.MaxCpus];

    /// <summary>Records the next executions of <paramref name="smp"/>.</summary>
    public Recorder(Smp smp) => _smp = smp;

    /// <summary>The steps so far, in the order in which they happened.</summary>
    public List<RecordedStep> Steps { get; } = [];

    /// <summary>How many steps had been recorded when the execution failed, or -1.</summary>
    public int FailedAt { get; private set; } = -1;

    /// <summary>Locks held when the execution failed, for each CPU: name, function, line.</summary>
    public List<(int Cpu, string Lock, string Where, int Line)> HeldAtFailure { get; } = [];

    /// <summary>What each unfinished CPU had announced when the execution failed.</summary>
    public List<(int Cpu, OperationKind Kind, string Target, string Where, int Line)> PendingAtFailure { get; } = [];

    /// <summary>
    /// Where operations of the history begin (no result) and end: before which step, on which CPU, which one.
    /// </summary>
    public List<(int BeforeStep, int Cpu, object Operation, int? Result)> Operations { get; } = [];

    /// <summary>Begins a new recording.</summary>
    public void Clear()
    {
        Steps.Clear();
        Operations.Clear();
        HeldAtFailure.Clear();
        PendingAtFailure.Clear();
        FailedAt = -1;
        Array.Clear(_announced);
        Array.Clear(_current);
    }

    /// <summary>Writes what the history's driver has to say into the current step.</summary>
    public void Note(string text) => Step(_smp.Current).Notes.Add(text);

    internal void Began(Cpu cpu, object operation) => Operations.Add((Steps.Count, cpu.Id, operation, null));

    internal void Ended(Cpu cpu, object operation, int result) => Operations.Add((Steps.Count, cpu.Id, operation, result));

    internal void Announced(Cpu cpu, SharedObject target, OperationKind kind, string where, int line)
    {
        _announced[cpu.Id] = (kind, target.Number == 0 ? "" : target.Name, where, line);
        _current[cpu.Id] = null;
    }

    internal void Changed<T>(Cell cell, T from, T to)
    {
        if (!EqualityComparer<T>.Default.Equals(from, to))
        {
            Step(_smp.Current).Changes.Add(new RecordedChange(cell.Name, Text(from), Text(to)));
        }
    }

    internal void Set(string name, int from, int to) =>
        Step(_smp.Current).Changes.Add(new RecordedChange(name, Text(from), Text(to)));

    internal void Blocked(Cpu cpu, SharedObject target)
    {
        (OperationKind kind, _, string where, int line) = _announced[cpu.Id];
        Steps.Add(new RecordedStep(cpu.Id, kind, target.Name, where ?? "", line, Blocked: true));
    }

    internal void Performed(Cpu cpu) => _ = Step(cpu);

    internal void Failed(Failure failure)
    {
        FailedAt = Steps.Count;
        foreach (Cpu cpu in _smp.Cpus)
        {
            for (int i = 0; i < cpu.HeldCount && i < cpu.Held.Length; i++)
            {
                HeldLock held = cpu.Held[i];
                HeldAtFailure.Add((cpu.Id, held.Lock.Name, held.Where ?? "", held.Line));
            }

            if (cpu.Root is not null && cpu.Pending != OperationKind.None)
            {
                (OperationKind kind, _, string where, int line) = _announced[cpu.Id];
                PendingAtFailure.Add((cpu.Id, kind, _smp.Objects[cpu.Target].Name, where, line));
            }
        }
    }

    internal (string Where, int Line) LastPlace(Cpu cpu)
    {
        (_, _, string where, int line) = _announced[cpu.Id];
        return (where ?? "", line);
    }

    private static string Text<T>(T value) => value switch
    {
        bool flag => flag ? "1" : "0",
        null => "none",
        _ => value.ToString() ?? "",
    };

    private RecordedStep Step(Cpu cpu)
    {
        RecordedStep? step = _current[cpu.Id];
        if (step is null)
        {
            (OperationKind kind, string target, string where, int line) = _announced[cpu.Id];
            step = new RecordedStep(cpu.Id, kind, target ?? "", where ?? "", line, Blocked: false);
            _current[cpu.Id] = step;
            Steps.Add(step);
        }

        return step;
    }
}
