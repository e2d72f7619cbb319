using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>A promise that every design makes to its users, and how an execution is held to it.</summary>
public abstract class Property
{
    /// <summary>As every output writes it: one of <see cref="Harness.Families.PropertyNames"/>.</summary>
    public abstract string Name { get; }

    /// <summary>The promise, in one sentence.</summary>
    public abstract string Promise { get; }

    /// <summary>True if <paramref name="failure"/> breaks this promise. Every failure breaks exactly one.</summary>
    public abstract bool IsBrokenBy(Failure failure);

    /// <summary>True if its witness consults the shadow, which then has to be fed.</summary>
    internal virtual bool NeedsShadow => false;

    /// <summary>What watches a machine for it; null where the checkers of the engine see all of it.</summary>
    internal virtual IWitness? Watch(Machine machine, ShadowMemory shadow) => null;
}
