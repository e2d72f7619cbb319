using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>The promises that designs are held to.</summary>
public static class PropertyList
{
    /// <summary>All of them, in the order of reports.</summary>
    public static ImmutableArray<Property> All { get; } =
    [
        new DataIntegrity(), new SwapAccounting(), new NoDeadlock(), new NoLivelock(), new NoUseAfterFree(),
        new NoSpuriousSignal(), new PinCoherence(), new LockContext(),
    ];

    /// <summary>The promise of this name.</summary>
    /// <exception cref="KeyNotFoundException">No promise has the name; the message lists those that there are.</exception>
    public static Property Of(string name)
    {
        foreach (Property property in All)
        {
            if (property.Name == name)
            {
                return property;
            }
        }

        throw new KeyNotFoundException($"no promise is called '{name}'; there are {string.Join(", ", All.Select(property => property.Name))}");
    }

    /// <summary>The one promise that <paramref name="failure"/> breaks.</summary>
    public static Property BrokenBy(Failure failure)
    {
        foreach (Property property in All)
        {
            if (property.IsBrokenBy(failure))
            {
                return property;
            }
        }

        throw new InvalidOperationException($"no promise is broken by a failure of kind {failure.Kind}; name one in its IsBrokenBy");
    }

    /// <summary>
    /// What watches <paramref name="machine"/> for these promises, in the order in which events must reach them. What
    /// user programs did is kept once, in a shadow that all of them consult: it comes after them, so that each event
    /// is judged by what was so before.
    /// </summary>
    /// <exception cref="KeyNotFoundException">A name is none of a promise.</exception>
    public static IWitness[] Watch(Machine machine, IEnumerable<string> propertyNames)
    {
        ImmutableArray<Property> properties = [.. propertyNames.Select(Of)];
        var shadow = new ShadowMemory(machine);
        List<IWitness> witnesses = [];
        foreach (Property property in properties)
        {
            if (property.Watch(machine, shadow) is { } witness)
            {
                witnesses.Add(witness);
            }
        }

        if (properties.Any(property => property.NeedsShadow))
        {
            witnesses.Add(shadow);
        }

        return [.. witnesses];
    }
}
