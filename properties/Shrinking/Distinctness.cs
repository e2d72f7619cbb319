using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Properties.Shrinking;

/// <summary>Which counterexamples say something that no smaller one says.</summary>
internal static class Distinctness
{
    /// <summary>A reader looks at few.</summary>
    private const int Most = 4;

    /// <summary>
    /// The smallest first, and of those that do the same operations, in whatever order and to whatever pages, only the
    /// smallest: they are nearly always the same bug.
    /// </summary>
    internal static ImmutableArray<Counterexample> Smallest(IEnumerable<Counterexample> counterexamples) =>
    [
        .. counterexamples
            .OrderBy(Measured)
            .DistinctBy(one => VerbsOf(one.History))
            .Take(Most),
    ];

    /// <summary>True if one of those known does the same operations, and is as simple or simpler.</summary>
    internal static bool IsNoBetter(FailingExecution failing, IReadOnlyList<Counterexample> known)
    {
        string verbs = VerbsOf(failing.History);
        return known.Any(one => VerbsOf(one.History) == verbs && Measured(one).CompareTo(failing) <= 0);
    }

    private static FailingExecution Measured(Counterexample one) =>
        new(one.History, one.Schedule, one.Preemptions, one.Schedule.Count(choice => choice != 0) - one.Preemptions, one.Failure);

    /// <summary>The verbs of a history, setup and children included, sorted.</summary>
    private static string VerbsOf(History history)
    {
        var verbs = new List<string>();
        AddVerbs(history.Setup.Select(step => step.Operation));
        foreach (ImmutableArray<Operation> actor in history.Actors)
        {
            AddVerbs(actor);
        }

        verbs.Sort(StringComparer.Ordinal);
        return string.Join(' ', verbs);

        void AddVerbs(IEnumerable<Operation> operations)
        {
            foreach (Operation operation in operations)
            {
                verbs.Add(operation.Verb.Name);
                AddVerbs(operation.Child);
            }
        }
    }
}
