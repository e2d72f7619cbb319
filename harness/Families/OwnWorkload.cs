using System.Collections.Immutable;
using Variants.Harness.Workloads;

namespace Variants.Harness.Families;

/// <summary>A workload that a user brings: <c>throughput</c> measures designs by it beside those of their family.</summary>
/// <param name="Workload">The workload.</param>
public sealed record OwnWorkload(Workload Workload) : IContribution
{
    /// <inheritdoc/>
    public string Name => Workload.Id;

    /// <summary>The families that are measured by it, by name; all of them if it names none.</summary>
    public ImmutableArray<string> Families { get; init; } = [];
}
