using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
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

    /// <summary>The promise of this name that a family is held to: one of ours, or one that a user brought.</summary>
    /// <exception cref="KeyNotFoundException">No promise has the name.</exception>
    public static Property Of(Family family, string name)
    {
        OwnProperty? own = family.OwnProperties.FirstOrDefault(brought => brought.Name == name);
        return own is null ? Of(name) : new BroughtProperty(own);
    }

    /// <summary>The name of the one promise that <paramref name="failure"/> breaks, ours or a user's.</summary>
    public static string NameOfBroken(Failure failure) =>
        failure.Kind == FailureKind.OwnProperty ? failure.Subject : BrokenBy(failure).Name;

    /// <summary>The one promise of ours that <paramref name="failure"/> breaks.</summary>
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
    /// The books of a whole machine that has come to rest, for who ran something on it that no witness watched: what is wrong
    /// with them, or went wrong before; null if nothing. Every task that was made must still live.
    /// </summary>
    public static Failure? Audit(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var audit = new MachineAudit(machine);
        audit.Booted(machine);
        audit.Quiet();
        return machine.Smp.Failure;
    }

    /// <summary>
    /// What watches <paramref name="machine"/> for these promises, in the order in which events must reach them. What
    /// user programs did is kept once, in a shadow that all of them consult: it comes after them, so that each event
    /// is judged by what was so before.
    /// </summary>
    /// <exception cref="KeyNotFoundException">A name is none of a promise.</exception>
    public static IWitness[] Watch(Machine machine, IEnumerable<string> propertyNames) => Watch(machine, propertyNames.Select(Of));

    /// <summary>The same for all promises that a family is held to.</summary>
    public static IWitness[] Watch(Machine machine, Family family) => Watch(machine, family.Properties.Select(name => Of(family, name)));

    private static IWitness[] Watch(Machine machine, IEnumerable<Property> held)
    {
        ImmutableArray<Property> properties = [.. held];
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
