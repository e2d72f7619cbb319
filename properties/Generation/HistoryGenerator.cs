using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Generation;

/// <summary>
/// Random histories of a family. They are small, because nearly all that goes wrong goes wrong in small histories,
/// and everything in them is scarce (pages, slots, addresses), so that the same page, slot and address come again.
/// Every history of these sizes can come: bugs that are known make none of the others impossible.
/// </summary>
public static class HistoryGenerator
{
    private const int MostSetup = 4;
    private const int LongestActor = 4;

    /// <summary>The sizes here are not FsCheck's to choose; it asks for one all the same.</summary>
    private const int AnySize = 1;

    private static readonly ConditionalWeakTable<Family, Gen<History>> s_generators = [];

    private static readonly Gen<int> s_actors = Gen.Elements(1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4);
    private static readonly Gen<int> s_length = Gen.Frequency((1, Gen.Constant(0)), (30, Gen.Elements(1, 2, 2, 3, 3, 4)));
    private static readonly Gen<int> s_threads = Gen.Elements(0, 1, 1, 1, 2, 2);
    private static readonly Gen<int> s_threadLength = Gen.Elements(1, 1, 2, 2, 3);
    private static readonly Gen<int> s_aFew = Gen.Choose(0, 1);
    private static readonly Gen<bool> s_even = Gen.Elements(false, true);

    /// <summary>Random histories of <paramref name="family"/>.</summary>
    public static Gen<History> For(Family family)
    {
        ArgumentNullException.ThrowIfNull(family);
        return s_generators.GetValue(family, Build);
    }

    /// <summary>
    /// History number <paramref name="index"/> of all those that follow from <paramref name="seed"/>: a function of
    /// its arguments, on every machine and thread.
    /// </summary>
    public static History Generate(Family family, ulong seed, int index) =>
        For(family).Sample(1, new Rnd(Mix(Mix(seed) + (ulong)index)), AnySize)[0];

    /// <summary>Random histories of <paramref name="family"/> that FsCheck can also shrink.</summary>
    public static Arbitrary<History> Arbitrary(Family family) =>
        Arb.From(For(family), history => HistoryShrinker.Shrink(history, family));

    private static Gen<History> Build(Family family)
    {
        OperationGenerator operations = new(family);
        return
            from machine in MachineOf(family.Machines)
            from drawn in s_actors
            let actors = Math.Min(drawn, family.MostActors)
            from begun in family.BeginsDirty ? Dirty(operations, actors) : Setup(operations, actors, family.BeginsReclaimed)
            from setup in family.DuelsOfThreads ? WithAPageInMemory(operations, actors, begun) : Gen.Constant(begun)
            from administrator in Administrator(operations, actors, family)
            from openings in family.BeginsWithThreads ? Threads(operations, actors, setup) : Openings(operations, actors, setup, family.DuelsOfThreads)
            from lists in Actors(operations, actors, setup, administrator, openings, family.BeginsWithThreads, [])
            select new History(family.Name, machine, setup, lists);
    }

    private static Gen<MachineSize> MachineOf(MachineRange range) =>
        from pages in Gen.Frequency((9, Gen.Choose(range.LeastPages, range.MostPages)), (1, Gen.Constant(range.TightPages)))
        from low in Gen.Choose(0, range.MostLow)
        from slots in Gen.Choose(range.LeastSlots, range.MostSlots)
        from readahead in Gen.Choose(1, range.MostReadahead)
        select new MachineSize(pages, low, slots, readahead);

    /// <summary>Nothing, or pages swapped out, or anything.</summary>
    private static Gen<ImmutableArray<SetupStep>> Setup(OperationGenerator operations, int actors, bool beginsReclaimed)
    {
        Gen<ImmutableArray<SetupStep>> anything =
            Gen.Choose(0, MostSetup).SelectMany(length => Anything(operations, actors, length, []));
        return beginsReclaimed && operations.Has(Verbs.Write, Verbs.Reclaim)
            ? Gen.Frequency((3, SwappedOut(operations, actors)), (1, anything))
            : anything;
    }

    /// <summary>
    /// Mostly: everybody stores to all that he may, or much of it, in no order, so that neighbours in virtual memory are none
    /// in physical memory; then a few pages are reclaimed at a time.
    /// </summary>
    private static Gen<ImmutableArray<SetupStep>> Dirty(OperationGenerator operations, int actors)
    {
        (int Actor, int Address)[] all =
            [.. from actor in Enumerable.Range(0, actors) from address in Enumerable.Range(0, Machine.Addresses) select (actor, address)];
        Gen<ImmutableArray<SetupStep>> dirty =
            from shuffled in Gen.Shuffle(all)
            from left in Gen.Choose(0, all.Length / 2)
            from rounds in Gen.Choose(0, 3)
            from reclaims in Reclaim(actors).ListOf(rounds)
            select ImmutableArray.CreateRange(shuffled.SkipLast(left).SelectMany(Store).Concat(reclaims));
        return operations.Has(Verbs.Write, Verbs.MapAnonymous, Verbs.Reclaim)
            ? Gen.Frequency((3, dirty), (1, Setup(operations, actors, beginsReclaimed: true)))
            : Setup(operations, actors, beginsReclaimed: true);
    }

