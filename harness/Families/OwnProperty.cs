using System.Collections.Immutable;
using Variants.Harness.Memory;

namespace Variants.Harness.Families;

/// <summary>What a user can bring: a variant, a family, a promise.</summary>
public interface IContribution
{
    /// <summary>As the command line calls it.</summary>
    string Name { get; }
}

/// <summary>A promise that a user brings: designs are held to it beside those of their family.</summary>
/// <param name="Name">As every output writes it, lower-case words with hyphens: <c>no-swap-without-need</c>.</param>
/// <param name="Promise">The promise, in one sentence.</param>
/// <param name="Watch">
/// What watches a machine for it. It is called once for each worker; the witness begins anew when it hears that the
/// machine has booted, and reports by <see cref="Engine.Smp.Broken"/>.
/// </param>
public sealed record OwnProperty(string Name, string Promise, Func<Machine, IWitness> Watch) : IContribution
{
    /// <summary>The families that are held to it, by name; all of them if it names none.</summary>
    public ImmutableArray<string> Families { get; init; } = [];
}
