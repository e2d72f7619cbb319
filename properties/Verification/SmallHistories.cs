using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Generation;

namespace Variants.Properties.Verification;

/// <summary>
/// Every history of a family up to a size, the smallest first, and of those that differ only in the names of actors or
/// of the two pages that a process begins with, one.
/// </summary>
/// <remarks>
/// Of one size, those with the longest setup come first: they have the fewest interleavings, and what they find need not
/// be looked for in the others. What cannot make a difference is left out: operations after
/// an exit, a failalloc that no allocation of the task can follow, accesses to pages that the process itself has not
/// mapped, mappings at the fourth page before the third is used. Numbers are the least two that an operation takes
/// (reclaim 1 and 2), but that the first, second or third allocation can fail, and truncate cuts the file to nothing.
/// <para>Renaming is not quite neutral: kernels scan pages and processes in some order. Of each class the history
/// that comes first in the alphabet of its operations is run.</para>
/// </remarks>
public static class SmallHistories
{
    /// <summary>All histories of the scope on <paramref name="machine"/>, always in the same order.</summary>
    public static IEnumerable<History> Of(Family family, Scope scope, MachineSize machine)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(scope);
        return Enumerable.Range(1, scope.Operations).SelectMany(size =>
            Enumerable.Range(0, MostParallel(scope, size) + 1).SelectMany(parallel => Of(family, scope, machine, size, parallel)));
    }

    /// <summary>Those of one size and of so many operations outside the setup: they follow each other among all.</summary>
    internal static IEnumerable<History> Of(Family family, Scope scope, MachineSize machine, int size, int parallel)
    {
        var alphabet = new Alphabet(family);
        return Enumerable.Range(1, Math.Min(scope.Actors, family.MostActors))
            .SelectMany(count => OfShape(alphabet, family, machine, size - parallel, parallel, count));
    }

    /// <summary>The most operations outside the setup of histories of a size.</summary>
    internal static int MostParallel(Scope scope, int size) => Math.Min(size, scope.Parallel ?? size);

    private static IEnumerable<History> OfShape(Alphabet alphabet, Family family, MachineSize machine, int setup, int parallel, int actors)
    {
        ImmutableArray<Scene> scenes = [.. Enumerable.Range(0, actors).Select(actor => new Scene(actor, actors))];
        return
            from begun in Setups(alphabet, scenes, setup)
            from lists in Lists(alphabet, begun.Scenes, parallel, [])
            let history = new History(family.Name, machine, begun.Steps, lists)
            where MakesSense(history) && Symmetry.IsFirst(history)
            select history;
    }

    private static IEnumerable<(ImmutableArray<SetupStep> Steps, ImmutableArray<Scene> Scenes)> Setups(
        Alphabet alphabet, ImmutableArray<Scene> scenes, int count)
    {
        if (count == 0)
        {
            yield return ([], scenes);
            yield break;
        }

        for (int actor = 0; actor < scenes.Length; actor++)
        {
            foreach (Operation first in alphabet.Operations(scenes[actor], count))
            {
                foreach ((ImmutableArray<SetupStep> rest, ImmutableArray<Scene> after) in
                    Setups(alphabet, After(scenes, actor, first), count - first.Count))
                {
                    yield return (rest.Insert(0, new SetupStep(actor, first)), after);
                }
            }
        }
    }

    private static ImmutableArray<Scene> After(ImmutableArray<Scene> scenes, int actor, Operation operation)
    {
        Scene done = scenes[actor].After(operation);
        return [.. scenes.Select((scene, other) => other == actor ? done : scene with { ChildrenLeft = done.ChildrenLeft })];
    }

    private static IEnumerable<ImmutableArray<ImmutableArray<Operation>>> Lists(
        Alphabet alphabet, ImmutableArray<Scene> scenes, int count, ImmutableArray<ImmutableArray<Operation>> before)
    {
        int actor = before.Length;
        if (actor == scenes.Length)
        {
            if (count == 0)
            {
                yield return before;
            }

            yield break;
        }

        // The last actor does all that is left.
        int least = actor == scenes.Length - 1 ? count : 0;
        for (int own = least; own <= count; own++)
        {
            foreach (ImmutableArray<Operation> list in alphabet.Lists(scenes[actor].AfterOthers(before), own))
            {
                foreach (ImmutableArray<ImmutableArray<Operation>> all in Lists(alphabet, scenes, count - own, before.Add(list)))
                {
                    yield return all;
                }
            }
        }
    }

    /// <summary>Every actor takes part, and whoever lets an allocation fail does something afterwards.</summary>
    private static bool MakesSense(History history)
    {
        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            Operation? last = history.Actors[actor].IsEmpty
                ? history.Setup.LastOrDefault(step => step.Actor == actor)?.Operation
                : history.Actors[actor][^1];
            if (last is null || last.Verb.Code == VerbCode.FailAlloc)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The operations of a family, as few of each as say something different.</summary>
    private sealed class Alphabet(Family family)
    {
        private readonly ImmutableArray<Verb> _verbs =
            [.. family.Verbs.Where(verb => verb.Weight > 0).Select(verb => verb.Verb).OrderBy(verb => verb.Code)];

        /// <summary>What a process may do next, its children's operations included in the count.</summary>
        internal IEnumerable<Operation> Operations(Scene scene, int most)
        {
            if (scene.HasExited)
            {
                yield break;
            }

            foreach (Verb verb in _verbs)
            {
                if (verb.HasChild)
                {
                    for (int size = 0; scene.MayMakeChild && size < most; size++)
                    {
                        foreach (ImmutableArray<Operation> child in Lists(scene.ForChild, size))
                        {
                            yield return new Operation(verb, child);
                        }
                    }

                    continue;
                }

                foreach (int number in Numbers(verb, scene))
                {
                    for (int actor = 0; actor < (verb.TakesActor ? scene.Actors : 1); actor++)
                    {
                        if (!verb.TakesActor || actor != scene.Actor || scene.Depth > 0)
                        {
                            yield return new Operation(verb, number, actor);
                        }
                    }
                }
            }
        }

        /// <summary>Every list of so many operations, children's included.</summary>
        internal IEnumerable<ImmutableArray<Operation>> Lists(Scene scene, int count)
        {
            if (count == 0)
            {
                yield return [];
                yield break;
            }

            foreach (Operation first in Operations(scene, count))
            {
                if (first.Verb.Code == VerbCode.FailAlloc && count == 1)
                {
                    continue;
                }

                foreach (ImmutableArray<Operation> rest in Lists(scene.After(first), count - first.Count))
                {
                    yield return rest.Insert(0, first);
                }
            }
        }

        private static IEnumerable<int> Numbers(Verb verb, Scene scene)
        {
            if (!verb.TakesNumber)
            {
                return [0];
            }

            int mappable = (scene.Mapped >> 2 & 1) != 0 ? Machine.Addresses : Machine.Addresses - 1;
            return verb.Code switch
            {
                VerbCode.MapAnonymous or VerbCode.MapFile => Enumerable.Range(0, mappable),
                VerbCode.MapAnonymousPair => Enumerable.Range(0, Machine.Addresses - 1),
                VerbCode.UnmapPair => Scene.Addresses(scene.Mapped & (scene.Mapped >> 1)),
                VerbCode.Peek => [0, 1],
                VerbCode.Truncate => [0],
                VerbCode.FailAlloc => [1, 2, 3],
                _ when verb.Argument == "page" => Scene.Addresses(scene.Mapped),
                _ => [verb.Least, verb.Least + 1],
            };
        }
    }
}
