using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Generation;

/// <summary>
/// Smaller histories, in FsCheck's way: each candidate is one cut or one simplification away, the boldest come first,
/// and each is smaller by <see cref="HistoryMeasure"/>. What is legal stays legal.
/// </summary>
public static class HistoryShrinker
{
    private static readonly MachineSize s_usual = new();

    /// <summary>
    /// The candidates of <paramref name="history"/>, without doubles. With a <paramref name="family"/>, a plainer
    /// verb takes the place of another only if the family has it.
    /// </summary>
    public static IEnumerable<History> Shrink(History history, Family? family = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        Predicate<Verb> allows = family is null ? _ => true : verb => family.Verbs.Any(weighted => weighted.Verb == verb);
        return Candidates(history, allows).Distinct();
    }

    /// <summary>The verb that says less in its place, if there is one.</summary>
    internal static Verb? Plainer(Verb verb) => verb.Code switch
    {
        VerbCode.ForkSamePid or VerbCode.Clone => Verbs.Fork,
        VerbCode.MapFile => Verbs.MapAnonymous,
        _ => null,
    };

    private static IEnumerable<History> Candidates(History history, Predicate<Verb> allows)
    {
        IEnumerable<History>[] bySort =
        [
            WithoutAnActor(history),
            WithTwoActorsInOne(history),
            WithoutTheSetup(history),
            WithAnIdleActor(history),
            WithFewerOperations(history),
            WithALongerSetup(history),
            WithOneAddress(history),
            WithSimplerOperations(history, allows),
            WithSetupByAnother(history),
            WithTwoActorsSwapped(history),
            SimplerMachines(history.Machine).Select(machine => history with { Machine = machine }),
        ];
        return bySort.SelectMany(candidates => candidates);
    }

    private static IEnumerable<History> WithoutAnActor(History history)
    {
        for (int actor = 0; history.Actors.Length > 1 && actor < history.Actors.Length; actor++)
        {
            yield return Without(history, actor);
        }
    }

    /// <summary>Those after the actor move up by one letter; whatever was done to it is not done.</summary>
    private static History Without(History history, int gone)
    {
        return Renamed(
            history with
            {
                Setup = [.. history.Setup.Where(step => step.Actor != gone).SelectMany(
                    step => Kept([step.Operation]).Select(operation => step with { Operation = operation }))],
                Actors = [.. history.Actors.RemoveAt(gone).Select(Kept)],
            },
            actor => actor > gone ? actor - 1 : actor);

        ImmutableArray<Operation> Kept(ImmutableArray<Operation> operations) =>
        [
            .. operations.Where(operation => !operation.Verb.TakesActor || operation.Actor != gone)
                .Select(operation => operation with { Child = Kept(operation.Child) }),
        ];
    }

    /// <summary>What two processes did side by side, one does, one thing after the other.</summary>
    private static IEnumerable<History> WithTwoActorsInOne(History history)
    {
        for (int gone = 1; gone < history.Actors.Length; gone++)
        {
            for (int heir = 0; heir < gone; heir++)
            {
                ImmutableArray<Operation> first = history.Actors[heir];
                ImmutableArray<Operation> second = history.Actors[gone];
                yield return Inherited(gone, heir, first.AddRange(second));
                yield return Inherited(gone, heir, second.AddRange(first));
            }
        }

        History Inherited(int gone, int heir, ImmutableArray<Operation> operations) => Renamed(
            history with { Actors = history.Actors.SetItem(heir, operations).RemoveAt(gone) },
            actor => actor == gone ? heir : actor > gone ? actor - 1 : actor);
    }

    /// <summary>The same in another order of letters, so that equal histories look alike.</summary>
    private static IEnumerable<History> WithTwoActorsSwapped(History history)
    {
        for (int actor = 0; actor + 1 < history.Actors.Length; actor++)
        {
            ImmutableArray<Operation> first = history.Actors[actor];
            ImmutableArray<Operation> second = history.Actors[actor + 1];
            if (HistoryMeasure.ComesAfter(first, second))
            {
                yield return Renamed(
                    history with { Actors = history.Actors.SetItem(actor, second).SetItem(actor + 1, first) },
                    other => other == actor ? actor + 1 : other == actor + 1 ? actor : other);
            }
        }
    }

