using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Generation;

/// <summary>
/// How much a reader has to take in: compared part by part, the first that differs decides. No part is negative, so
/// nothing can become smaller for ever, and shrinking ends.
/// </summary>
/// <param name="Operations">Operations, those of the setup and of children included.</param>
/// <param name="Actors">Actors.</param>
/// <param name="Parallel">Operations outside the setup: what happens in the setup happens in one order.</param>
/// <param name="Verbs">Verbs that a plainer one could stand for: clone instead of fork, a file instead of none.</param>
/// <param name="Disorder">Pairs of actors whose verbs are not in the order of <see cref="VerbCode"/>.</param>
/// <param name="Numbers">How far numbers are above the least, and actors that are named above A, all added up.</param>
/// <param name="Machine">How far the machine's sizes are from the usual, all added up.</param>
public readonly record struct HistoryMeasure(
    int Operations, int Actors, int Parallel, int Verbs, int Disorder, int Numbers, int Machine)
    : IComparable<HistoryMeasure>
{
    private static readonly MachineSize s_usual = new();

    /// <summary>The measure of a history.</summary>
    public static HistoryMeasure Of(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        int setup = 0;
        int verbs = 0;
        int numbers = 0;
        foreach (SetupStep step in history.Setup)
        {
            setup += step.Operation.Count;
            numbers += step.Actor;
            Add(step.Operation, ref verbs, ref numbers);
        }

        foreach (ImmutableArray<Operation> actor in history.Actors)
        {
            foreach (Operation operation in actor)
            {
                Add(operation, ref verbs, ref numbers);
            }
        }

        int all = history.Count;
        int disorder = DisorderOf(history.Actors);
        return new HistoryMeasure(
            all, history.Actors.Length, all - setup, verbs, disorder, numbers, Distance(history.Machine));
    }

    /// <inheritdoc/>
    public int CompareTo(HistoryMeasure other) =>
        (Operations, Actors, Parallel, Verbs, Disorder, Numbers, Machine).CompareTo(
            (other.Operations, other.Actors, other.Parallel, other.Verbs, other.Disorder, other.Numbers, other.Machine));

    /// <summary>Whether the verbs of one list come after those of another, as words come in a dictionary.</summary>
    internal static bool ComesAfter(ImmutableArray<Operation> list, ImmutableArray<Operation> other) => Compare(list, other) > 0;

    private static int Compare(ImmutableArray<Operation> list, ImmutableArray<Operation> other)
    {
        for (int place = 0; place < list.Length && place < other.Length; place++)
        {
            int order = list[place].Verb.Code.CompareTo(other[place].Verb.Code);
            order = order != 0 ? order : Compare(list[place].Child, other[place].Child);
            if (order != 0)
            {
                return order;
            }
        }

        // Whoever does nothing comes last.
        return list.IsEmpty || other.IsEmpty ? list.IsEmpty.CompareTo(other.IsEmpty) : list.Length.CompareTo(other.Length);
    }

    private static int DisorderOf(ImmutableArray<ImmutableArray<Operation>> actors)
    {
        int disorder = 0;
        for (int actor = 1; actor < actors.Length; actor++)
        {
            for (int before = 0; before < actor; before++)
            {
                disorder += ComesAfter(actors[before], actors[actor]) ? 1 : 0;
            }
        }

        return disorder;
    }

    private static void Add(Operation operation, ref int verbs, ref int numbers)
    {
        verbs += HistoryShrinker.Plainer(operation.Verb) is null ? 0 : 1;
        numbers += operation.Actor + operation.Number - operation.Verb.Least;
        foreach (Operation child in operation.Child)
        {
            Add(child, ref verbs, ref numbers);
        }
    }

    private static int Distance(MachineSize size) =>
        Math.Abs(size.Pages - s_usual.Pages) + Math.Abs(size.Low - s_usual.Low) + Math.Abs(size.Slots - s_usual.Slots)
        + Math.Abs(size.Readahead - s_usual.Readahead) + Math.Abs(size.FilePages - s_usual.FilePages);
}
