using System.Collections.Immutable;
using Variants.Harness.Histories;

namespace Variants.Properties.Verification;

/// <summary>
/// Histories that differ only in names: of actors, and of the pages 0 and 1, which every process begins with. Pages keep
/// their names where an operation speaks of two neighbours.
/// </summary>
internal static class Symmetry
{
    private static readonly int[][][] s_orders = [.. Enumerable.Range(0, History.MaxActors + 1).Select(count => Orders(count).ToArray())];

    /// <summary>True if no other naming comes first in the alphabet of operations.</summary>
    internal static bool IsFirst(History history)
    {
        int[] own = Letters(history, s_orders[history.Actors.Length][0], swapped: false);
        bool hasPairs = history.Setup.Any(step => SpeaksOfTwo(step.Operation)) || history.Actors.Any(actor => actor.Any(SpeaksOfTwo));
        foreach (int[] order in s_orders[history.Actors.Length])
        {
            if (Letters(history, order, swapped: false).AsSpan().SequenceCompareTo(own) < 0
                || (!hasPairs && Letters(history, order, swapped: true).AsSpan().SequenceCompareTo(own) < 0))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SpeaksOfTwo(Operation operation) =>
        operation.Verb.Argument == "first page" || operation.Child.Any(SpeaksOfTwo);

    /// <summary>The history with its actors in another order, as numbers: equal histories have equal ones.</summary>
    private static int[] Letters(History history, int[] order, bool swapped)
    {
        // An actor's new name is its place in the order.
        Span<int> names = stackalloc int[History.MaxActors];
        for (int place = 0; place < order.Length; place++)
        {
            names[order[place]] = place;
        }

        var letters = new List<int>(32);
        foreach (SetupStep step in history.Setup)
        {
            letters.Add(names[step.Actor]);
            Add(letters, step.Operation, names, swapped);
        }

        foreach (int actor in order)
        {
            AddAll(letters, history.Actors[actor], names, swapped);
        }

        return [.. letters];
    }

    private static void AddAll(List<int> letters, ImmutableArray<Operation> operations, ReadOnlySpan<int> names, bool swapped)
    {
        // Longer lists come first: whoever does most is A.
        letters.Add(-operations.Length);
        foreach (Operation operation in operations)
        {
            Add(letters, operation, names, swapped);
        }
    }

    private static void Add(List<int> letters, Operation operation, ReadOnlySpan<int> names, bool swapped)
    {
        letters.Add((int)operation.Verb.Code);
        letters.Add(swapped && operation.Verb.Argument == "page" && operation.Number < 2 ? 1 - operation.Number : operation.Number);
        letters.Add(operation.Verb.TakesActor ? names[operation.Actor] : 0);
        AddAll(letters, operation.Child, names, swapped);
    }

    private static IEnumerable<int[]> Orders(int count)
    {
        if (count == 0)
        {
            return [[]];
        }

        return Orders(count - 1).SelectMany(order => Enumerable.Range(0, count)
            .Select(place => order[..^place].Append(count - 1).Concat(order[^place..]).ToArray()));
    }
}
