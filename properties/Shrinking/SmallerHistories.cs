using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Generation;

namespace Variants.Properties.Shrinking;

/// <summary>The smaller histories that are tried in place of one, in which order.</summary>
internal static class SmallerHistories
{
    /// <summary>
    /// What <see cref="HistoryShrinker"/> offers, and each child as an actor of its own, which saves the fork. Those
    /// with the fewest operations come first: to rearrange operations that are not needed only ties them together.
    /// </summary>
    internal static IEnumerable<History> Of(History history, Family family) =>
        HistoryShrinker.Shrink(history, family).Concat(WithAChildOnItsOwn(history)).OrderBy(smaller => smaller.Count);

    private static IEnumerable<History> WithAChildOnItsOwn(History history)
    {
        if (history.Actors.Length == History.MaxActors)
        {
            yield break;
        }

        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            ImmutableArray<Operation> operations = history.Actors[actor];
            for (int place = 0; place < operations.Length; place++)
            {
                if (!operations[place].Child.IsEmpty)
                {
                    yield return history with
                    {
                        Actors = history.Actors.SetItem(actor, operations.RemoveAt(place)).Add(operations[place].Child),
                    };
                }
            }
        }
    }
}
