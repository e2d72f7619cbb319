using System.Collections.Immutable;
using Variants.Properties.Verification;

namespace Variants.Properties.Campaigns;

/// <summary>How much a campaign runs.</summary>
/// <param name="Seed">Everything random follows from it.</param>
/// <param name="Histories">Histories, the same for all variants of a family.</param>
/// <param name="Schedules">Schedules of each history.</param>
/// <param name="Strategies">Strategies by name, taken in rotation within each history.</param>
/// <param name="Jobs">Worker threads; results do not depend on it.</param>
/// <param name="BudgetPerVariant">
/// Stop a variant after so long instead of after so many histories; null for no limit. Results then depend on the
/// machine.
/// </param>
/// <param name="ShrinkExecutions">Executions that shrinking one counterexample may take.</param>
/// <param name="StepsPerVariant">
/// Take no further history of a variant after so many steps: one whose executions hang takes a hundred times as many as
/// its peers, and says nothing new. Results do not depend on the machine.
/// </param>
/// <param name="Candidates">Failing executions of each property and variant that are shrunk.</param>
/// <param name="CertifyExecutions">Executions that proving one minimal may take; 0 to leave it.</param>
public sealed record CampaignOptions(
    ulong Seed,
    int Histories,
    int Schedules,
    IReadOnlyList<string> Strategies,
    int Jobs,
    TimeSpan? BudgetPerVariant = null,
    int ShrinkExecutions = 200_000,
    long StepsPerVariant = long.MaxValue,
    int Candidates = 8,
    int CertifyExecutions = 0)
{
    /// <summary>Cases that are known, tried before anything random: see <see cref="KnownCases"/>.</summary>
    public ImmutableArray<KnownCase> Known { get; init; } = [];

    /// <summary>The small histories that are explored whole beside the random ones; null to leave it.</summary>
    public Scope? Small { get; init; }

    /// <summary>
    /// Take no further small history of a variant after so many steps of them. Results do not depend on the machine.
    /// </summary>
    public long StepsOfSmall { get; init; } = long.MaxValue;
}
