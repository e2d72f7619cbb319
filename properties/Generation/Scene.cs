using System.Collections.Immutable;
using System.Numerics;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Generation;

/// <summary>
/// What is known of a process while its operations are drawn, so that most of them make sense: an access to an
/// address that nobody mapped kills the process, and whatever would have come after never happens.
/// </summary>
/// <param name="Actor">Whose process it is, by place.</param>
/// <param name="Actors">How many actors the history has.</param>
/// <param name="ChildrenLeft">How many children may still be made in the whole history.</param>
/// <param name="Mapped">A bit for each address that is mapped, as far as the process itself can tell.</param>
/// <param name="Depth">0 for an actor, 1 for its child, 2 for a child's child.</param>
/// <param name="HasExited">It does nothing any more.</param>
internal readonly record struct Scene(
    int Actor,
    int Actors,
    int ChildrenLeft = Scene.MostChildren,
    uint Mapped = Scene.MappedAtFirst,
    int Depth = 0,
    bool HasExited = false)
{
    /// <summary>With the disk and four actors, as many as the machine has CPUs.</summary>
    internal const int MostChildren = 3;

    private const int DeepestParent = 1;

    /// <summary>What a process has when it begins, and after exec: see <see cref="Machine.BootProcess(string)"/>.</summary>
    private const uint MappedAtFirst = 0b11;

    /// <summary>So many addresses, from 0, are mapped at first.</summary>
    internal static int MappedAddresses => BitOperations.PopCount(MappedAtFirst);

    internal bool MayMakeChild => ChildrenLeft > 0 && Depth <= DeepestParent;

    /// <summary>As its child finds it.</summary>
    internal Scene ForChild => this with { ChildrenLeft = ChildrenLeft - 1, Depth = Depth + 1 };

    /// <summary>After the setup, of which the actor does its own steps.</summary>
    internal static Scene After(ImmutableArray<SetupStep> setup, int actor, int actors)
    {
        Scene scene = new(actor, actors);
        foreach (SetupStep step in setup)
        {
            scene = step.Actor == actor
                ? scene.After(step.Operation)
                : scene with { ChildrenLeft = scene.ChildrenLeft - ChildrenOf(step.Operation) };
        }

        return scene;
    }

    /// <summary>Others make children too.</summary>
    internal Scene AfterOthers(ImmutableArray<ImmutableArray<Operation>> others) =>
        this with { ChildrenLeft = ChildrenLeft - others.Sum(other => other.Sum(ChildrenOf)) };

    internal Scene After(ImmutableArray<Operation> operations)
    {
        Scene scene = this;
        foreach (Operation operation in operations)
        {
            scene = scene.After(operation);
        }

        return scene;
    }

    internal Scene After(Operation operation) => operation.Verb.Code switch
    {
        VerbCode.MapAnonymous or VerbCode.MapFile or VerbCode.MapShared => this with { Mapped = Mapped | (1u << operation.Number) },
        VerbCode.Unmap => this with { Mapped = Mapped & ~(1u << operation.Number) },
        VerbCode.MapAnonymousPair => this with { Mapped = Mapped | (3u << operation.Number) },
        VerbCode.UnmapPair => this with { Mapped = Mapped & ~(3u << operation.Number) },
        VerbCode.Exec => this with { Mapped = MappedAtFirst },
        VerbCode.Exit => this with { HasExited = true },
        _ when operation.Verb.HasChild => this with { ChildrenLeft = ChildrenLeft - ChildrenOf(operation) },
        _ => this,
    };

    /// <summary>The mapped addresses, the lowest first.</summary>
    internal static IEnumerable<int> Addresses(uint mapped)
    {
        for (; mapped != 0; mapped &= mapped - 1)
        {
            yield return BitOperations.TrailingZeroCount(mapped);
        }
    }

    private static int ChildrenOf(Operation operation)
    {
        int children = operation.Verb.HasChild ? 1 : 0;
        foreach (Operation child in operation.Child)
        {
            children += ChildrenOf(child);
        }

        return children;
    }
}
