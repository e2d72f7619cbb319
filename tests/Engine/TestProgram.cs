using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>
/// A machine and a small program on it: a body for each CPU, run as often as a test asks. Primitives are made on
/// <see cref="Smp"/> by the test; <see cref="Word"/> is shared memory, zero at the start of every execution.
/// </summary>
internal sealed class TestProgram
{
    private readonly List<(string Name, Func<Cpu, KTask> Start, bool Daemon)> _cpus = [];

    internal TestProgram(Checks? checks = null)
    {
        Smp = new Smp(checks ?? Checks.All);
        Thing = new Thing(Smp);
        Word = new Cell<int>(Thing, "count", 0);
    }

    internal Smp Smp { get; }

    internal Thing Thing { get; }

    internal Cell<int> Word { get; }

    /// <summary>What the machine does before each execution, at no time in particular.</summary>
    internal Action Before { get; set; } = () => { };

    /// <summary>How many steps strategies are told to expect.</summary>
    internal int ExpectedSteps { get; set; } = 50;

    internal TestProgram On(string cpu, Func<KTask> body)
    {
        _cpus.Add((cpu, _ => body(), false));
        return this;
    }

    internal TestProgram Device(string cpu, Func<KTask> body)
    {
        _cpus.Add((cpu, _ => body(), true));
        return this;
    }

    /// <summary>One execution; without a strategy each CPU runs until it waits, in the order in which they are named.</summary>
    internal Failure? Run(Strategy? strategy = null, ulong seed = 1)
    {
        strategy?.Begin(seed, ExpectedSteps);
        Execute(strategy);
        return Smp.Failure;
    }

    /// <summary>One execution with these choices, 0 meaning "stay on this CPU".</summary>
    internal Failure? RunWith(params int[] choices) => Run(new Replay(choices));

    /// <summary>How many of the executions with seeds 1, 2, ... satisfy <paramref name="happened"/>.</summary>
    internal int Count(Strategy strategy, int executions, Func<bool> happened)
    {
        int count = 0;
        for (int seed = 1; seed <= executions; seed++)
        {
            Run(strategy, (ulong)seed);
            count += happened() ? 1 : 0;
        }

        return count;
    }

    /// <summary>Every execution there is, with what <paramref name="outcome"/> says of each, and how often.</summary>
    internal SortedDictionary<string, int> Everything(Func<string> outcome)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var exhaustive = new Exhaustive();
        while (exhaustive.Begin(0, ExpectedSteps))
        {
            Execute(exhaustive);
            string text = outcome();
            outcomes[text] = outcomes.GetValueOrDefault(text) + 1;
        }

        return outcomes;
    }

    /// <summary>Every execution there is, by the failure it ends with: kind and subject.</summary>
    internal string[] EveryFailure() =>
        [.. Everything(() => Smp.Failure is { } f ? $"{f.Kind} {f.Subject}" : "passes").Keys];

    /// <summary>One execution of a strategy that has begun.</summary>
    internal void Execute(Strategy? strategy)
    {
        Smp.PowerOn();
        Thing.Allocate();
        Word.Raw = 0;
        Before();
        foreach ((string name, Func<Cpu, KTask> start, bool daemon) in _cpus)
        {
            Smp.Spawn(name, start, daemon);
        }

        Smp.Run(strategy);
    }
}

/// <summary>Some kernel object.</summary>
internal sealed class Thing(Smp smp, string name = "thing0") : TrackedObject(smp, "thing", name);
