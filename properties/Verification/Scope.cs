using System.Collections.Immutable;
using System.Globalization;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Verification;

/// <summary>What is to be verified: every history up to a size, every interleaving, or those of few preemptions.</summary>
/// <param name="Operations">The most operations, setup and children included.</param>
/// <param name="Actors">The most actors.</param>
/// <param name="Parallel">The most operations outside the setup; null for no limit but <paramref name="Operations"/>.</param>
/// <param name="Preemptions">Only schedules of so many preemptions; null for all schedules.</param>
/// <param name="ExecutionsOfHistory">After so many executions a history is left unfinished, and nothing is proved.</param>
/// <param name="Machine">The machine; null for those that matter to the family.</param>
public sealed record Scope(
    int Operations,
    int Actors,
    int? Parallel = null,
    int? Preemptions = null,
    int ExecutionsOfHistory = 200_000,
    MachineSize? Machine = null)
{
    /// <summary>The most operations that can be asked for: there are too many histories long before.</summary>
    public const int MostOperations = 12;

    /// <summary>The most actors that can be asked for.</summary>
    public const int MostActors = History.MaxActors;

    /// <summary>
    /// The machines that a family's histories are explored on, the usual one first: most that is wrong shows there, and
    /// memory that is always short makes many more interleavings.
    /// </summary>
    public ImmutableArray<MachineSize> MachinesOf(Family family)
    {
        ArgumentNullException.ThrowIfNull(family);
        return Machine is { } one ? [one] : [MachineSize.Usual, .. family.SmallMachines];
    }

    /// <summary>In words: <c>histories of up to 3 operations by 2 actors</c>.</summary>
    public string Histories(string count)
    {
        string parallel = Parallel is { } most ? string.Create(CultureInfo.InvariantCulture, $", {most} of them side by side,") : "";
        return $"{count} histories of up to {Operations.ToString(CultureInfo.InvariantCulture)} operations{parallel} by "
            + (Actors == 1 ? "1 actor" : $"{Actors.ToString(CultureInfo.InvariantCulture)} actors");
    }

    /// <summary>Which schedules, in words that follow the number of executions; empty if all.</summary>
    public string Schedules() => Preemptions is { } most
        ? string.Create(CultureInfo.InvariantCulture, $", schedules of up to {most} {(most == 1 ? "preemption" : "preemptions")}")
        : "";
}
