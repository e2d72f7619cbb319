using System.Collections.Immutable;
using System.Text;
using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Generation;
using Variants.Properties.Promises;
using Xunit.Abstractions;

namespace Variants.Tests.Exploration;

/// <summary>
/// The kernels' steps tell all that they look at and change. Random walks are compared with what was explored: each
/// walk's trace must have been, and must have come to the same results; two executions of one trace that come to
/// different ones differ by an order that nobody noted. An order that one walk in ten takes is missed in a history with
/// a chance of 0.9^40 = 1.5 %, and most histories are run on a dozen variants of one family.
/// </summary>
public sealed class MissedDependenceTests(ITestOutputHelper output)
{
    private const int HistoriesOfVariant = 12;
    private const int Walks = 40;
    private const int MostExecutions = 3_000;

    [Fact]
    public void Random_walks_come_to_nothing_that_was_not_explored()
    {
        var wrong = new List<string>();
        int compared = 0;
        int large = 0;
        int different = 0;
        foreach (Family family in FamilyList.All)
        {
            foreach (Variant variant in family.Variants)
            {
                var bench = new Bench(family, variant);
                for (int number = 0; number < HistoriesOfVariant; number++)
                {
                    History history = Small(HistoryGenerator.Generate(family, seed: 77, number));
                    if (bench.Explore(history, MostExecutions) is not { } explored)
                    {
                        large++;
                        continue;
                    }

                    compared++;
                    different += explored.Values.Distinct().Count() > 1 ? 1 : 0;
                    if (bench.Walk(history, explored, Walks) is { } surprise)
                    {
                        wrong.Add($"{variant.Name} (history {number}): {surprise}\n{history}");
                    }
                }
            }
        }

        output.WriteLine($"{compared} histories compared, {different} with more than one result; {large} too large");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared}:\n{string.Join("\n", wrong.OrderBy(one => one.Length).Take(6))}");
        Assert.InRange(compared, 200, int.MaxValue);
        Assert.InRange(different, compared / 10, compared);
    }

    /// <summary>Two actors, two operations each, a child of one.</summary>
    private static History Small(History history)
    {
        int actors = Math.Min(2, history.Actors.Length);
        return history with
        {
            Setup = [.. history.Setup.Where(step => step.Actor < actors).Select(step => step with { Operation = Known(step.Operation) })],
            Actors = [.. history.Actors.Take(actors).Select(actor => ImmutableArray.CreateRange(actor.Take(2).Select(Known)))],
        };

        Operation Known(Operation operation) => operation with
        {
            Actor = Math.Min(operation.Actor, actors - 1),
            Child = [.. operation.Child.Take(1).Select(Known)],
        };
    }

    /// <summary>A machine of one variant, on which every program's own view of an execution is written down.</summary>
    private sealed class Bench
    {
        private readonly Runner _runner;
        private readonly Machine _machine;
        private readonly Results _results = new();

        internal Bench(Family family, Variant variant)
        {
            _machine = new Machine(Checks.All, variant.Build);
            _runner = new Runner(_machine, [_results, .. PropertyList.Watch(_machine, family.Properties)]);
        }

        /// <summary>For each trace, what it came to; null if there are too many, or not all were explored.</summary>
        internal Dictionary<ulong, string>? Explore(History history, int most)
        {
            var found = new Dictionary<ulong, string>();
            var dpor = new OptimalDpor();
            while (dpor.Begin(0, 0))
            {
                Failure? failure = _runner.Run(history, dpor);
                if (dpor.Cut > 0 || dpor.Executions + dpor.Deadlocks + dpor.Redundant > most)
                {
                    return null;
                }

                if (!dpor.LastWasRedundant)
                {
                    found[dpor.Signature] = End(failure);
                }
            }

            return found;
        }

        internal string? Walk(History history, Dictionary<ulong, string> explored, int walks)
        {
            var walk = new Traced(new RandomWalk());
            for (int seed = 1; seed <= walks; seed++)
            {
                walk.Begin((ulong)seed, 100);
                string end = End(_runner.Run(history, walk));
                if (Spins(walk))
                {
                    // A walk may go round in vain, which an exploration does not.
                    if (!explored.ContainsValue(end))
                    {
                        return $"walk {seed} came to what was not explored: {end}";
                    }

                    continue;
                }

                if (!explored.TryGetValue(walk.Signature, out string? known))
                {
                    return $"walk {seed} has a trace that was not explored: {end}"
                        + $"{(explored.ContainsValue(end) ? "" : ", and a result that was not")}; {explored.Count} were";
                }

                if (end != known)
                {
                    return $"walk {seed} came to\n  {end}\nwhich was explored as\n  {known}";
                }
            }

            return null;
        }

        private static bool Spins(Traced walk)
        {
            for (int step = 0; step < walk.Steps.Count; step++)
            {
                if (walk.Steps[step].Kind == OperationKind.Yield)
                {
                    return true;
                }
            }

            return false;
        }

        private string End(Failure? failure) => $"{failure?.Kind} {failure?.Subject} {(failure is null ? _results.Text : "")}";
    }

    /// <summary>What each task's system calls returned, and what it read: whose store, by the storing task's own count.</summary>
    private sealed class Results : IWitness
    {
        private readonly SortedDictionary<string, StringBuilder> _ofTask = new(StringComparer.Ordinal);
        private readonly Dictionary<int, string> _stores = [];

        internal string Text => string.Join(" | ", _ofTask.Select(task => $"{task.Key}:{task.Value}"));

        public void Booted(Machine machine)
        {
            _ofTask.Clear();
            _stores.Clear();
        }

        public void Ended(TaskStruct task, Operation operation, int result) => Of(task).Append($" {operation.Verb.Name}={result}");

        public void Wrote(TaskStruct task, int address, int value) => _stores[value] = $"{task.Comm}'s {Of(task).Length}";

        public void Read(TaskStruct task, int address, int value) => Of(task).Append($" {_stores.GetValueOrDefault(value, $"{value}")}");

        public void Signalled(TaskStruct task, int address, bool write, Fault fault) => Of(task).Append($" {fault}");

        private StringBuilder Of(TaskStruct task)
        {
            if (!_ofTask.TryGetValue(task.Comm, out StringBuilder? text))
            {
                _ofTask[task.Comm] = text = new StringBuilder();
            }

            return text;
        }
    }
}
