using System.Collections.Immutable;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;

namespace Variants.Harness.Families;

/// <summary>A question about competing designs, and all that is needed to run the argument.</summary>
/// <param name="Name">As the command line calls it: <c>swapoff</c>.</param>
/// <param name="Question">What is argued about, in one sentence.</param>
/// <param name="Seed">The mail that began the argument.</param>
/// <param name="Verbs">The operations of its histories, each with its weight among random ones.</param>
/// <param name="Properties">The names of the promises it is judged by, in the order of reports.</param>
/// <param name="Variants">The designs, the baseline first.</param>
public sealed record Family(
    string Name,
    string Question,
    string Seed,
    ImmutableArray<WeightedVerb> Verbs,
    ImmutableArray<string> Properties,
    ImmutableArray<Variant> Variants) : IContribution
{
    /// <summary>Operations that say more together than apart: random histories often have them one after another.</summary>
    public ImmutableArray<ImmutableArray<Verb>> Idioms { get; init; } = [];

    /// <summary>
    /// What one actor does to a page while its owner uses it: random histories often begin so. Those that are none of
    /// its verbs do not come.
    /// </summary>
    public ImmutableArray<WeightedVerb> Interference { get; init; } =
    [
        new(Histories.Verbs.Truncate, 2), new(Histories.Verbs.Peek, 2), new(Histories.Verbs.SwapOff, 2), new(Histories.Verbs.Reclaim, 1),
        new(Histories.Verbs.Read, 1),
    ];

    /// <summary>
    /// True if a page is mostly used by two threads of its owner at once while another actor, who has a page of his own in
    /// memory, interferes.
    /// </summary>
    public bool DuelsOfThreads { get; init; }

    /// <summary>True if it is about swapoff: in one history of four somebody does little else.</summary>
    public bool HasAdministrator { get; init; } = true;

    /// <summary>The most actors of its random histories; with one, whoever else there is are its threads and children.</summary>
    public int MostActors { get; init; } = History.MaxActors;

    /// <summary>True if the actors of its random histories mostly begin by making threads.</summary>
    public bool BeginsWithThreads { get; init; }

    /// <summary>True if its random histories mostly begin with pages written and reclaimed, where it has the operations.</summary>
    public bool BeginsReclaimed { get; init; } = true;

    /// <summary>The machines of its random histories.</summary>
    public MachineRange Machines { get; init; } = new();

    /// <summary>
    /// Machines with so little memory that the shortest histories run short of it: every small history is explored on each,
    /// after the usual machine. None where a kernel asks nobody for a page back, and runs out by failalloc alone.
    /// </summary>
    public ImmutableArray<MachineSize> SmallMachines { get; init; } = [];

    /// <summary>
    /// True if its random histories mostly begin with all that somebody can store to, written in any order, and then
    /// reclaimed a few pages at a time: nothing less makes work for the disk.
    /// </summary>
    public bool BeginsDirty { get; init; }

    /// <summary>What is measured of its designs, besides what they are held to.</summary>
    public ImmutableArray<Measure> Measures { get; init; } = [];

    /// <summary>Promises that a user brought; their names are among <see cref="Properties"/>.</summary>
    public ImmutableArray<OwnProperty> OwnProperties { get; init; } = [];

    /// <summary>What its designs are timed on, under the simulated clock.</summary>
    public ImmutableArray<Workload> Workloads { get; init; } = [];

    /// <summary>The bugs that its designs are known to have.</summary>
    public ImmutableArray<KnownBug> Bugs { get; init; } = [];
}

/// <summary>How big the machines of random histories are, each limit included.</summary>
/// <param name="LeastPages">Pages of memory, at least; one machine in ten has <paramref name="TightPages"/> instead.</param>
/// <param name="MostPages">Pages of memory, at most.</param>
/// <param name="TightPages">Pages of a machine that is always short of memory.</param>
/// <param name="MostLow">The most free pages at which an allocation reclaims first.</param>
/// <param name="LeastSlots">Slots of a swap area, at least.</param>
/// <param name="MostSlots">Slots of a swap area, at most.</param>
/// <param name="MostReadahead">The most slots that a swap-in reads around the one it needs.</param>
public sealed record MachineRange(
    int LeastPages = 6,
    int MostPages = 16,
    int TightPages = 4,
    int MostLow = 2,
    int LeastSlots = 2,
    int MostSlots = 4,
    int MostReadahead = 2);

/// <summary>An operation of random histories and how often it comes, relative to the others.</summary>
public readonly record struct WeightedVerb(Verb Verb, int Weight);

/// <summary>A design that takes part.</summary>
/// <param name="Name">Unique among all: <c>swapoff/2.3.8</c>.</param>
/// <param name="Label">Its place in the story: <c>V0</c>.</param>
/// <param name="Summary">The design in one sentence.</param>
/// <param name="Citation">The mail, commit or release it comes from.</param>
/// <param name="Build">Builds its kernel on a machine. Called once for each worker.</param>
/// <param name="Expected">What is expected of it, for each property of its family that anything is expected of.</param>
public sealed record Variant(
    string Name,
    string Label,
    string Summary,
    string Citation,
    Func<Machine, IKernel> Build,
    ImmutableSortedDictionary<string, Expectation> Expected) : IContribution
{
    /// <summary>The name without the family: <c>2.3.8</c>.</summary>
    public string ShortName => Name[(Name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>True if a user brought it, so that nobody here knows what its code does.</summary>
    public bool IsBrought { get; init; }

    /// <summary>What is expected of it in one property.</summary>
    public Expectation ExpectedOf(string property) => Expected.GetValueOrDefault(property, Expectation.Unknown);
}

/// <summary>What the catalogue says of a variant and a property.</summary>
public enum Expectation
{
    /// <summary>Nobody knows: the harness is to find out.</summary>
    Unknown,

    /// <summary>The promise is kept.</summary>
    Holds,

    /// <summary>The promise is broken.</summary>
    Fails,
}

/// <summary>The names of the promises, as every output writes them.</summary>
public static class PropertyNames
{
    /// <summary>Reads return what could be there.</summary>
    public const string DataIntegrity = "data-integrity";

    /// <summary>Counts equal what they count.</summary>
    public const string SwapAccounting = "swap-accounting";

    /// <summary>Nobody waits for ever.</summary>
    public const string NoDeadlock = "no-deadlock";

    /// <summary>Everything comes to an end.</summary>
    public const string NoLivelock = "no-livelock";

    /// <summary>Nothing freed is used.</summary>
    public const string NoUseAfterFree = "no-use-after-free";

    /// <summary>No signal without cause.</summary>
    public const string NoSpuriousSignal = "no-spurious-signal";

    /// <summary>Pins and mappings see one page.</summary>
    public const string PinCoherence = "pin-coherence";

    /// <summary>Locks are used as locks.</summary>
    public const string LockContext = "lock-context";

    /// <summary>All of them, in the order of reports.</summary>
    public static ImmutableArray<string> All { get; } =
        [DataIntegrity, SwapAccounting, NoDeadlock, NoLivelock, NoUseAfterFree, NoSpuriousSignal, PinCoherence, LockContext];

    /// <summary>Those that a family without pins is judged by.</summary>
    public static ImmutableArray<string> WithoutPins { get; } = All.Remove(PinCoherence);
}
