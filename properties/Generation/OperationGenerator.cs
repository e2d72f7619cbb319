using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Generation;

/// <summary>
/// Draws what one process does: most operations by the weights of the family, some in the idioms of programs, all
/// about few and recurring pages.
/// </summary>
internal sealed class OperationGenerator
{
    private const string Page = "page";

    private static readonly Gen<bool> s_inAnIdiom = Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)));
    private static readonly Gen<int> s_childLength = Gen.Elements(0, 1, 1, 1, 2, 2, 3);
    private static readonly Gen<int> s_zero = Gen.Constant(0);
    private static readonly Gen<ImmutableArray<Operation>> s_nothing = Gen.Constant(ImmutableArray<Operation>.Empty);

    /// <summary>Where programs map: 2 and 3 are free at first.</summary>
    private static readonly Gen<int> s_addressToMap = Gen.Elements(2, 2, 2, 2, 3, 3, 0, 1);

    private static readonly Gen<int> s_anyAddress = Gen.Choose(0, Machine.Addresses - 1);

    /// <summary>For each set of mapped addresses, one to use.</summary>
    private static readonly Gen<int>[] s_addressToUse =
        [.. Enumerable.Range(0, 1 << Machine.Addresses).Select(mapped => AddressToUse((uint)mapped))];

    /// <summary>For each number of actors, one of them.</summary>
    private static readonly Gen<int>[] s_anActor =
        [.. Enumerable.Range(0, History.MaxActors + 1).Select(actors => Gen.Choose(0, Math.Max(0, actors - 1)))];

    private readonly ImmutableHashSet<Verb> _verbs;
    private readonly Gen<Verb> _verb;
    private readonly Gen<Verb> _childlessVerb;
    private readonly Gen<Verb> _pageVerb;
    private readonly Gen<Verb> _childlessPageVerb;
    private readonly Gen<ImmutableArray<Verb>>? _idiom;
    private readonly Gen<ImmutableArray<Verb>>? _childlessIdiom;
    private readonly Dictionary<VerbCode, Gen<int>> _numbers;
    private readonly ImmutableArray<WeightedVerb> _interference;

    /// <summary>The operations of a family. Throws if it has none that makes no child.</summary>
    internal OperationGenerator(Family family)
    {
        WeightedVerb[] verbs = [.. family.Verbs.Where(verb => verb.Weight > 0)];
        WeightedVerb[] childless = [.. verbs.Where(verb => !verb.Verb.HasChild)];
        if (childless.Length == 0)
        {
            throw new ArgumentException(
                $"family {family.Name} has no operation that makes no child; give one of its verbs a weight", nameof(family));
        }

        _verbs = [.. verbs.Select(verb => verb.Verb)];
        _interference = family.Interference;
        ImmutableArray<Verb>[] idioms = [.. family.Idioms.Where(idiom => Has(idiom))];
        _verb = Weighted(verbs);
        _childlessVerb = Weighted(childless);
        WeightedVerb[] ofPages = [.. childless.Where(verb => verb.Verb.Argument == Page)];
        _childlessPageVerb = ofPages.Length == 0 ? _childlessVerb : Weighted(ofPages);
        _pageVerb = ofPages.Length == 0 ? _verb : Weighted([.. ofPages, .. verbs.Where(verb => verb.Verb == Verbs.Fork)]);
        _idiom = Idioms(idioms, verbs);
        _childlessIdiom = Idioms([.. idioms.Where(idiom => !idiom.Any(verb => verb.HasChild))], verbs);
        _numbers = verbs.ToDictionary(verb => verb.Verb.Code, verb => Small(verb.Verb.Least, verb.Verb.Most));
    }

    /// <summary>Whether random histories of the family contain these verbs.</summary>
    internal bool Has(params IEnumerable<Verb> verbs) => verbs.All(_verbs.Contains);

    /// <summary>One of so many actors, each as likely.</summary>
    internal static Gen<int> AnActor(int actors) => s_anActor[actors];

    /// <summary>So many operations, after those there are; fewer if the process exits.</summary>
    internal Gen<ImmutableArray<Operation>> List(Scene scene, int length, ImmutableArray<Operation> before) =>
        length <= before.Length || scene.HasExited
            ? Gen.Constant(before)
            : Phrase(scene, length - before.Length).SelectMany(
                phrase => List(scene.After(phrase), length, before.AddRange(phrase)));

    /// <summary>One operation, or several that belong together, but not more than there is room for.</summary>
    internal Gen<ImmutableArray<Operation>> Phrase(Scene scene, int room)
    {
        if (scene.HasExited)
        {
            return s_nothing;
        }

        Gen<Verb> verb = scene.MayMakeChild ? _verb : _childlessVerb;
        Gen<ImmutableArray<Verb>>? idiom = scene.MayMakeChild ? _idiom : _childlessIdiom;
        Gen<ImmutableArray<Operation>> single = verb.SelectMany(verb => Operation(verb, scene)).Select(ImmutableArray.Create);
        return room == 1 || idiom is null
            ? single
            : s_inAnIdiom.SelectMany(inAnIdiom => inAnIdiom ? idiom.SelectMany(verbs => Idiom(verbs, scene)) : single);
    }

    /// <summary>These verbs, one after another; those with a page speak of the page of the first.</summary>
    internal Gen<ImmutableArray<Operation>> Idiom(ImmutableArray<Verb> verbs, Scene scene) => Idiom(verbs, scene, []);

    /// <summary>An access to a page, by the process itself or by a child that it makes.</summary>
    internal Gen<Operation> Use(int address)
    {
        Gen<Operation> access = Access(address);
        var ways = new[] { (2, access) }
            .Concat(new[] { Verbs.Fork, Verbs.Clone }
                .Where(parent => _verbs.Contains(parent))
                .Select(parent => (1, access.Select(operation => new Operation(parent, ImmutableArray.Create(operation))))));
        return Gen.Frequency(ways);
    }

    /// <summary>An access to a page by a thread that the process makes, and one by itself.</summary>
    internal Gen<ImmutableArray<Operation>> UseByTwo(int address) =>
        from first in Access(address)
        from second in Access(address)
        select ImmutableArray.Create(new Operation(Verbs.Clone, ImmutableArray.Create(first)), second);

    /// <summary>So many operations, all of them about one page, or forks, after those there are; fewer if the process exits.</summary>
    internal Gen<ImmutableArray<Operation>> AboutPage(int address, Scene scene, int length, ImmutableArray<Operation> before) =>
        length <= before.Length || scene.HasExited
            ? Gen.Constant(before)
            : from verb in scene.MayMakeChild ? _pageVerb : _childlessPageVerb
              from operation in verb.HasChild ? Gen.Constant(new Operation(verb, [])) : Operation(verb, scene)
              let about = verb.Argument == Page ? new Operation(verb, address) : operation
              from all in AboutPage(address, scene.After(about), length, before.Add(about))
              select all;

    /// <summary>Something that concerns a page of another actor; its own choice if the family has nothing such.</summary>
    internal Gen<Operation> Interference(int owner, int address) => Possible(
        _interference.Select(one => (one.Weight, new Operation(one.Verb, NumberOf(one.Verb, address), one.Verb.TakesActor ? owner : 0))));

    private Gen<Operation> Access(int address) =>
        Possible((1, new Operation(Verbs.Read, address)), (1, new Operation(Verbs.Write, address)));

    private static int NumberOf(Verb verb, int address) =>
        !verb.TakesNumber ? 0
        : verb.Argument == Page ? address
        : verb.Code == VerbCode.Reclaim ? 2
        : verb.Least;

    private Gen<Operation> Possible(params IEnumerable<(int Weight, Operation Operation)> operations) => Gen.Frequency<Operation>(
        [.. operations.Where(one => _verbs.Contains(one.Operation.Verb)).Select(one => (one.Weight, Gen.Constant(one.Operation)))]);

    private Gen<ImmutableArray<Operation>> Idiom(ImmutableArray<Verb> verbs, Scene scene, ImmutableArray<Operation> before)
    {
        if (before.Length == verbs.Length)
        {
            return Gen.Constant(before);
        }

        Verb verb = verbs[before.Length];
        bool speaksOfTheFirst = !before.IsEmpty && verb.Argument == Page && before[0].Verb.Argument == Page;
        Gen<Operation> next = speaksOfTheFirst
            ? Gen.Constant(new Operation(verb, before[0].Number))
            : Operation(verb, scene);
        return next.SelectMany(operation => Idiom(verbs, scene.After(operation), before.Add(operation)));
    }

    private Gen<Operation> Operation(Verb verb, Scene scene) =>
        from number in Number(verb, scene)
        from actor in verb.TakesActor ? AnActor(scene.Actors) : s_zero
        from child in verb.HasChild ? Child(scene) : s_nothing
        select new Operation(verb, number, actor, child);

    private Gen<ImmutableArray<Operation>> Child(Scene scene) =>
        s_childLength.SelectMany(length => List(scene.ForChild, length, []));

    private Gen<int> Number(Verb verb, Scene scene) =>
        !verb.TakesNumber ? s_zero
        : verb.Code is VerbCode.MapAnonymous or VerbCode.MapFile ? s_addressToMap
        : verb.Code is VerbCode.MapShared ? s_anyAddress
        : verb.Argument == Page ? s_addressToUse[scene.Mapped]
        : _numbers[verb.Code];

    /// <summary>A mapped one, the lowest most often; now and then any.</summary>
    private static Gen<int> AddressToUse(uint mapped)
    {
        Gen<int> any = Gen.Choose(0, Machine.Addresses - 1);
        int[] addresses = [.. Scene.Addresses(mapped)];
        return addresses.Length == 0
            ? any
            : Gen.Frequency((49, Gen.Elements<int>([addresses[0], .. addresses, .. addresses])), (1, any));
    }

    /// <summary>Mostly one of the least, at times any.</summary>
    private static Gen<int> Small(int least, int most) => Gen.Frequency(
        (3, Gen.Choose(least, Math.Min(most, least + 1))),
        (4, Gen.Choose(least, Math.Min(most, least + 5))),
        (1, Gen.Choose(least, most)));

    private static Gen<Verb> Weighted(IEnumerable<WeightedVerb> verbs) =>
        Gen.Frequency<Verb>([.. verbs.Select(verb => (verb.Weight, Gen.Constant(verb.Verb)))]);

    private static Gen<ImmutableArray<Verb>>? Idioms(ImmutableArray<Verb>[] idioms, WeightedVerb[] weights)
    {
        return idioms.Length == 0
            ? null
            : Gen.Frequency<ImmutableArray<Verb>>([.. idioms.Select(idiom => (idiom.Min(WeightOf), Gen.Constant(idiom)))]);

        int WeightOf(Verb verb) => weights.First(weighted => weighted.Verb == verb).Weight;
    }
}
