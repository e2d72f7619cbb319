using System.Collections.Immutable;
using Variants.Harness.Histories;

namespace Variants.Properties.Campaigns;

/// <summary>A history and a schedule that broke a promise once, kept so that nobody need find them again.</summary>
/// <param name="Name">What results call it.</param>
/// <param name="Variant">Whose failure it was; null if it does not say.</param>
/// <param name="History">The history.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="Shrinking">What shrinking did; null if it does not say.</param>
public sealed record KnownCase(
    string Name, string? Variant, History History, ImmutableArray<int> Schedule, ShrinkStatistics? Shrinking);

/// <summary>A known case that breaks a promise of a contender, of the same variant or another.</summary>
/// <param name="Variant">The contender's variant, by name.</param>
/// <param name="Property">The promise.</param>
/// <param name="Case">The known case.</param>
/// <param name="Executions">Executions until it failed.</param>
public sealed record Recurrence(string Variant, string Property, KnownCase Case, int Executions);
