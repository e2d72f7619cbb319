using System.Collections.Immutable;
using System.Numerics;
using Variants.Harness.Histories;

namespace Variants.Properties.Campaigns;

/// <summary>
/// What a history is made of: the kinds of operation that occur in it, and whether swap-in reads ahead. A bug needs
/// some of them; histories that fail and are made of different things may show different bugs, and one that is made
/// of more than another has nothing to say beside it.
/// </summary>
/// <param name="Mask">A bit for each verb, by code, and the highest for reading ahead.</param>
internal readonly record struct Ingredients(ulong Mask)
{
    private const ulong ReadsAhead = 1ul << 63;

    /// <summary>How many there are.</summary>
    internal int Count => BitOperations.PopCount(Mask);

    internal static Ingredients Of(History history)
    {
        ulong mask = history.Machine.Readahead > 1 ? ReadsAhead : 0;
        foreach (SetupStep step in history.Setup)
        {
            Add(step.Operation, ref mask);
        }

        foreach (ImmutableArray<Operation> actor in history.Actors)
        {
            Add(actor, ref mask);
        }

        return new Ingredients(mask);
    }

    /// <summary>True if all of these are among <paramref name="others"/>.</summary>
    internal bool AreAmong(Ingredients others) => (Mask & ~others.Mask) == 0;

    private static void Add(ImmutableArray<Operation> operations, ref ulong mask)
    {
        foreach (Operation operation in operations)
        {
            Add(operation, ref mask);
        }
    }

    private static void Add(Operation operation, ref ulong mask)
    {
        mask |= 1ul << (int)operation.Verb.Code;
        Add(operation.Child, ref mask);
    }
}
