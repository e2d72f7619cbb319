using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Tests.Campaigns;

/// <summary>Whether a design has a bug, asked of the bug's smallest history. The schedules are the same every time.</summary>
internal static class BugSearch
{
    /// <summary>Schedules tried where nothing else is said, by the strategies of the hunt in turn.</summary>
    private const int Tries = 20_000;

    /// <summary>The bug of <paramref name="family"/> that has the name.</summary>
    internal static KnownBug Bug(this Family family, string name) => family.Bugs.Single(bug => bug.Name == name);

    /// <summary>Those bugs that somebody has found.</summary>
    internal static IEnumerable<KnownBug> FoundBugs(this Family family) => family.Bugs.Where(bug => bug.History is not null);

    /// <summary>
    /// True if an execution on <paramref name="variant"/> breaks the promise that the bug breaks; or any, if
    /// <paramref name="anyPromise"/>. A bug that has its schedule with it is replayed instead.
    /// </summary>
    internal static bool Has(this Family family, string variant, KnownBug bug, int tries = Tries, bool anyPromise = false)
    {
        TestBed bed = new(new Contender(family, family.Variants.Single(one => one.ShortName == variant)));
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(bug.History!);
        Strategy[] strategies = schedule.IsEmpty ? [.. BugHunt.Strategies.Select(KnownStrategies.Create)] : [new Replay(schedule)];
        for (int index = 0; index < (schedule.IsEmpty ? tries : 1); index++)
        {
            Strategy strategy = strategies[index % strategies.Length];
            strategy.Begin((ulong)index + 1, 100);
            Failure? failure = bed.Run(history, strategy);
            if (failure is not null && (anyPromise || PropertyList.BrokenBy(failure).Name == bug.Property))
            {
                return true;
            }
        }

        return false;
    }
}
