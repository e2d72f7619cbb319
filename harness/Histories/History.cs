using System.Collections.Immutable;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>An operation of the setup, and who does it.</summary>
/// <param name="Actor">The actor, by its place.</param>
/// <param name="Operation">What it does.</param>
public sealed record SetupStep(int Actor, Operation Operation);

/// <summary>
/// What happens, without who goes first: a machine, a setup that runs one operation after another, and then actors
/// that run side by side, each with its own process and its own short list of operations.
/// </summary>
/// <param name="Family">The family whose kernels can run it.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Setup">What is done first, in order, before anything runs side by side.</param>
/// <param name="Actors">For each actor, what it does.</param>
public sealed record History(
    string Family,
    MachineSize Machine,
    ImmutableArray<SetupStep> Setup,
    ImmutableArray<ImmutableArray<Operation>> Actors)
{
    /// <summary>The most actors a history may have: their children need CPUs too, and so does the disk.</summary>
    public const int MaxActors = 4;

    /// <summary>All operations, children's and setup's included.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (SetupStep step in Setup)
            {
                count += step.Operation.Count;
            }

            foreach (ImmutableArray<Operation> actor in Actors)
            {
                foreach (Operation operation in actor)
                {
                    count += operation.Count;
                }
            }

            return count;
        }
    }

    /// <summary>The name of an actor: A, B, C, D.</summary>
    public static string NameOf(int actor) => ((char)('A' + actor)).ToString();

    /// <summary>By value, every operation included.</summary>
    public bool Equals(History? other) =>
        other is not null && Family == other.Family && Machine == other.Machine
        && Setup.AsSpan().SequenceEqual(other.Setup.AsSpan())
        && Actors.Length == other.Actors.Length
        && Actors.Zip(other.Actors).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Machine, Setup.Length, Actors.Length, Count);

    /// <summary>The text of a <c>.history</c> file.</summary>
    public override string ToString() => HistoryText.Print(this);
}