    private static IEnumerable<SetupStep> Store((int Actor, int Address) page)
    {
        if (page.Address >= Scene.MappedAddresses)
        {
            yield return new SetupStep(page.Actor, new Operation(Verbs.MapAnonymous, page.Address));
        }

        yield return new SetupStep(page.Actor, new Operation(Verbs.Write, page.Address));
    }

    private static Gen<SetupStep> Reclaim(int actors) =>
        from actor in OperationGenerator.AnActor(actors)
        from pages in Gen.Choose(2, Verbs.Reclaim.Most)
        select new SetupStep(actor, new Operation(Verbs.Reclaim, pages));

    /// <summary>One or two pages are written and reclaimed; at times, something else follows.</summary>
    private static Gen<ImmutableArray<SetupStep>> SwappedOut(OperationGenerator operations, int actors) =>
        from first in Touch(operations, actors)
        from second in Touch(operations, actors)
        from both in s_even
        let touched = both && first.Length + second.Length < MostSetup ? first.AddRange(second) : first
        from actor in OperationGenerator.AnActor(actors)
        from pages in Gen.Choose(both ? 2 : 1, Verbs.Reclaim.Most)
        let setup = touched.Add(new SetupStep(actor, new Operation(Verbs.Reclaim, pages)))
        from more in s_even
        from all in Anything(operations, actors, more ? Math.Min(setup.Length + 1, MostSetup) : 0, setup)
        select all;

    /// <summary>Somebody has written last, so that his page is in memory, if there is room for it.</summary>
    private static Gen<ImmutableArray<SetupStep>> WithAPageInMemory(
        OperationGenerator operations, int actors, ImmutableArray<SetupStep> setup) =>
        from too in s_even
        from touch in Touch(operations, actors)
        select too && setup.Length + touch.Length <= MostSetup ? setup.AddRange(touch) : setup;

    /// <summary>Somebody writes to a page, which may have to be mapped first.</summary>
    private static Gen<ImmutableArray<SetupStep>> Touch(OperationGenerator operations, int actors)
    {
        ImmutableArray<ImmutableArray<Verb>> ways =
            [[Verbs.Write], [Verbs.MapFile, Verbs.Write], [Verbs.MapAnonymous, Verbs.Write]];
        int[] weights = [7, 2, 1];
        var possible = ways.Zip(weights)
            .Where(way => operations.Has(way.First))
            .Select(way => (way.Second, Gen.Constant(way.First)));
        return
            from actor in OperationGenerator.AnActor(actors)
            from way in Gen.Frequency(possible)
            from phrase in operations.Idiom(way, new Scene(actor, actors))
            select Steps(actor, phrase);
    }

    private static Gen<ImmutableArray<SetupStep>> Anything(
        OperationGenerator operations, int actors, int length, ImmutableArray<SetupStep> before) =>
        length <= before.Length
            ? Gen.Constant(before)
            : from actor in OperationGenerator.AnActor(actors)
              from phrase in operations.Phrase(Scene.After(before, actor, actors), length - before.Length)
              let missing = phrase.IsEmpty ? 1 : 0
              from all in Anything(operations, actors, length - missing, before.AddRange(Steps(actor, phrase)))
              select all;

    private static ImmutableArray<SetupStep> Steps(int actor, ImmutableArray<Operation> phrase) =>
        [.. phrase.Select(operation => new SetupStep(actor, operation))];

    /// <summary>Who removes the swap area while the others go on; -1 if nobody need do it, or it is not the question.</summary>
    private static Gen<int> Administrator(OperationGenerator operations, int actors, Family family) =>
        family.HasAdministrator && operations.Has(Verbs.SwapOff)
            ? Gen.Frequency((3, Gen.Constant(-1)), (1, OperationGenerator.AnActor(actors)))
            : Gen.Constant(-1);

    /// <summary>
    /// What each actor begins with: mostly nothing; at times two of them go for one page, which the setup has touched,
    /// at the same time.
    /// </summary>
    private static Gen<ImmutableArray<ImmutableArray<Operation>>> Openings(
        OperationGenerator operations, int actors, ImmutableArray<SetupStep> setup, bool ofThreads)
    {
        Gen<ImmutableArray<ImmutableArray<Operation>>> none = Gen.Constant(Nothing(actors));
        SetupStep[] touched = [.. setup.Where(step => step.Operation.Verb == Verbs.Write)];
        return actors < 2 || touched.Length == 0 || !operations.Has(Verbs.Read)
            ? none
            : Gen.Frequency((ofThreads ? 1 : 3, none), (1, Gen.Elements(touched).SelectMany(step => Duel(operations, actors, step, ofThreads))));
    }

