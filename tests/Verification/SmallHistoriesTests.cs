using Variants.Families;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Verification;
using Variants.Tests.Campaigns;

namespace Variants.Tests.Verification;

public sealed class SmallHistoriesTests
{
    [Fact]
    public void All_histories_of_two_operations_are_there_once()
    {
        Family family = FakeKernel.Contender(machine => new CorrectKernel(machine), Verbs.SwapOff, Verbs.SwapOn).Family;

        string[] histories = [.. SmallHistories.Of(family, new Scope(2, 2), new MachineSize()).Select(Short)];

        Assert.Equal(
            [
                "setup A off; A", "setup A on; A", "A off", "A on",
                "setup A off A off; A", "setup A off A on; A", "setup A on A off; A", "setup A on A on; A",
                "setup A off B off; A B", "setup A off B on; A B", "setup A on B off; A B", "setup A on B on; A B",
                "setup A off; A off", "setup A off; A on", "setup A on; A off", "setup A on; A on",
                "setup A off; A B off", "setup A off; A B on", "setup A on; A B off", "setup A on; A B on",
                "A off off", "A off on", "A on off", "A on on",
                "A off B off", "A off B on", "A on B on",
            ],
            histories);
    }

    [Fact]
    public void No_history_of_a_family_is_another_one_with_other_names()
    {
        foreach (Family family in FamilyList.All)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            int last = 0;
            foreach (History history in SmallHistories.Of(family, new Scope(2, 2), new MachineSize()))
            {
                Assert.True(history.Count >= last, "the smallest come first");
                last = history.Count;
                Assert.True(seen.Add(HistoryText.Print(history)), $"twice: {history}");
                if (history.Actors.Length == 2 && !HasPeek(history))
                {
                    History swapped = history with
                    {
                        Setup = [.. history.Setup.Select(step => step with { Actor = 1 - step.Actor })],
                        Actors = [history.Actors[1], history.Actors[0]],
                    };
                    Assert.True(swapped.Equals(history) || !seen.Contains(HistoryText.Print(swapped)), $"renamed: {history}");
                }
            }
        }
    }

    [Fact]
    public void Those_of_one_size_and_so_many_side_by_side_follow_each_other()
    {
        foreach (Family family in FamilyList.All)
        {
            Scope scope = new(2, 2);
            Assert.Equal(
                SmallHistories.Of(family, scope, MachineSize.Tight),
                new[] { (1, 0), (1, 1), (2, 0), (2, 1), (2, 2) }.SelectMany(rung => SmallHistories.Of(family, scope, MachineSize.Tight, rung.Item1, rung.Item2)));
        }
    }

    private static bool HasPeek(History history) =>
        history.Setup.Any(step => step.Operation.Verb.TakesActor) || history.Actors.Any(actor => actor.Any(operation => operation.Verb.TakesActor));

    private static string Short(History history)
    {
        string setup = history.Setup.IsEmpty
            ? ""
            : $"setup {string.Join(' ', history.Setup.Select(step => $"{History.NameOf(step.Actor)} {step.Operation}"))}; ";
        string actors = string.Join(' ', history.Actors.Select(
            (actor, index) => string.Join(' ', actor.Select(operation => operation.ToString()).Prepend(History.NameOf(index)))));
        return (setup + actors).Replace("swap", "", StringComparison.Ordinal);
    }
}