    /// <summary>Setup steps and operations that name an actor follow it to its new place.</summary>
    private static History Renamed(History history, Func<int, int> rename)
    {
        return history with
        {
            Setup = [.. history.Setup.Select(step => new SetupStep(rename(step.Actor), RenamedOperation(step.Operation)))],
            Actors = [.. history.Actors.Select(RenamedOperations)],
        };

        ImmutableArray<Operation> RenamedOperations(ImmutableArray<Operation> operations) =>
            [.. operations.Select(RenamedOperation)];

        Operation RenamedOperation(Operation operation) => operation with
        {
            Actor = operation.Verb.TakesActor ? rename(operation.Actor) : operation.Actor,
            Child = RenamedOperations(operation.Child),
        };
    }

    private static IEnumerable<History> WithoutTheSetup(History history)
    {
        if (history.Setup.Length > 1)
        {
            yield return history with { Setup = [] };
        }
    }

    /// <summary>The process stays, with what the setup has done to it.</summary>
    private static IEnumerable<History> WithAnIdleActor(History history)
    {
        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            if (history.Actors[actor].Length > 1)
            {
                yield return history with { Actors = history.Actors.SetItem(actor, []) };
            }
        }
    }

    private static IEnumerable<History> WithFewerOperations(History history)
    {
        for (int step = 0; step < history.Setup.Length; step++)
        {
            int actor = history.Setup[step].Actor;
            foreach (ImmutableArray<Operation> instead in FewerInstead(history.Setup[step].Operation))
            {
                IEnumerable<SetupStep> steps = instead.Select(operation => new SetupStep(actor, operation));
                yield return history with { Setup = history.Setup.RemoveAt(step).InsertRange(step, steps) };
            }
        }

        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            foreach (ImmutableArray<Operation> fewer in Fewer(history.Actors[actor]))
            {
                yield return history with { Actors = history.Actors.SetItem(actor, fewer) };
            }
        }
    }

    private static IEnumerable<ImmutableArray<Operation>> Fewer(ImmutableArray<Operation> operations)
    {
        for (int place = 0; place < operations.Length; place++)
        {
            foreach (ImmutableArray<Operation> instead in FewerInstead(operations[place]))
            {
                yield return [.. operations[..place], .. instead, .. operations[(place + 1)..]];
            }
        }
    }

    /// <summary>Nothing, or what the child does without the child, or a child that does less.</summary>
    private static IEnumerable<ImmutableArray<Operation>> FewerInstead(Operation operation)
    {
        yield return [];
        if (operation.Child.IsEmpty)
        {
            yield break;
        }

        yield return operation.Child;
        if (operation.Child.Length > 1)
        {
            yield return [operation with { Child = [] }];
        }

        foreach (ImmutableArray<Operation> fewer in Fewer(operation.Child))
        {
            yield return [operation with { Child = fewer }];
        }
    }

    /// <summary>An actor's first operation happens before all that runs side by side.</summary>
    private static IEnumerable<History> WithALongerSetup(History history)
    {
        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            ImmutableArray<Operation> operations = history.Actors[actor];
            if (!operations.IsEmpty)
            {
                yield return history with
                {
                    Setup = history.Setup.Add(new SetupStep(actor, operations[0])),
                    Actors = history.Actors.SetItem(actor, operations.RemoveAt(0)),
                };
            }
        }
    }

    /// <summary>All that is done at one address is done at a lower one.</summary>
    private static IEnumerable<History> WithOneAddress(History history)
    {
        for (int from = Machine.Addresses - 1; from > 0; from--)
        {
            for (int to = 0; to < from; to++)
            {
                History moved = history with
                {
                    Setup = [.. history.Setup.Select(step => step with { Operation = Moved([step.Operation], from, to)[0] })],
                    Actors = [.. history.Actors.Select(actor => Moved(actor, from, to))],
                };
                if (!moved.Equals(history))
                {
                    yield return moved;
                }
            }
        }
    }

    private static ImmutableArray<Operation> Moved(ImmutableArray<Operation> operations, int from, int to) =>
    [
        .. operations.Select(operation => operation with
        {
            Number = operation.Verb.Argument == "page" && operation.Number == from ? to : operation.Number,
            Child = Moved(operation.Child, from, to),
        }),
    ];

    private static IEnumerable<History> WithSimplerOperations(History history, Predicate<Verb> allows)
    {
        for (int place = 0; place < history.Setup.Length; place++)
        {
            SetupStep step = history.Setup[place];
            foreach (Operation simpler in Simpler(step.Operation, allows))
            {
                yield return history with { Setup = history.Setup.SetItem(place, step with { Operation = simpler }) };
            }
        }

        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            foreach (ImmutableArray<Operation> simpler in Simpler(history.Actors[actor], allows))
            {
                yield return history with { Actors = history.Actors.SetItem(actor, simpler) };
            }
        }
    }

    private static IEnumerable<ImmutableArray<Operation>> Simpler(ImmutableArray<Operation> operations, Predicate<Verb> allows)
    {
        for (int place = 0; place < operations.Length; place++)
        {
            foreach (Operation simpler in Simpler(operations[place], allows))
            {
                yield return operations.SetItem(place, simpler);
            }
        }
    }

    /// <summary>As many operations, that say less.</summary>
    private static IEnumerable<Operation> Simpler(Operation operation, Predicate<Verb> allows)
    {
        if (Plainer(operation.Verb) is { } plainer && allows(plainer))
        {
            yield return operation with { Verb = plainer };
        }

        foreach (int number in Towards(operation.Number, operation.Verb.Least))
        {
            yield return operation with { Number = number };
        }

        foreach (int actor in Towards(operation.Actor, 0))
        {
            yield return operation with { Actor = actor };
        }

        foreach (ImmutableArray<Operation> child in Simpler(operation.Child, allows))
        {
            yield return operation with { Child = child };
        }
    }

    /// <summary>An actor that only reclaims, say, is not needed if another can do it.</summary>
    private static IEnumerable<History> WithSetupByAnother(History history)
    {
        for (int place = 0; place < history.Setup.Length; place++)
        {
            SetupStep step = history.Setup[place];
            for (int actor = 0; actor < step.Actor; actor++)
            {
                yield return history with { Setup = history.Setup.SetItem(place, step with { Actor = actor }) };
            }
        }
    }

    private static IEnumerable<MachineSize> SimplerMachines(MachineSize size)
    {
        if (size != s_usual)
        {
            yield return s_usual;
        }

        foreach (int pages in Towards(size.Pages, s_usual.Pages).Where(pages => pages > size.Low))
        {
            yield return size with { Pages = pages };
        }

        foreach (int low in Towards(size.Low, s_usual.Low))
        {
            yield return size with { Low = low };
        }

        foreach (int slots in Towards(size.Slots, s_usual.Slots))
        {
            yield return size with { Slots = slots };
        }

        foreach (int readahead in Towards(size.Readahead, s_usual.Readahead))
        {
            yield return size with { Readahead = readahead };
        }

        foreach (int file in Towards(size.FilePages, s_usual.FilePages))
        {
            yield return size with { FilePages = file };
        }
    }

    /// <summary>All the way, half the way, one step.</summary>
    private static IEnumerable<int> Towards(int number, int aim)
    {
        if (number == aim)
        {
            yield break;
        }

        yield return aim;
        int half = aim + ((number - aim) / 2);
        if (half != aim && half != number)
        {
            yield return half;
        }

        int step = number - Math.Sign(number - aim);
        if (step != aim && step != half)
        {
            yield return step;
        }
    }
}