    /// <summary>The first actor makes threads, and goes on beside them; the others begin with nothing.</summary>
    private static Gen<ImmutableArray<ImmutableArray<Operation>>> Threads(
        OperationGenerator operations, int actors, ImmutableArray<SetupStep> setup)
    {
        Scene scene = Scene.After(setup, 0, actors);
        Gen<ImmutableArray<Operation>> apart = s_threads.SelectMany(threads => Threads(operations, scene, threads, []));
        int[] touched = [.. setup.Where(step => step.Actor == 0 && step.Operation.Verb == Verbs.Write).Select(step => step.Operation.Number)];
        Gen<ImmutableArray<Operation>> opening = touched.Length == 0 || scene.HasExited
            ? apart
            : Gen.Frequency((2, apart), (1, Gen.Elements(touched).SelectMany(address => Crowd(operations, scene, address))));
        return opening.Select(operations => Nothing(actors).SetItem(0, operations));
    }

    /// <summary>Two threads and the one that made them all go for one page, which the setup has touched.</summary>
    private static Gen<ImmutableArray<Operation>> Crowd(OperationGenerator operations, Scene scene, int address) =>
        from first in ThreadAbout(operations, scene, address)
        let afterFirst = scene.After(first)
        from second in ThreadAbout(operations, afterFirst, address)
        from length in s_threadLength
        from all in operations.AboutPage(address, afterFirst.After(second), first.Length + second.Length + length, first.AddRange(second))
        select all;

    private static Gen<ImmutableArray<Operation>> ThreadAbout(OperationGenerator operations, Scene scene, int address) =>
        scene.MayMakeChild
            ? from length in s_threadLength
              from child in operations.AboutPage(address, scene.ForChild, length, [])
              select ImmutableArray.Create(new Operation(Verbs.Clone, child))
            : Gen.Constant(ImmutableArray<Operation>.Empty);

    private static Gen<ImmutableArray<Operation>> Threads(
        OperationGenerator operations, Scene scene, int threads, ImmutableArray<Operation> before) =>
        before.Length == threads || scene.HasExited || !scene.MayMakeChild
            ? Gen.Constant(before)
            : from length in s_threadLength
              from child in operations.List(scene.ForChild, length, [])
              let thread = new Operation(Verbs.Clone, child)
              from all in Threads(operations, scene.After(thread), threads, before.Add(thread))
              select all;

    /// <summary>The owner of a page uses it, itself or through a child; another actor does something that concerns it.</summary>
    private static Gen<ImmutableArray<ImmutableArray<Operation>>> Duel(
        OperationGenerator operations, int actors, SetupStep touched, bool ofThreads) =>
        from use in ofThreads ? operations.UseByTwo(touched.Operation.Number) : operations.Use(touched.Operation.Number).Select(ImmutableArray.Create)
        from other in Gen.Choose(1, actors - 1)
        from interference in operations.Interference(touched.Actor, touched.Operation.Number)
        select Nothing(actors)
            .SetItem(touched.Actor, use)
            .SetItem((touched.Actor + other) % actors, [interference]);

    private static ImmutableArray<ImmutableArray<Operation>> Nothing(int actors) =>
        [.. Enumerable.Repeat(ImmutableArray<Operation>.Empty, actors)];

    private static Gen<ImmutableArray<ImmutableArray<Operation>>> Actors(
        OperationGenerator operations,
        int actors,
        ImmutableArray<SetupStep> setup,
        int administrator,
        ImmutableArray<ImmutableArray<Operation>> openings,
        bool openingsAreExtra,
        ImmutableArray<ImmutableArray<Operation>> before)
    {
        int actor = before.Length;
        if (actor == actors)
        {
            return Gen.Constant(before);
        }

        Scene scene = Scene.After(setup, actor, actors).AfterOthers(before);
        ImmutableArray<Operation> opening = scene.MayMakeChild || openings[actor].All(operation => !operation.Verb.HasChild)
            ? openings[actor]
            : [];
        Gen<ImmutableArray<Operation>> list = actor == administrator && !scene.HasExited && opening.IsEmpty
            ? Administration(operations, scene)
            : s_length.SelectMany(length => operations.List(
                scene.After(opening), length + (openingsAreExtra ? opening.Length : 0), scene.HasExited ? [] : opening));
        return list.SelectMany(list => Actors(operations, actors, setup, administrator, openings, openingsAreExtra, before.Add(list)));
    }

    /// <summary>Something, swapoff, perhaps swapon, something.</summary>
    private static Gen<ImmutableArray<Operation>> Administration(OperationGenerator operations, Scene scene) =>
        from first in s_aFew
        from drawn in operations.List(scene, first, [])
        let before = scene.After(drawn).HasExited ? [] : drawn
        let removed = before.Add(new Operation(Verbs.SwapOff))
        from again in operations.Has(Verbs.SwapOn) ? s_even : Gen.Constant(false)
        let added = again ? removed.Add(new Operation(Verbs.SwapOn)) : removed
        from last in s_aFew
        from all in operations.List(scene.After(before), Math.Min(added.Length + last, LongestActor), added)
        select all;

    /// <summary>splitmix64: neighbouring seeds and neighbouring numbers have nothing in common.</summary>
    private static ulong Mix(ulong number)
    {
        number += 0x9E3779B97F4A7C15;
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }
}
